import type { ProviderError } from "@hybrid/kernel";
import { graphMessageOf } from "../../errors/graph-fault.ts";
import {
  failedWith,
  type GroupCall,
  type GroupContext,
  groupCall,
  groupPath,
  refusedOrder,
  userReference,
} from "./group-call.ts";

/** Users who are to be members. */
export interface AddGroupMembers extends GroupCall {
  /** Object ids, 1 to 20: what Graph takes in one request. */
  readonly members: readonly string[];
}

/** Of whom there is no such user in the tenant, or none yet; all others are members now. */
export interface AddedGroupMembers {
  readonly missing: readonly string[];
}

const referencesMax = 20;

const isIn = (error: ProviderError): boolean =>
  error.code === "conflict" || /already exist/i.test(graphMessageOf(error));

const isMissing = (error: ProviderError): boolean =>
  error.code === "notFound" || /do(?:es)? not exist/i.test(graphMessageOf(error));

const addOne = async (context: GroupContext, order: AddGroupMembers, member: string): Promise<boolean> => {
  const call = groupCall(context, order, "groups.addMember", "writes");
  try {
    await context.graph.request(call, {
      method: "POST",
      path: `${groupPath(order.groupId)}/members/$ref`,
      body: { "@odata.id": userReference(context.graph, member) },
    });
    return true;
  } catch (error) {
    if (!failedWith(error, "invalidRequest", "conflict", "notFound")) throw error;
    if (isIn(error)) return true;
    if (isMissing(error)) return false;
    throw error;
  }
};

/**
 * Takes users into a group: in one request, and one by one where Graph refuses the whole of it because one is
 * in already or is not there. May be repeated. Throws ProviderError, invalidRequest for none or more than 20.
 */
export const addGroupMembers =
  (context: GroupContext) =>
  async (order: AddGroupMembers): Promise<AddedGroupMembers> => {
    const { members, groupId } = order;
    if (members.length === 0 || members.length > referencesMax)
      throw refusedOrder(`Graph takes 1 to ${referencesMax} members in one request`);
    const call = groupCall(context, order, "groups.addMembers", "writes");
    try {
      await context.graph.request(call, {
        method: "PATCH",
        path: groupPath(groupId),
        body: { "members@odata.bind": members.map((id) => userReference(context.graph, id)) },
      });
      return { missing: [] };
    } catch (error) {
      if (!failedWith(error, "invalidRequest", "conflict", "notFound")) throw error;
    }
    const missing: string[] = [];
    for (const member of members) if (!(await addOne(context, order, member))) missing.push(member);
    return { missing };
  };
