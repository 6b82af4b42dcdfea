import type { EpochMs } from "@hybrid/kernel";
import { z } from "zod";
import type { GraphClient } from "../graph-client.ts";
import { whatOf } from "../middleware/graph-call.ts";
import { epochMsOf, readAnswer } from "../models.ts";
import { checkedLink } from "./checked-link.ts";
import { eventCall } from "./event-call.ts";
import { type UserCall, userPath } from "./user-path.ts";

/** A stretch of a user's calendar. */
export interface ListOutOfOfficeEvents extends UserCall {
  readonly startAt: EpochMs;
  readonly endAt: EpochMs;
}

/** When an event that is shown as out of office begins and ends. */
export interface OutOfOfficeEvent {
  readonly startAt: EpochMs;
  readonly endAt: EpochMs;
}

const moment = z.looseObject({ dateTime: z.string() });
const pageSchema = z.looseObject({
  "@odata.nextLink": z.string().optional(),
  value: z.array(
    z.looseObject({
      showAs: z.string().nullish(),
      isCancelled: z.boolean().nullish(),
      start: moment,
      end: moment,
    }),
  ),
});

/** Graph answers in UTC unless it is asked otherwise. */
const utcOf = ({ dateTime }: z.infer<typeof moment>): EpochMs =>
  epochMsOf(/Z$/i.test(dateTime) ? dateTime : `${dateTime}Z`);

const pagesMax = 20;

/**
 * Events and occurrences of a stretch that are shown as out of office; subjects are left where they are.
 * May be repeated. Throws ProviderError.
 */
export const listOutOfOfficeEvents =
  (graph: GraphClient) =>
  async (order: ListOutOfOfficeEvents): Promise<readonly OutOfOfficeEvent[]> => {
    const call = eventCall(order, "absences.listEvents");
    const [start, end] = [order.startAt, order.endAt].map((at) => new Date(at).toISOString());
    const found: OutOfOfficeEvent[] = [];
    let path: string | undefined =
      `${userPath(order.userObjectId)}/calendarView?startDateTime=${start}&endDateTime=${end}` +
      "&$select=showAs,isCancelled,start,end&$top=100";
    for (let page = 0; path !== undefined && page < pagesMax; page++) {
      const body = await graph.request(call, { method: "GET", path });
      const read: z.infer<typeof pageSchema> = readAnswer(pageSchema, body, whatOf(call));
      for (const event of read.value)
        if (event.showAs?.toLowerCase() === "oof" && !event.isCancelled)
          found.push({ startAt: utcOf(event.start), endAt: utcOf(event.end) });
      const next: string | undefined = read["@odata.nextLink"];
      path = next === undefined ? undefined : checkedLink(graph.hosts, next);
    }
    return found;
  };
