import { minutes, ProviderError } from "@hybrid/kernel";
import { LRUCache } from "lru-cache";
import type { MailboxPlace } from "#domain/archive-state";
import type { GraphPort } from "./ports.ts";

const keptMs = minutes(10);
const groupsMax = 200;

/** Who is in groups of a connector's scope. */
export interface GroupMembers {
  /**
   * Whether somebody is in one of the groups, or in a group within it at any depth. Throws ProviderError:
   * invalidRequest for a group that none of the tenants has, and the usual ones.
   */
  hasOneOf(order: {
    readonly tenants: readonly string[];
    readonly groups: readonly string[];
    readonly place: Pick<MailboxPlace, "objectId">;
    readonly signal: AbortSignal;
  }): Promise<boolean>;
}

const listed = async (
  graph: GraphPort,
  order: { readonly tenants: readonly string[]; readonly groupId: string; readonly signal: AbortSignal },
): Promise<ReadonlySet<string>> => {
  const { tenants, groupId, signal } = order;
  for (const tenantId of tenants)
    try {
      const members = new Set<string>();
      const pages = graph.groups.listPeople({ tenantId, groupId, what: "transitiveMembers", signal });
      for await (const page of pages) for (const { objectId } of page) members.add(objectId);
      return members;
    } catch (error) {
      // It may be another tenant's.
      if (!(error instanceof ProviderError) || error.code !== "notFound") throw error;
    }
  throw new ProviderError(`none of the tenants ${tenants.join(", ")} has the group ${groupId}`, {
    code: "invalidRequest",
    retryable: false,
  });
};

/** Members of groups, as they were ten minutes ago at most. */
export const groupMembersOf = (graph: GraphPort, perf: { now(): number }): GroupMembers => {
  const known = new LRUCache<string, ReadonlySet<string>>({
    max: groupsMax,
    ttl: keptMs,
    perf,
    ttlResolution: 0,
  });
  return {
    hasOneOf: async ({ tenants, groups, place, signal }) => {
      for (const groupId of groups) {
        const key = `${tenants.join(" ")} ${groupId}`;
        const members = known.get(key) ?? (await listed(graph, { tenants, groupId, signal }));
        known.set(key, members);
        if (members.has(place.objectId.toLowerCase())) return true;
      }
      return false;
    },
  };
};
