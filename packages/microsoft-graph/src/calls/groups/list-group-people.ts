import type { z } from "zod";
import { whatOf } from "../../middleware/graph-call.ts";
import { readAnswer } from "../../models.ts";
import { checkedLink } from "../checked-link.ts";
import { type GroupCall, type GroupContext, groupCall, groupPath } from "./group-call.ts";
import { directoryObjectListSchema, type directoryObjectSchema } from "./group-models.ts";

/** Members or owners of a group; `transitiveMembers`: also those of the groups in it, at any depth. */
export interface ListGroupPeople extends GroupCall {
  readonly what: "members" | "owners" | "transitiveMembers";
}

/** Somebody in a group. */
export interface GroupPerson {
  /** The object id, lower case. */
  readonly objectId: string;
  readonly mailAddress: string | null;
  /** Somebody of another organisation, by the directory's own word. */
  readonly isGuest: boolean;
}

const pageSize = 999;

/** What matters of a user that Graph answered with. */
export const personOf = (one: z.infer<typeof directoryObjectSchema>): GroupPerson => ({
  objectId: one.id.toLowerCase(),
  mailAddress: one.mail ?? one.userPrincipalName ?? null,
  isGuest: (one.userType ?? "Member").toLowerCase() === "guest",
});

/**
 * The users in a group, page by page; groups and devices in it are left out. May be repeated. Throws
 * ProviderError notFound when the group is gone, and the usual ones.
 */
export const listGroupPeople = (context: GroupContext) =>
  async function* pages(order: ListGroupPeople): AsyncGenerator<readonly GroupPerson[], void, undefined> {
    const call = groupCall(context, order, "groups.listPeople", "reads");
    const select = "id,displayName,mail,userPrincipalName,userType";
    let path: string | undefined =
      `${groupPath(order.groupId)}/${order.what}?$select=${select}&$top=${pageSize}`;
    while (path !== undefined) {
      const body = await context.graph.request(call, { method: "GET", path });
      const page = readAnswer(directoryObjectListSchema, body, whatOf(call));
      yield page.value
        .filter((one) => (one["@odata.type"] ?? "#microsoft.graph.user") === "#microsoft.graph.user")
        .map(personOf);
      const next = page["@odata.nextLink"];
      path = next === undefined ? undefined : checkedLink(context.graph.hosts, next);
    }
  };
