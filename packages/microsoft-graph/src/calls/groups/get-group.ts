import { whatOf } from "../../middleware/graph-call.ts";
import { readAnswer } from "../../models.ts";
import { type GroupCall, type GroupContext, groupCall, groupPath } from "./group-call.ts";
import { type GroupSnapshot, groupSchema, snapshotOf } from "./group-models.ts";

/**
 * Reads a living group. May be repeated. Throws ProviderError notFound when it was deleted, or is so new that
 * not every directory server has it, and the usual ones.
 */
export const getGroup =
  (context: GroupContext) =>
  async (order: GroupCall): Promise<GroupSnapshot> => {
    const call = groupCall(context, order, "groups.get", "reads");
    const path = `${groupPath(order.groupId)}?$select=id,displayName,mail`;
    return snapshotOf(
      readAnswer(groupSchema, await context.graph.request(call, { method: "GET", path }), whatOf(call)),
    );
  };
