import { ProviderError } from "@hybrid/kernel";
import type { z } from "zod";
import { whatOf } from "../../middleware/graph-call.ts";
import { readAnswer } from "../../models.ts";
import { checkedLink } from "../checked-link.ts";
import {
  checkedObjectId,
  type GroupContext,
  groupCall,
  refusedOrder,
  type TenantCall,
} from "./group-call.ts";
import { groupDeltaPageSchema } from "./group-models.ts";

/** A first round over named groups, at most 50, or a round from the link that an earlier one ended with. */
export type GroupDelta = TenantCall &
  (
    | { readonly groupIds: readonly string[]; readonly link?: never }
    | { readonly link: string; readonly groupIds?: never }
  );

/** What became of one group; a page may tell a part of it, and pages may tell things twice. */
export interface GroupDeltaItem {
  readonly groupId: string;
  /** Deleted; it may be restored. */
  readonly isGone: boolean;
  /** Object ids, lower case, of users alone. */
  readonly membersAdded: readonly string[];
  readonly membersRemoved: readonly string[];
  readonly ownersAdded: readonly string[];
  readonly ownersRemoved: readonly string[];
}

/** One page of a round. The last one has the link to start the next round from. */
export interface GroupDeltaPage {
  readonly items: readonly GroupDeltaItem[];
  /** Null on every page but the last. */
  readonly deltaLink: string | null;
}

const idsMax = 50;

type Page = z.infer<typeof groupDeltaPageSchema>;
type Relation = Page["value"][number]["members@delta"];

const idsOf = (relation: Relation, isRemoved: boolean): readonly string[] =>
  (relation ?? [])
    .filter((one) => (one["@odata.type"] ?? "#microsoft.graph.user") === "#microsoft.graph.user")
    .filter((one) => Boolean(one["@removed"]) === isRemoved)
    .map(({ id }) => id.toLowerCase());

const itemOf = (one: Page["value"][number]): GroupDeltaItem => ({
  groupId: one.id.toLowerCase(),
  isGone: Boolean(one["@removed"]),
  membersAdded: idsOf(one["members@delta"], false),
  membersRemoved: idsOf(one["members@delta"], true),
  ownersAdded: idsOf(one["owners@delta"], false),
  ownersRemoved: idsOf(one["owners@delta"], true),
});

const firstPath = (order: GroupDelta, context: GroupContext): string => {
  if (order.groupIds === undefined) return checkedLink(context.graph.hosts, order.link);
  if (order.groupIds.length === 0 || order.groupIds.length > idsMax)
    throw refusedOrder(`Graph tracks 1 to ${idsMax} named groups in one round`);
  const filter = order.groupIds.map((id) => `id eq '${checkedObjectId(id)}'`).join(" or ");
  return `groups/delta?$select=displayName,members,owners&$filter=${encodeURIComponent(filter)}`;
};

/**
 * Pages of a round of changes of groups and of who is in them, each fetched when it is asked for. May be
 * repeated from the same start. Throws ProviderError syncStateLost when Graph has forgotten the link (then
 * start with the ids), and the usual ones. https://learn.microsoft.com/graph/api/group-delta
 */
export const groupDelta = (context: GroupContext) =>
  async function* pages(order: GroupDelta): AsyncGenerator<GroupDeltaPage, void, undefined> {
    const call = groupCall(context, order, "groups.delta", "reads");
    let path: string | undefined = firstPath(order, context);
    while (path !== undefined) {
      const body = await context.graph.request(call, { method: "GET", path });
      const page: Page = readAnswer(groupDeltaPageSchema, body, whatOf(call));
      const { "@odata.nextLink": next, "@odata.deltaLink": deltaLink } = page;
      if (next === undefined && deltaLink === undefined)
        throw new ProviderError(`${whatOf(call)}: Graph's answer has neither a next link nor a delta link`, {
          code: "unexpected",
          retryable: false,
        });
      yield { items: page.value.map(itemOf), deltaLink: deltaLink ?? null };
      path = next === undefined ? undefined : checkedLink(context.graph.hosts, next);
    }
  };
