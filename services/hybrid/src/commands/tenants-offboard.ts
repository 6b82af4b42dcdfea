import { setTimeout as sleep } from "node:timers/promises";
import { adminCommands } from "@hybrid/contracts";
import { graphPorts, takeOutDetails } from "@hybrid/decorator";
import { errorCatalog, ProviderError } from "@hybrid/kernel";
import { systemScheduler } from "@hybrid/runtime";
import { deactivateTenant } from "../administration.ts";
import { withCloudClients } from "../cloud-clients.ts";
import { orgGiven, refused, tenantGiven } from "../given.ts";
import { type Destroyed, destroyKeysOf } from "../keys/destroy-tenant.ts";
import { mustKnowOrg, mustKnowTenant } from "../known.ts";
import { table } from "../tables.ts";
import { presentUsers, type UserRow } from "../users-view.ts";
import { withLog } from "../with-log.ts";

/** The flags of `hybrid tenants offboard`. */
export interface TenantsOffboardFlags {
  readonly org: string;
  readonly data: string;
  readonly removeJoinDetails: boolean;
  readonly destroyKeys: boolean;
  readonly wait: number;
  readonly yes: boolean;
}

const print = (text: string): void => void process.stdout.write(`${text}\n`);

const pollMs = 500;
const callMs = 30_000;

/** Users of a tenant, as user-state says last. */
const usersOf = (data: string, org: string, tenant: string): Promise<readonly UserRow[]> =>
  withLog(data, adminCommands.name, async (opened) =>
    (await presentUsers(opened)).filter(
      ({ user, tenantId }) => tenantId === tenant && user.startsWith(`${org}/`),
    ),
  );

const isWatched = ({ subscriptionId, to }: UserRow): boolean => subscriptionId !== null || to === "active";

/** Waits until no subscription is left; gives the users who still have one. */
const untilUnwatched = async (flags: TenantsOffboardFlags, org: string, tenant: string) => {
  const endsAt = performance.now() + flags.wait * 1_000;
  for (;;) {
    const watched = (await usersOf(flags.data, org, tenant)).filter(isWatched);
    if (watched.length === 0 || performance.now() >= endsAt) return watched;
    await sleep(pollMs);
  }
};

/** Frees the future invitations of each user; gives the rows of a report, and whether all went well. */
const freeAll = (users: readonly UserRow[]) =>
  withCloudClients(["graph"], async ({ graph }) => {
    const { events } = graphPorts(graph);
    const rows: (readonly (string | number)[])[] = [];
    let isGood = true;
    for (const { user, tenantId, objectId } of users)
      try {
        const signal = (): AbortSignal => AbortSignal.timeout(callMs);
        const now = systemScheduler().now();
        const { looked, freed, left } = await takeOutDetails(events, {
          tenantId,
          userObjectId: objectId,
          now,
          signal,
        });
        isGood &&= left === 0;
        rows.push([
          user,
          looked,
          freed,
          left === 0 ? "" : `${left} changed meanwhile: run the command again`,
        ]);
      } catch (error) {
        if (!(error instanceof ProviderError)) throw error;
        isGood = false;
        rows.push([user, 0, 0, `${error.code}: ${errorCatalog[error.code].person}`]);
      }
    return { rows, isGood };
  });

const freeUsers = async (users: readonly UserRow[]): Promise<boolean> => {
  const { rows, isGood } = await freeAll(users);
  print(table(["user", "looked at", "freed", "remark"], rows));
  return isGood;
};

const destroyedText = (org: string, { users, keys, isLast }: Destroyed): string =>
  isLast
    ? `no tenant of ${org} is left: all of its keys are destroyed, and it gets no new ones`
    : `${keys} keys of ${users} users are destroyed; ` +
      `what is nobody's alone stays with ${org}'s other tenants`;

/**
 * `hybrid tenants offboard`: out of service, subscriptions deleted; if wanted, invitations freed and keys
 * destroyed.
 */
export const tenantsOffboardCommand = async (
  tenantText: string,
  flags: TenantsOffboardFlags,
): Promise<void> => {
  const tenant = tenantGiven(tenantText);
  const org = orgGiven(flags.org);
  if (!flags.yes)
    throw refused(
      "--yes",
      "the tenant's users lose their join details from now on; say that you mean it: add --yes",
    );
  await withLog(flags.data, adminCommands.name, async (opened) => {
    const { log, partitions } = opened;
    await mustKnowOrg(opened, org);
    await mustKnowTenant(opened, org, tenant);
    await deactivateTenant({ org, log, partitions, clock: systemScheduler() }, tenant);
  });
  print(`deactivated tenant ${tenant} of ${org}`);
  const watched = await untilUnwatched(flags, org, tenant);
  if (watched.length > 0) {
    print(`${watched.length} users are watched still: are the services running? Run the command again.`);
    process.exitCode = 1;
    return;
  }
  print("nobody is watched any more; the last subscriptions are being deleted");
  const isFreed = !flags.removeJoinDetails || (await freeUsers(await usersOf(flags.data, org, tenant)));
  if (!isFreed) process.exitCode = 1;
  if (!flags.destroyKeys) return;
  if (!isFreed) return print("the keys are there still: invitations are left to be freed");
  print(destroyedText(org, await destroyKeysOf(flags.data, org, tenant)));
};
