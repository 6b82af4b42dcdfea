import { ProviderError } from "@hybrid/kernel";
import type { Call, EventSighting, Input } from "#domain/mailbox-state";
import { sightingOf } from "./invitation.ts";
import type { DeltaEvent, EventModel, EventsPort } from "./ports.ts";

/** Keeps an outcome far below 64 KiB: a sighting is some 400 bytes with immutable ids. */
const eventsPerPage = 50;
/**
 * Graph may go beyond what was asked for, a little because it keeps a series together, or altogether. This
 * number of events is taken from a page at once; the same page is read again for the rest.
 */
const eventsAtOnce = 100;

type ReadDelta = Extract<Call, { readonly kind: "readDelta" }>;

/** Reads one page of delta into facts; nothing of a subject, a body or an address leaves this function. */
export const readDelta = async (
  events: EventsPort,
  order: ReadDelta,
  signal: AbortSignal,
): Promise<Input> => {
  const { mailbox, page } = order;
  const answer = await events.delta({
    tenantId: mailbox.tenantId,
    userObjectId: mailbox.objectId,
    from: page.kind === "first" ? { window: page.window } : { link: page.link },
    pageSize: eventsPerPage,
    signal,
  });
  const skip = page.skip ?? 0;
  const part = answer.events.slice(skip, skip + eventsAtOnce);
  const rest = skip + eventsAtOnce;
  const next = answer.events.length > rest ? ({ kind: "rest", skip: rest } as const) : nextOf(answer);
  if (page.kind === "link" && next.kind === "page" && next.link === page.link)
    throw unusable("a nextLink that leads to the same page again, which would never end");
  const sightings = part.flatMap((event) => sightingsOf(event, mailbox.settings));
  const masters = mastersOn(part);
  const onPage = new Set(mastersOn(answer.events));
  const mastersElsewhere = mastersOfOccurrences(part).filter((id) => !onPage.has(id));
  const unread = part.flatMap((event) => (event.kind === "sparse" ? [event.id] : []));
  return {
    kind: "pageRead",
    roundStartedAt: order.roundStartedAt,
    events: sightings,
    masters,
    mastersElsewhere,
    unread,
    next,
  };
};

const nextOf = (answer: Awaited<ReturnType<EventsPort["delta"]>>) => {
  if (answer.nextLink !== null) return { kind: "page", link: answer.nextLink } as const;
  if (answer.deltaLink !== null) return { kind: "delta", link: answer.deltaLink } as const;
  throw unusable("neither nextLink nor deltaLink");
};

const unusable = (what: string): ProviderError =>
  new ProviderError(`Graph answered calendarView/delta with ${what}`, {
    code: "unexpected",
    retryable: false,
  });

/**
 * Other people's meetings are most of a calendar and never our concern: they are left out of the
 * journal.
 */
const sightingsOf = (
  event: DeltaEvent,
  settings: ReadDelta["mailbox"]["settings"],
): readonly EventSighting[] => {
  switch (event.kind) {
    case "removed":
      return [removed(event.id)];
    case "sparse":
    case "occurrence":
      return [];
    case "event":
      return isOwn(event.event) ? [sightingOf(event.event, settings)] : [];
    default:
      return event satisfies never;
  }
};

const removed = (eventId: string): EventSighting => ({
  eventId,
  etag: null,
  keywordAction: null,
  type: "singleInstance",
  isOrganizer: false,
  cancelled: false,
  removed: true,
  marked: false,
  endsAt: null,
});

/** A meeting of the user's own, or an occurrence that differs from its series; the others are the series. */
const isOwn = ({ isOrganizer, type }: EventModel): boolean => isOrganizer && type !== "occurrence";

const mastersOn = (events: readonly DeltaEvent[]): readonly string[] =>
  events.flatMap((event) =>
    event.kind === "event" && event.event.type === "seriesMaster" ? [event.event.id] : [],
  );

/**
 * A keyword counts on the series; when only occurrences came, the machine has the master read by
 * itself.
 */
const mastersOfOccurrences = (events: readonly DeltaEvent[]): readonly string[] => [
  ...new Set(events.flatMap((event) => (event.kind === "occurrence" ? [event.seriesMasterId] : []))),
];
