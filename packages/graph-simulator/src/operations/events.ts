import type { Calendar } from "../calendar/calendar.ts";
import {
  type DeltaLine,
  deltaPage,
  idsOfLine,
  resumeRound,
  type SyncState,
  startRound,
} from "../calendar/delta.ts";
import { changeOfWrite } from "../calendar/event-input.ts";
import {
  etagOf,
  type Rendering,
  readExpand,
  readSelect,
  renderEvent,
  renderSparseOccurrence,
} from "../calendar/event-render.ts";
import { isItemId } from "../calendar/mailbox.ts";
import type { CalendarItem } from "../calendar/stored-event.ts";
import { instantOf } from "../calendar/time-zones.ts";
import type { FaultPlan } from "../http/faults.ts";
import { badRequest, GraphFault, itemNotFound } from "../http/graph-fault.ts";
import { eventGaps, eventReadOnly, eventWriteSchema } from "../schemas/event.ts";
import type { Query } from "../schemas/query.ts";
import { readBody } from "../schemas/write-body.ts";
import { matching, ordering } from "./event-query.ts";
import {
  type Answer,
  calendarReaders,
  calendarWriters,
  type MailboxCall,
  nextPage,
  type Operation,
} from "./operation.ts";

const eventType = "microsoft.graph.event";
const eventOthers = { readOnly: eventReadOnly, gaps: eventGaps };
const pageSizeDefault = 10;
const dayMs = 86_400_000;
/** Widest calendarView: 1825 days. */
const viewMsMax = 1_825 * dayMs;

const renderingOf = (call: MailboxCall): Rendering => ({
  prefer: call.prefer,
  select: readSelect(call.query.$select),
  expand: readExpand(call.query.$expand),
});

const applied = (call: MailboxCall): Record<string, string> =>
  call.prefer.applied === "" ? {} : { "preference-applied": call.prefer.applied };

const context = (call: MailboxCall, what: string): string =>
  `${call.graphUrl}/$metadata#users('${encodeURIComponent(call.mailbox.spec.userId)}')/${what}`;

const single = (call: MailboxCall, item: CalendarItem, status: number): Answer => ({
  status,
  headers: applied(call),
  body: { "@odata.context": context(call, "events/$entity"), ...renderEvent(item, renderingOf(call)) },
});

const itemOf = (call: MailboxCall): CalendarItem => {
  const id = call.params["eventId"] ?? "";
  if (!isItemId(id)) throw badRequest("Id is malformed.", "ErrorInvalidIdMalformed");
  const item = call.mailbox.find(id);
  if (!item) throw itemNotFound();
  return item;
};

const checkMatch = (call: MailboxCall, item: CalendarItem): void => {
  if (call.ifMatch === null || call.ifMatch === "*") return;
  const current = etagOf(item.kind === "event" ? item.event.changeKey : item.occurrence.master.changeKey);
  if (call.ifMatch !== current)
    throw new GraphFault(
      412,
      "ErrorIrresolvableConflict",
      "The item has changed since the version that If-Match names.",
    );
};

const createEvent =
  (calendar: Calendar) =>
  (call: MailboxCall): Answer => {
    const written = readBody(eventWriteSchema, call.body, eventType, eventOthers);
    const transactionId = written.transactionId ?? null;
    const transaction = transactionId === null ? null : `${call.caller.clientId} ${transactionId}`;
    const repeated = transaction === null ? null : call.mailbox.findByTransaction(transaction);
    if (repeated) return single(call, { kind: "event", event: repeated }, 201);
    const event = calendar.create(call.mailbox, { change: changeOfWrite(written), transactionId });
    if (transaction !== null) call.mailbox.rememberTransaction(transaction, event.id);
    return single(call, { kind: "event", event }, 201);
  };

const updateEvent =
  (calendar: Calendar) =>
  (call: MailboxCall): Answer => {
    const item = itemOf(call);
    const written = readBody(eventWriteSchema, call.body, eventType, eventOthers);
    checkMatch(call, item);
    if (written.transactionId !== undefined)
      throw badRequest(
        "'transactionId' can be set only when an event is created.",
        "ErrorInvalidPropertySet",
      );
    const by = { kind: "app", clientId: call.caller.clientId } as const;
    const event = calendar.update(call.mailbox, item, changeOfWrite(written), by);
    return single(call, { kind: "event", event }, 200);
  };

const deleteEvent =
  (calendar: Calendar) =>
  (call: MailboxCall): Answer => {
    const item = itemOf(call);
    checkMatch(call, item);
    calendar.remove(call.mailbox, item);
    return { status: 204 };
  };

const page = (call: MailboxCall, items: readonly CalendarItem[], what: string): Answer => {
  const skip = call.query.$skip ?? 0;
  const size = call.query.$top ?? call.prefer.pageSize ?? pageSizeDefault;
  const rendering = renderingOf(call);
  const value = items.slice(skip, skip + size).map((item) => renderEvent(item, rendering));
  const more = items.length > skip + size;
  return {
    status: 200,
    headers: applied(call),
    body: {
      "@odata.context": context(call, what),
      value,
      ...(more ? { "@odata.nextLink": nextPage(call, skip + size) } : {}),
    },
  };
};

