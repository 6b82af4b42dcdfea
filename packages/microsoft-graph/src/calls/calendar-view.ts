import type { EpochMs } from "@hybrid/kernel";
import type { GraphClient } from "../graph-client.ts";
import { whatOf } from "../middleware/graph-call.ts";
import { eventPageSchema, type GraphEvent, graphEventSchema, readAnswer } from "../models.ts";
import { checkedLink } from "./checked-link.ts";
import { eventCall } from "./event-call.ts";
import { htmlBodies, immutableIds, prefer } from "./prefer.ts";
import { type UserCall, userPath } from "./user-path.ts";

/** A page of a calendar: the first one of a window, or what an earlier page's nextLink leads to. */
export type CalendarView = UserCall &
  (
    | {
        readonly window: { readonly startAt: EpochMs; readonly endAt: EpochMs };
        readonly select: readonly string[];
        readonly pageSize: number;
        readonly link?: never;
      }
    | { readonly link: string; readonly window?: never }
  );

/** What a page of a calendar holds; series come as their occurrences. */
export interface CalendarViewPage {
  readonly events: readonly GraphEvent[];
  /** Where the next page is; null on the last one. */
  readonly nextLink: string | null;
}

const pathOf = (order: CalendarView, graph: GraphClient): string => {
  if (order.window === undefined) return checkedLink(graph.hosts, order.link);
  const [start, end] = [order.window.startAt, order.window.endAt].map((at) => new Date(at).toISOString());
  const query = [
    `startDateTime=${start}`,
    `endDateTime=${end}`,
    `$select=${order.select.join(",")}`,
    `$top=${order.pageSize}`,
    "$orderby=start/dateTime",
  ];
  return `${userPath(order.userObjectId)}/calendarView?${query.join("&")}`;
};

/**
 * One page of the events that overlap a window, by start, with occurrences in place of their series. An event
 * that does not fit its documentation comes as its id alone. May be repeated. Throws ProviderError
 * mailboxMissing, outOfScope and the usual ones.
 */
export const calendarView =
  (graph: GraphClient) =>
  async (order: CalendarView): Promise<CalendarViewPage> => {
    const call = eventCall(order, "events.view");
    const headers = prefer(immutableIds, htmlBodies);
    const body = await graph.request(call, { method: "GET", path: pathOf(order, graph), headers });
    const page = readAnswer(eventPageSchema, body, whatOf(call));
    return {
      events: page.value.map((item) => graphEventSchema.safeParse(item).data ?? { id: item.id }),
      nextLink: page["@odata.nextLink"] ?? null,
    };
  };
