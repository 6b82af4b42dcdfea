import {
  type AnyTopicContract,
  adminCommands,
  tenantStatus,
  userDirectory,
  userStatus,
} from "@hybrid/contracts";
import { type ActorId, actorIdOf, ConfigError, entityOf, type OrgId, orgOf } from "@hybrid/kernel";
import { pagesOf } from "@hybrid/log";
import { nearestHint, nearestOf } from "@hybrid/settings";
import type { OpenedLog } from "./with-log.ts";

/** Keys of the records of a topic; none when it is not there, or hidden from this user. */
async function* keysOf(
  { log, partitions }: OpenedLog,
  { name, partitioning }: AnyTopicContract,
): AsyncGenerator<ActorId> {
  if (!(await log.topics()).some((topic) => topic.name === name)) return;
  // What every partition has a copy of is read from the first.
  const count = partitioning === "broadcast" ? 1 : partitions;
  for (let partition = 0; partition < count; partition++)
    for await (const page of pagesOf(log, { topic: name, partition }))
      for (const { key } of page) if (key !== null) yield actorIdOf(key);
}

/** Where organisations are found, the smallest topic first: most orders end their search there. */
const places: readonly AnyTopicContract[] = [tenantStatus, adminCommands, userDirectory, userStatus];

/** Organisations that the log knows; the search ends early when `wanted` is found. */
const organisationsIn = async (opened: OpenedLog, wanted: OrgId): Promise<ReadonlySet<string>> => {
  const found = new Set<string>();
  for (const topic of places) {
    for await (const key of keysOf(opened, topic)) found.add(orgOf(key));
    if (found.has(wanted)) break;
  }
  return found;
};

const refused = (fault: string): ConfigError => new ConfigError("the order is not given", [fault]);

/** Rejects with ConfigError when nobody has ever spoken of the organisation, with the nearest one. */
export const mustKnowOrg = async (opened: OpenedLog, org: OrgId): Promise<void> => {
  const known = await organisationsIn(opened, org);
  if (known.has(org)) return;
  const there =
    known.size === 0 ? "there is none yet" : `there are ${[...known].sort().slice(0, 20).join(", ")}`;
  throw refused(`organisation "${org}" is not known (${there})${nearestHint(org, known)}`);
};

/**
 * An organisation that is not known is made by its first order. Rejects with ConfigError when its id looks
 * like a slip in another's, unless the person insists.
 */
export const mustBeMeant = async (opened: OpenedLog, org: OrgId, isNew: boolean): Promise<void> => {
  if (isNew) return;
  const known = await organisationsIn(opened, org);
  const near = known.has(org) ? undefined : nearestOf(org, known);
  if (near === undefined) return;
  throw refused(`organisation "${org}" is not known; did you mean "${near}"? If it is a new one, add --new`);
};

/** Rejects with ConfigError when the organisation has no such tenant, with the nearest one. */
export const mustKnowTenant = async (opened: OpenedLog, org: OrgId, tenant: string): Promise<void> => {
  const tenants = new Set<string>();
  for (const topic of [tenantStatus, adminCommands])
    for await (const key of keysOf(opened, topic))
      if (orgOf(key) === org && entityOf(key).startsWith("t-")) tenants.add(entityOf(key).slice(2));
  if (tenants.has(tenant)) return;
  const there = tenants.size === 0 ? "it has none" : `it has ${[...tenants].sort().slice(0, 20).join(", ")}`;
  throw refused(`organisation "${org}" has no tenant ${tenant} (${there})${nearestHint(tenant, tenants)}`);
};
