import { whatOf } from "../../middleware/graph-call.ts";
import { readAnswer } from "../../models.ts";
import { checkedObjectId, failedWith, type GroupContext, groupCall, type TenantCall } from "./group-call.ts";
import { directoryObjectSchema } from "./group-models.ts";
import { type GroupPerson, personOf } from "./list-group-people.ts";

/** A user of the tenant, in a group or not. */
export interface GetPerson extends TenantCall {
  readonly objectId: string;
}

/** The user with an object id, or null when the tenant has none. May be repeated. Throws ProviderError. */
export const getPerson =
  (context: GroupContext) =>
  async (order: GetPerson): Promise<GroupPerson | null> => {
    const call = groupCall(context, order, "groups.getPerson", "reads");
    const select = "$select=id,displayName,mail,userPrincipalName,userType";
    const path = `users/${checkedObjectId(order.objectId)}?${select}`;
    try {
      const answer = await context.graph.request(call, { method: "GET", path });
      return personOf(readAnswer(directoryObjectSchema, answer, whatOf(call)));
    } catch (error) {
      if (failedWith(error, "notFound", "userNotFound")) return null;
      throw error;
    }
  };
