import { type EpochMs, ProviderError } from "@hybrid/kernel";
import type { z } from "zod";
import type { GraphClient } from "../graph-client.ts";
import { whatOf } from "../middleware/graph-call.ts";
import {
  type EventDeltaItems,
  type EventDeltaPage,
  eventDeltaPageSchema,
  type GraphEvent,
  graphEventSchema,
  type RemovedEvent,
  readAnswer,
} from "../models.ts";
import { checkedLink } from "./checked-link.ts";
import { eventCall } from "./event-call.ts";
import { htmlBodies, immutableIds, prefer } from "./prefer.ts";
import { type UserCall, userPath } from "./user-path.ts";

/** A first round over a window of the calendar, or a round from a link that an earlier one ended with. */
export type DeltaStart =
  | { readonly window: { readonly startAt: EpochMs; readonly endAt: EpochMs }; readonly link?: never }
  | { readonly link: string; readonly window?: never };

/** A round of changes of a mailbox's calendar. */
export type EventDelta = UserCall & DeltaStart & { readonly pageSize: number };

const firstPath = (order: EventDelta, graph: GraphClient): string => {
  if (order.window === undefined) return checkedLink(graph.hosts, order.link);
  const [start, end] = [order.window.startAt, order.window.endAt].map((at) => new Date(at).toISOString());
  return `${userPath(order.userObjectId)}/calendarView/delta?startDateTime=${start}&endDateTime=${end}`;
};

const reasonOf = (reason: unknown): string => (typeof reason === "string" ? reason : "deleted");

const itemsOf = (value: z.infer<typeof eventDeltaPageSchema>["value"]): EventDeltaItems => {
  const events: GraphEvent[] = [];
  const removed: RemovedEvent[] = [];
  for (const item of value) {
    const gone = item["@removed"];
    if (gone) removed.push({ id: item.id, reason: reasonOf(gone.reason) });
    else events.push(graphEventSchema.safeParse(item).data ?? { id: item.id });
  }
  return { events, removed };
};

const pageOf = (page: z.infer<typeof eventDeltaPageSchema>, what: string): EventDeltaPage => {
  const { "@odata.nextLink": nextLink, "@odata.deltaLink": deltaLink } = page;
  const items = itemsOf(page.value);
  if (nextLink !== undefined) return { ...items, nextLink };
  if (deltaLink !== undefined) return { ...items, deltaLink };
  throw new ProviderError(`${what}: Graph's answer has neither @odata.nextLink nor @odata.deltaLink`, {
    code: "unexpected",
    retryable: false,
  });
};

/**
 * Pages of a delta round, each fetched when it is asked for; the last one has the deltaLink. Items may come
 * again and in any order: the last one of an id counts. May be repeated from the same start. Throws
 * ProviderError syncStateLost when Graph has forgotten the link (then start with a window), and the usual
 * ones.
 */
export const eventDelta = (graph: GraphClient) =>
  async function* pages(order: EventDelta): AsyncGenerator<EventDeltaPage, void, undefined> {
    const call = eventCall(order, "events.delta");
    const headers = prefer(immutableIds, htmlBodies, `odata.maxpagesize=${order.pageSize}`);
    let path: string | undefined = firstPath(order, graph);
    while (path !== undefined) {
      const body = await graph.request(call, { method: "GET", path, headers });
      const page: EventDeltaPage = pageOf(readAnswer(eventDeltaPageSchema, body, whatOf(call)), whatOf(call));
      yield page;
      path = page.nextLink === undefined ? undefined : checkedLink(graph.hosts, page.nextLink);
    }
  };
