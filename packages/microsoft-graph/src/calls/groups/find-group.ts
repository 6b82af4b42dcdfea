import { whatOf } from "../../middleware/graph-call.ts";
import { readAnswer } from "../../models.ts";
import { failedWith, type GroupContext, groupCall, type TenantCall } from "./group-call.ts";
import { type GroupSnapshot, groupSchema, snapshotOf } from "./group-models.ts";

/** A group by the key that its maker gave it. */
export interface FindGroup extends TenantCall {
  /** Graph's alternate key of groups, at most 128 characters. */
  readonly uniqueName: string;
}

/** `groups(uniqueName='<name>')` */
export const uniqueNamePath = (uniqueName: string): string =>
  `groups(uniqueName='${encodeURIComponent(uniqueName.replaceAll("'", "''"))}')`;

/**
 * The living group with a unique name, or null. May be repeated. Throws ProviderError: outOfScope,
 * consentRevoked and the usual ones. https://learn.microsoft.com/graph/api/group-upsert
 */
export const findGroup =
  (context: GroupContext) =>
  async (order: FindGroup): Promise<GroupSnapshot | null> => {
    const call = groupCall(context, order, "groups.find", "reads");
    const path = `${uniqueNamePath(order.uniqueName)}?$select=id,displayName,mail`;
    try {
      const answer = await context.graph.request(call, { method: "GET", path });
      return snapshotOf(readAnswer(groupSchema, answer, whatOf(call)));
    } catch (error) {
      if (failedWith(error, "notFound")) return null;
      throw error;
    }
  };
