import {
  checkedObjectId,
  failedWith,
  type GroupCall,
  type GroupContext,
  groupCall,
  groupPath,
} from "./group-call.ts";

/** Who is to be no member of a group any more. */
export interface RemoveGroupMember extends GroupCall {
  readonly member: string;
}

/** Takes a user out of a group; one who is not in is fine. May be repeated. Throws ProviderError. */
export const removeGroupMember =
  (context: GroupContext) =>
  async (order: RemoveGroupMember): Promise<void> => {
    const call = groupCall(context, order, "groups.removeMember", "writes");
    const path = `${groupPath(order.groupId)}/members/${checkedObjectId(order.member)}/$ref`;
    try {
      await context.graph.request(call, { method: "DELETE", path });
    } catch (error) {
      if (!failedWith(error, "notFound")) throw error;
    }
  };
