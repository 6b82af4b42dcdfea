import { adminCommands } from "@hybrid/contracts";
import { systemScheduler } from "@hybrid/runtime";
import { activateTenant, deactivateTenant } from "../administration.ts";
import { languageGiven, orgGiven, tenantGiven } from "../given.ts";
import { joinSettingsGiven } from "../join-settings-given.ts";
import { mustBeMeant, mustKnowOrg, mustKnowTenant } from "../known.ts";
import { withLog } from "../with-log.ts";

/** The flags of `hybrid connect`. */
export interface ConnectFlags {
  readonly org: string;
  readonly data: string;
  readonly language?: string;
  readonly webex: "personalRoom" | "space";
  readonly meet: "personalRoom" | "space";
  /** A file with what the organisation wants of its join details. */
  readonly joinSettings?: string;
  readonly deactivate?: boolean;
  readonly new: boolean;
}

/** `hybrid connect`: an administrator's decision about a tenant, written down for the directory. */
export const connectCommand = async (tenantId: string, flags: ConnectFlags): Promise<void> => {
  const tenant = tenantGiven(tenantId);
  const org = orgGiven(flags.org);
  const language = flags.language === undefined ? null : languageGiven(flags.language);
  const join = flags.joinSettings === undefined ? null : await joinSettingsGiven(flags.joinSettings);
  await withLog(flags.data, adminCommands.name, async (opened) => {
    const { log, partitions } = opened;
    const target = { org, log, partitions, clock: systemScheduler() };
    if (flags.deactivate) {
      await mustKnowOrg(opened, org);
      await mustKnowTenant(opened, org, tenant);
      await deactivateTenant(target, tenant);
    } else {
      await mustBeMeant(opened, org, flags.new);
      const settings = { webexKeyword: flags.webex, meetKeyword: flags.meet, language, join };
      await activateTenant(target, tenant, settings);
    }
  });
  process.stdout.write(`${flags.deactivate ? "deactivated" : "authorised"} tenant ${tenant} of ${org}\n`);
};
