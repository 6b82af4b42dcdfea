import { adminCommands } from "@hybrid/contracts";
import { orgIdOf } from "@hybrid/kernel";
import { systemScheduler } from "@hybrid/runtime";
import { z } from "zod";
import { activateTenant, deactivateTenant, defaultSettings } from "../administration.ts";
import { withLog } from "../with-log.ts";

/** The flags of `hybrid connect`. */
export interface ConnectFlags {
  readonly org: string;
  readonly data: string;
  readonly language?: string;
  readonly deactivate?: boolean;
}

/** `hybrid connect`: an administrator's decision about a tenant, written down for the directory. */
export const connectCommand = async (tenantId: string, flags: ConnectFlags): Promise<void> => {
  const tenant = z.guid().parse(tenantId).toLowerCase();
  await withLog(flags.data, adminCommands.name, async ({ log, partitions }) => {
    const target = { org: orgIdOf(flags.org), log, partitions, clock: systemScheduler() };
    if (flags.deactivate) await deactivateTenant(target, tenant);
    else await activateTenant(target, tenant, { ...defaultSettings, language: flags.language ?? null });
  });
  process.stdout.write(
    `${flags.deactivate ? "deactivated" : "authorised"} tenant ${tenant} of ${flags.org}\n`,
  );
};
