import { adminCommands } from "@hybrid/contracts";
import { systemScheduler } from "@hybrid/runtime";
import { activateTenant, deactivateTenant, defaultSettings } from "../administration.ts";
import { languageGiven, orgGiven, tenantGiven } from "../given.ts";
import { mustBeMeant, mustKnowOrg, mustKnowTenant } from "../known.ts";
import { withLog } from "../with-log.ts";

/** The flags of `hybrid connect`. */
export interface ConnectFlags {
  readonly org: string;
  readonly data: string;
  readonly language?: string;
  readonly deactivate?: boolean;
  readonly new: boolean;
}

/** `hybrid connect`: an administrator's decision about a tenant, written down for the directory. */
export const connectCommand = async (tenantId: string, flags: ConnectFlags): Promise<void> => {
  const tenant = tenantGiven(tenantId);
  const org = orgGiven(flags.org);
  const language = flags.language === undefined ? null : languageGiven(flags.language);
  await withLog(flags.data, adminCommands.name, async (opened) => {
    const { log, partitions } = opened;
    const target = { org, log, partitions, clock: systemScheduler() };
    if (flags.deactivate) {
      await mustKnowOrg(opened, org);
      await mustKnowTenant(opened, org, tenant);
      await deactivateTenant(target, tenant);
    } else {
      await mustBeMeant(opened, org, flags.new);
      await activateTenant(target, tenant, { ...defaultSettings, language });
    }
  });
  process.stdout.write(`${flags.deactivate ? "deactivated" : "authorised"} tenant ${tenant} of ${org}\n`);
};
