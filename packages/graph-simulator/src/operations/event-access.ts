import { readExpand, readSelect } from "../calendar/event-additions.ts";
import { etagOf, noExpansion, type Rendering, renderEvent } from "../calendar/event-render.ts";
import { isItemId } from "../calendar/mailbox.ts";
import type { CalendarItem, StoredEvent } from "../calendar/stored-event.ts";
import { instantOf } from "../calendar/time-zones.ts";
import { badRequest, GraphFault, itemNotFound, notSimulated } from "../http/graph-fault.ts";
import type { Query } from "../schemas/query.ts";
import { type Answer, type MailboxCall, nextPage } from "./operation.ts";

// What every operation on events needs: finding one, checking its version, showing one or a page of them.

const pageSizeDefault = 10;
const dayMs = 86_400_000;
/** Widest calendarView: 1825 days. */
const viewMsMax = 1_825 * dayMs;

/** The two places that events are found at: the user's, and the default calendar's. */
export const eventCollections = ["/users/:userId/events", "/users/:userId/calendar/events"] as const;

const renderingOf = (call: MailboxCall): Rendering => ({
  prefer: call.prefer,
  select: readSelect(call.query.$select),
  expand: readExpand(call.query.$expand),
});

/** The Preference-Applied header, when something was applied. */
export const applied = (call: MailboxCall): Record<string, string> =>
  call.prefer.applied === "" ? {} : { "preference-applied": call.prefer.applied };

/** The address in `@odata.context`. */
export const contextOf = (call: MailboxCall, what: string): string =>
  `${call.graphUrl}/$metadata#users('${encodeURIComponent(call.mailbox.spec.userId)}')/${what}`;

/** What `$expand=exceptionOccurrences` adds to an event: nothing unless it is a series. */
const exceptionsOf = (call: MailboxCall, item: CalendarItem, rendering: Rendering): object => {
  if (!rendering.expand.exceptions || item.kind !== "event" || item.event.type !== "seriesMaster") return {};
  const shown = { ...rendering, select: null, expand: noExpansion };
  const changed = [...call.mailbox.exceptionsOf(item.event.id).values()];
  return { exceptionOccurrences: changed.map((event) => renderEvent({ kind: "event", event }, shown)) };
};

/** One event as an answer. */
export const showEvent = (call: MailboxCall, item: CalendarItem, status: number): Answer => {
  const rendering = renderingOf(call);
  return {
    status,
    headers: applied(call),
    body: {
      "@odata.context": contextOf(call, "events/$entity"),
      ...renderEvent(item, rendering),
      ...exceptionsOf(call, item, rendering),
    },
  };
};

/** The event that the path names. Throws 400 for what cannot be an id, 404 when there is none. */
export const eventItemOf = (call: MailboxCall): CalendarItem => {
  const id = call.params["eventId"] ?? "";
  if (!isItemId(id)) throw badRequest("Id is malformed.", "ErrorInvalidIdMalformed");
  const item = call.mailbox.find(id);
  if (!item) throw itemNotFound();
  return item;
};

/** What an item shows: the event, or the series of an occurrence. */
export const contentOf = (item: CalendarItem): StoredEvent =>
  item.kind === "event" ? item.event : item.occurrence.master;

/** Throws 412 when If-Match names another version. */
export const checkMatch = (call: MailboxCall, item: CalendarItem): void => {
  if (call.ifMatch === null || call.ifMatch === "*") return;
  if (call.ifMatch !== etagOf(contentOf(item).changeKey))
    throw new GraphFault(
      412,
      "ErrorIrresolvableConflict",
      "The item has changed since the version that If-Match names.",
    );
};

/** One page of events, by `$top` and `$skip`. */
export const showPage = (call: MailboxCall, items: readonly CalendarItem[], what: string): Answer => {
  const skip = call.query.$skip ?? 0;
  const size = call.query.$top ?? call.prefer.pageSize ?? pageSizeDefault;
  const rendering = renderingOf(call);
  if (rendering.expand.exceptions) throw notSimulated("'$expand=exceptionOccurrences' of a list");
  const value = items.slice(skip, skip + size).map((item) => renderEvent(item, rendering));
  const more = items.length > skip + size;
  return {
    status: 200,
    headers: applied(call),
    body: {
      "@odata.context": contextOf(call, what),
      ...(call.query.$count ? { "@odata.count": items.length } : {}),
      value,
      ...(more ? { "@odata.nextLink": nextPage(call, skip + size) } : {}),
    },
  };
};

/** The window of a calendar view or of instances. Throws Graph's 400. */
export const windowOf = (query: Query): { readonly fromMs: number; readonly toMs: number } => {
  const read = (name: "startDateTime" | "endDateTime"): number => {
    const given = query[name];
    // A plus sign that a client did not encode arrives as a space.
    const at = given === undefined ? null : instantOf(given.replace(" ", "+"), "UTC");
    if (at === null)
      throw badRequest(`The query parameter '${name}' must hold a date and time.`, "ErrorInvalidParameter");
    return at;
  };
  const window = { fromMs: read("startDateTime"), toMs: read("endDateTime") };
  if (window.toMs < window.fromMs)
    throw badRequest("The end of the calendar view lies before its start.", "ErrorInvalidParameter");
  if (window.toMs - window.fromMs > viewMsMax)
    throw badRequest("The calendar view is wider than 1825 days.", "ErrorCalendarViewRangeTooBig");
  return window;
};
