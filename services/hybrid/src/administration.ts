import type { OrganisationSettings } from "@hybrid/contracts";
import { activateTenantCommand, type CommandWriting, deactivateTenantCommand } from "@hybrid/directory";

/** What holds until an administrator says otherwise: `@webex` is the personal room, `@meet` a space. */
export const defaultSettings: OrganisationSettings = {
  webexKeyword: "personalRoom",
  meetKeyword: "space",
  language: null,
};

/** Authorises a tenant, or authorises it again: its users are tried. Durable when it resolves. */
export const activateTenant = async (
  target: CommandWriting,
  tenantId: string,
  settings: OrganisationSettings = defaultSettings,
): Promise<void> => {
  await target.log.append([activateTenantCommand(tenantId, settings, target)]);
};

/** Takes a tenant out of service: subscriptions are deleted, nobody is tried. Durable when it resolves. */
export const deactivateTenant = async (target: CommandWriting, tenantId: string): Promise<void> => {
  await target.log.append([deactivateTenantCommand(tenantId, target)]);
};
