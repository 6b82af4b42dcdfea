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
import { noExpansion, renderEvent, renderSparseOccurrence } from "../calendar/event-render.ts";
import type { FaultPlan } from "../http/faults.ts";
import { badRequest } from "../http/graph-fault.ts";
import { eventGaps, eventReadOnly, eventWriteSchema } from "../schemas/event.ts";
import { readBody } from "../schemas/write-body.ts";
import {
  applied,
  checkMatch,
  contentOf,
  eventCollections,
  eventItemOf,
  showEvent,
  showPage,
  windowOf,
} from "./event-access.ts";
import { readAttachment } from "./event-attachments.ts";
import { readExtension } from "./event-extensions.ts";
import { matching, ordering } from "./event-query.ts";
import {
  type Answer,
  calendarReaders,
  calendarWriters,
  type MailboxCall,
  type Operation,
} from "./operation.ts";

const eventType = "microsoft.graph.event";
const eventOthers = { readOnly: eventReadOnly, gaps: eventGaps };
/** Attachments and extensions of an event that is there have addresses of their own. */
const updateOthers = { ...eventOthers, gaps: new Set([...eventGaps, "attachments", "extensions"]) };
const pageSizeDefault = 10;

/** What a new event may bring along besides its own properties. */
const partsOf = (body: unknown, now: number) => {
  if (body === null || typeof body !== "object" || Array.isArray(body)) return { body };
  const { attachments, extensions, ...own } = body as Readonly<Record<string, unknown>>;
  const list = (name: string, given: unknown): unknown[] | undefined => {
    if (given === undefined || Array.isArray(given)) return given;
    throw badRequest(
      `Were unable to deserialize '${name}': a list is expected.`,
      "UnableToDeserializePostBody",
    );
  };
  return {
    body: own,
    attachments: list("attachments", attachments)?.map((one) => readAttachment(one, now)),
    extensions: list("extensions", extensions)?.map((one) => readExtension(one)),
  };
};

const createEvent =
  (calendar: Calendar, now: () => number) =>
  (call: MailboxCall): Answer => {
    const { attachments, extensions, body } = partsOf(call.body, now());
    const written = readBody(eventWriteSchema, body, eventType, eventOthers);
    const transactionId = written.transactionId ?? null;
    const transaction = transactionId === null ? null : `${call.caller.clientId} ${transactionId}`;
    const repeated = transaction === null ? null : call.mailbox.findByTransaction(transaction);
    if (repeated) return showEvent(call, { kind: "event", event: repeated }, 201);
    const change = {
      ...changeOfWrite(written),
      ...(attachments && { attachments }),
      ...(extensions && { extensions }),
    };
    const event = calendar.create(call.mailbox, { change, transactionId });
    if (transaction !== null) call.mailbox.rememberTransaction(transaction, event.id);
    return showEvent(call, { kind: "event", event }, 201);
  };

const updateEvent =
  (calendar: Calendar) =>
  (call: MailboxCall): Answer => {
    const item = eventItemOf(call);
    const written = readBody(eventWriteSchema, call.body, eventType, updateOthers);
    checkMatch(call, item);
    const { transactionId = null } = written;
    if (transactionId !== null && transactionId !== contentOf(item).transactionId)
      throw badRequest(
        "'transactionId' can be set only when an event is created.",
        "ErrorInvalidPropertySet",
      );
    const by = { kind: "app", clientId: call.caller.clientId } as const;
    const event = calendar.update(call.mailbox, item, changeOfWrite(written), by);
    return showEvent(call, { kind: "event", event }, 200);
  };

const deleteEvent =
  (calendar: Calendar) =>
  (call: MailboxCall): Answer => {
    const item = eventItemOf(call);
    checkMatch(call, item);
    calendar.remove(call.mailbox, item);
    return { status: 204 };
  };

const listEvents = (call: MailboxCall): Answer => {
  const matches = matching(call.query.$filter);
  const items = call.mailbox
    .list()
    .filter(matches)
    .map((event) => ({ kind: "event", event }) as const)
    .sort(ordering(call.query.$orderby ?? "start/dateTime"));
  return showPage(call, items, "events");
};

const countEvents = (call: MailboxCall): Answer => ({
  status: 200,
  text: String(call.mailbox.list().filter(matching(call.query.$filter)).length),
});

const viewCalendar = (call: MailboxCall): Answer => {
  const { fromMs, toMs } = windowOf(call.query);
  const items = call.mailbox.view(fromMs, toMs);
  const sorted = call.query.$orderby === undefined ? items : items.sort(ordering(call.query.$orderby));
  return showPage(call, sorted, "calendarView");
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
    const event = renderEvent(line.item, { prefer: call.prefer, select: null, expand: noExpansion });
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
export const eventOperations = (calendar: Calendar, faults: FaultPlan, now: () => number): Operation[] => {
  const family = "mailbox" as const;
  const read = { family, method: "GET", roles: calendarReaders } as const;
  const view = {
    ...read,
    query: ["startDateTime", "endDateTime", "$select", "$expand", "$top", "$skip", "$orderby", "$count"],
  };
  const listQuery = ["$select", "$expand", "$top", "$skip", "$orderby", "$filter", "$count"] as const;
  return [
    ...eventCollections.flatMap((path): Operation[] => {
      const one = { family, path: `${path}/:eventId`, roles: calendarWriters, query: [] };
      return [
        { ...read, path: `${path}/$count`, query: ["$filter"], handle: countEvents },
        {
          ...read,
          path,
          query: listQuery,
          refuses: { options: ["$search"], fault: searchFault },
          handle: listEvents,
        },
        {
          family,
          method: "POST",
          path,
          roles: calendarWriters,
          query: [],
          handle: createEvent(calendar, now),
        },
        {
          ...read,
          path: one.path,
          query: ["$select", "$expand"],
          handle: (call: MailboxCall) => showEvent(call, eventItemOf(call), 200),
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
