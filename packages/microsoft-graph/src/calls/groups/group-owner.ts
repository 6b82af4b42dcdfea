import type { ProviderError } from "@hybrid/kernel";
import { graphMessageOf } from "../../errors/graph-fault.ts";
import {
  checkedObjectId,
  failedWith,
  type GroupCall,
  type GroupContext,
  groupCall,
  groupPath,
  userReference,
} from "./group-call.ts";

/** Who is to own a group, or no more. */
export interface GroupOwner extends GroupCall {
  readonly owner: string;
}

const isIn = (error: ProviderError): boolean =>
  error.code === "conflict" || /already exist/i.test(graphMessageOf(error));

/** Makes a user an owner; one who is already is fine. May be repeated. Throws ProviderError. */
export const addGroupOwner =
  (context: GroupContext) =>
  async (order: GroupOwner): Promise<void> => {
    const call = groupCall(context, order, "groups.addOwner", "writes");
    try {
      await context.graph.request(call, {
        method: "POST",
        path: `${groupPath(order.groupId)}/owners/$ref`,
        body: { "@odata.id": userReference(context.graph, order.owner) },
      });
    } catch (error) {
      if (!failedWith(error, "invalidRequest", "conflict") || !isIn(error)) throw error;
    }
  };

/**
 * Takes ownership away; `kept` when Graph keeps a group's last owner. May be repeated. Throws ProviderError.
 */
export const removeGroupOwner =
  (context: GroupContext) =>
  async (order: GroupOwner): Promise<"removed" | "kept"> => {
    const call = groupCall(context, order, "groups.removeOwner", "writes");
    const path = `${groupPath(order.groupId)}/owners/${checkedObjectId(order.owner)}/$ref`;
    try {
      await context.graph.request(call, { method: "DELETE", path });
      return "removed";
    } catch (error) {
      if (failedWith(error, "notFound")) return "removed";
      if (failedWith(error, "invalidRequest") && /at least one owner/i.test(graphMessageOf(error)))
        return "kept";
      throw error;
    }
  };
