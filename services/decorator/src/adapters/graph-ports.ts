import { ProviderError } from "@hybrid/kernel";
import type { GraphEvent, MicrosoftGraph } from "@hybrid/microsoft-graph";
import { z } from "zod";
import { isMoment } from "./event-times.ts";
import type { DeltaEvent, EventModel, EventsPort, MailboxesPort, Recurrence } from "./ports.ts";

const RecurrenceModel = z.object({
  pattern: z.object({
    type: z.string(),
    interval: z.int(),
    daysOfWeek: z.array(z.string()).nullish(),
    dayOfMonth: z.int().nullish(),
    month: z.int().nullish(),
    index: z.string().nullish(),
    firstDayOfWeek: z.string().nullish(),
  }),
  range: z.object({
    type: z.string(),
    startDate: z.string(),
    endDate: z.string().nullish(),
    numberOfOccurrences: z.int().nullish(),
    recurrenceTimeZone: z.string().nullish(),
  }),
});

const types = new Set<string | null | undefined>([
  "singleInstance",
  "seriesMaster",
  "occurrence",
  "exception",
]);
const isType = (type: string | null | undefined): type is EventModel["type"] => types.has(type);

/** The calls that it is made of. */
interface Calls {
  readonly events: Pick<MicrosoftGraph["events"], "get" | "update" | "delta">;
  readonly mailboxes: MicrosoftGraph["mailboxes"];
}

/** The decorator's ports, made of the calls to Microsoft Graph. */
export const graphPorts = (
  graph: Calls,
): { readonly events: EventsPort; readonly mailboxes: MailboxesPort } => ({
  mailboxes: { getSettings: (request) => graph.mailboxes.getSettings(request) },
  events: {
    get: async (request) => {
      const { event, etag, extendedProperty } = await graph.events.get(request);
      // An event without any body has an empty one.
      const model = modelOf({ ...event, body: event.body ?? { contentType: "html", content: "" } });
      if (model) return { ...model, etag, extendedProperty };
      throw new ProviderError(
        `an event of user ${request.userObjectId} of tenant ${request.tenantId}: its type, organiser, ` +
          "times or recurrence cannot be understood as Graph returned them; the event is left alone",
        {
          code: "unexpected",
          retryable: false,
        },
      );
    },
    update: ({ body, ...request }) => graph.events.update({ ...request, body: body.content }),
    delta: (request) => firstPage(graph, request),
  },
});

/** One page only: what stands on it is dealt with before the next one is asked for. */
const firstPage = async (
  graph: Pick<Calls, "events">,
  { from, ...request }: Parameters<EventsPort["delta"]>[0],
): ReturnType<EventsPort["delta"]> => {
  const start =
    "link" in from
      ? { link: from.link }
      : { window: { startAt: from.window.startsAt, endAt: from.window.endsAt } };
  for await (const page of graph.events.delta({ ...request, ...start }))
    return {
      events: [
        ...page.removed.map(({ id }) => ({ kind: "removed", id }) as const),
        ...page.events.map(deltaEventOf),
      ],
      nextLink: page.nextLink ?? null,
      deltaLink: page.deltaLink ?? null,
    };
  throw new ProviderError("Graph answered calendarView/delta without a page", {
    code: "unexpected",
    retryable: false,
  });
};

const deltaEventOf = (event: GraphEvent): DeltaEvent => {
  const { id, type, seriesMasterId } = event;
  if (type === "occurrence")
    return seriesMasterId ? { kind: "occurrence", id, seriesMasterId } : { kind: "sparse", id };
  // An exception has a location of its own, perhaps with a keyword.
  const model = modelOf(event);
  return model ? { kind: "event", event: model } : { kind: "sparse", id };
};

const isTime = <Time extends { readonly dateTime: string }>(given: Time | null | undefined): given is Time =>
  given !== null && given !== undefined && isMoment(given.dateTime);

/** Undefined when something is missing without which nothing can be decided. */
export const modelOf = (event: GraphEvent): EventModel | undefined => {
  const { start, end, body, type, isOrganizer } = event;
  const recurrence = recurrenceOf(event.recurrence);
  if (!isTime(start) || !isTime(end) || !body || !isType(type) || typeof isOrganizer !== "boolean")
    return undefined;
  if (recurrence === undefined) return undefined;
  return {
    id: event.id,
    etag: event["@odata.etag"] ?? "",
    type,
    seriesMasterId: event.seriesMasterId ?? null,
    isOrganizer,
    isCancelled: event.isCancelled ?? false,
    isDraft: event.isDraft ?? false,
    start: { dateTime: start.dateTime, timeZone: start.timeZone ?? "UTC" },
    end: { dateTime: end.dateTime, timeZone: end.timeZone ?? "UTC" },
    isAllDay: event.isAllDay ?? false,
    originalStartTimeZone: event.originalStartTimeZone ?? null,
    originalEndTimeZone: event.originalEndTimeZone ?? null,
    recurrence,
    location: { displayName: event.location?.displayName ?? "" },
    locations: (event.locations ?? []).map((location) => ({ displayName: location.displayName ?? "" })),
    body: {
      contentType: body.contentType?.toLowerCase() === "text" ? "text" : "html",
      content: body.content ?? "",
    },
    subject: event.subject ?? "",
    showAs: event.showAs ?? "busy",
    sensitivity: event.sensitivity ?? "normal",
    categories: event.categories ?? [],
    attendees: (event.attendees ?? []).flatMap(({ emailAddress, type }) =>
      emailAddress?.address ? [{ address: emailAddress.address, isResource: type === "resource" }] : [],
    ),
    attendeesCount: event.attendees?.length ?? 0,
    extendedProperty: null,
  };
};

/** Null for a single meeting, undefined for a recurrence that cannot be understood. */
const recurrenceOf = (given: unknown): Recurrence | null | undefined => {
  if (given === null || given === undefined) return null;
  const read = RecurrenceModel.safeParse(given);
  if (!read.success) return undefined;
  const { pattern, range } = read.data;
  return {
    pattern: {
      type: pattern.type,
      interval: pattern.interval,
      daysOfWeek: pattern.daysOfWeek ?? undefined,
      dayOfMonth: pattern.dayOfMonth ?? undefined,
      month: pattern.month ?? undefined,
      index: pattern.index ?? undefined,
      firstDayOfWeek: pattern.firstDayOfWeek ?? undefined,
    },
    range: {
      ...range,
      endDate: range.endDate ?? undefined,
      numberOfOccurrences: range.numberOfOccurrences ?? undefined,
    },
  };
};