const listEvents = (call: MailboxCall): Answer => {
  const matches = matching(call.query.$filter);
  const items = call.mailbox
    .list()
    .filter(matches)
    .map((event) => ({ kind: "event", event }) as const)
    .sort(ordering(call.query.$orderby ?? "start/dateTime"));
  return page(call, items, "events");
};

const windowOf = (query: Query): { readonly fromMs: number; readonly toMs: number } => {
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

const viewCalendar = (call: MailboxCall): Answer => {
  const { fromMs, toMs } = windowOf(call.query);
  const items = call.mailbox.view(fromMs, toMs);
  const sorted = call.query.$orderby === undefined ? items : items.sort(ordering(call.query.$orderby));
  return page(call, sorted, "calendarView");
};

const stateOf = (call: MailboxCall): SyncState => {
  const { $deltatoken, $skiptoken, ...window } = call.query;
  const token = $deltatoken ?? $skiptoken;
  if (token === undefined) return startRound(call.mailbox, windowOf(window));
  if (Object.keys(call.query).length > 1)
    throw badRequest("A delta link must be used as it was returned, without further parameters.");
  return resumeRound(call.mailbox, token, $deltatoken === undefined ? "page" : "round");
};

const renderLine = (call: MailboxCall, line: DeltaLine): object => {
  if (line.kind === "full") {
    const event = renderEvent(line.item, { prefer: call.prefer, select: null, expand: [] });
    return { "@odata.type": `#${eventType}`, ...event };
  }
  if (line.kind === "sparse")
    return { "@odata.type": `#${eventType}`, ...renderSparseOccurrence(line.item, call.prefer) };
  const { id, immutableId } = idsOfLine(line);
  return { id: call.prefer.immutableIds ? immutableId : id, "@removed": { reason: "deleted" } };
};

const delta =
  (faults: FaultPlan) =>
  (call: MailboxCall): Answer => {
    const pageSize = call.prefer.pageSize ?? pageSizeDefault;
    const { lines, next } = deltaPage(call.mailbox, stateOf(call), { pageSize, faults });
    const parameter = next.kind === "nextLink" ? "$skiptoken" : "$deltatoken";
    return {
      status: 200,
      headers: applied(call),
      body: {
        "@odata.context": `${call.graphUrl}/$metadata#Collection(event)`,
        [`@odata.${next.kind}`]: `${call.address}?${parameter}=${next.token}`,
        value: lines.map((line) => renderLine(call, line)),
      },
    };
  };

/** Options that change tracking does not take, and the answer to them (event delta reference page). */
const trackingRefuses = ["$orderby", "$filter", "$select", "$expand", "$search"];
const trackingFault = () =>
  badRequest(
    "The following parameters are not supported with change tracking over the 'CalendarView' resource: " +
      `'${trackingRefuses.join(", ")}'.`,
    "ErrorInvalidUrlQuery",
  );
const searchFault = () =>
  badRequest("The query parameter '$search' is not supported for events.", "SearchEvents");

/** Events, calendarView and its delta, in the default calendar. */
export const eventOperations = (calendar: Calendar, faults: FaultPlan): Operation[] => {
  const family = "mailbox" as const;
  const read = { family, method: "GET", roles: calendarReaders } as const;
  const view = {
    ...read,
    query: ["startDateTime", "endDateTime", "$select", "$expand", "$top", "$skip", "$orderby"],
  };
  const listQuery = ["$select", "$expand", "$top", "$skip", "$orderby", "$filter"] as const;
  const collections = ["/users/:userId/events", "/users/:userId/calendar/events"];
  return [
    ...collections.flatMap((path): Operation[] => {
      const one = { family, path: `${path}/:eventId`, roles: calendarWriters, query: [] };
      return [
        {
          ...read,
          path,
          query: listQuery,
          refuses: { options: ["$search"], fault: searchFault },
          handle: listEvents,
        },
        { family, method: "POST", path, roles: calendarWriters, query: [], handle: createEvent(calendar) },
        {
          ...read,
          path: one.path,
          query: ["$select", "$expand"],
          handle: (call: MailboxCall) => single(call, itemOf(call), 200),
        },
        { ...one, method: "PATCH", handle: updateEvent(calendar) },
        { ...one, method: "DELETE", handle: deleteEvent(calendar) },
      ];
    }),
    ...["/users/:userId/calendarView", "/users/:userId/calendar/calendarView"].map(
      (path): Operation => ({ ...view, path, handle: viewCalendar }) as Operation,
    ),
    {
      ...read,
      path: "/users/:userId/calendarView/delta",
      query: ["startDateTime", "endDateTime", "$deltatoken", "$skiptoken"],
      refuses: { options: trackingRefuses, fault: trackingFault },
      handle: delta(faults),
    },
  ];
};
