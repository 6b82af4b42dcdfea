import { adminCommands, adminCommandValue, type OrganisationSettings } from "@hybrid/contracts";
import { type Clock, type OrgId, partitionOf, tenantActor } from "@hybrid/kernel";
import type { HttpLog } from "@hybrid/service";

/** Where the order is written. */
export interface Activation {
  readonly log: HttpLog;
  readonly clock: Clock;
  /** Partitions of every topic. */
  readonly partitions: number;
}

/** What holds where an organisation has said nothing yet. */
const settingsAtFirst: OrganisationSettings = {
  webexKeyword: "personalRoom",
  meetKeyword: "space",
  language: null,
};

/** Orders the directory to put a tenant into service (again). Durable when it resolves. */
export const activate = async (
  { log, clock, partitions }: Activation,
  {
    org,
    tenantId,
    settings,
  }: {
    readonly org: OrgId;
    readonly tenantId: string;
    readonly settings: OrganisationSettings | null;
  },
): Promise<void> => {
  const key = tenantActor(org, tenantId);
  // An administrator has consented for all: whatever held before, or holds in another tenant.
  const consented = { ...(settings ?? settingsAtFirst), consent: null };
  const command = { kind: "activateTenant", settings: consented } as const;
  await log.append([
    {
      topic: adminCommands.name,
      partition: partitionOf(key, partitions),
      key,
      value: adminCommands.encode(adminCommandValue(command, clock.now())),
      timestamp: clock.now(),
    },
  ]);
};
