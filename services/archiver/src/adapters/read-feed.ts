import type { WebexEvent } from "@hybrid/webex";
import { z } from "zod";
import type { CollectedEvent } from "#domain/archive-state";
import { meetingSpace } from "#domain/meeting-chat";
import type { Participant } from "#domain/members";
import type { ItemKind } from "#domain/terms";
import type { ArchiverPorts } from "./ports.ts";
import { stableId } from "./stable-id.ts";

/** What is read of the feed in each phase of a round. */
const resources = {
  members: ["memberships"],
  items: ["messages", "attachmentActions", "meetingMessages"],
} as const;
const pageSize = 500;

/** A stretch of the feed, its ends taken in; milliseconds since 1970. */
export interface FeedStretch {
  readonly phase: keyof typeof resources;
  readonly from: number;
  readonly to: number;
  readonly signal: AbortSignal;
}

/** An event with the time and the id that order it. */
export interface FeedEntry {
  readonly at: number;
  readonly eventId: string;
  readonly event: WebexEvent;
}

/** The order of events: by time, and within a millisecond by id. */
export const inOrder = (a: Pick<FeedEntry, "at" | "eventId">, b: Pick<FeedEntry, "at" | "eventId">): number =>
  a.at - b.at || (a.eventId < b.eventId ? -1 : Number(a.eventId > b.eventId));

/**
 * The pages of a stretch, in whatever order the feed has them; it promises none. Rejects with ProviderError.
 */
export async function* feedPages(
  { webex, logger }: Pick<ArchiverPorts, "webex" | "logger">,
  { phase, from, to, signal }: FeedStretch,
): AsyncGenerator<readonly FeedEntry[], void, undefined> {
  const window = { from: new Date(from).toISOString(), to: new Date(to).toISOString(), max: pageSize };
  for (const resource of resources[phase])
    for await (const page of webex.listEvents({ resource, ...window }, signal)) {
      if (page.unusable.length > 0)
        logger.warn({ resource, unusable: page.unusable }, "events of the feed that cannot be read");
      yield page.items
        .map((event) => ({ at: Date.parse(event.created), eventId: stableId(event.id), event }))
        .filter(({ at }) => at >= from && at <= to);
    }
}

const id = z.string().min(1).max(1_024);
const address = z.string().max(320);
const time = z.iso.datetime({ offset: true });
const Member = z.object({ roomId: id, personId: id, personEmail: address, created: time.optional() });
const someone = z.object({ personId: id.optional(), personEmail: address.optional() });
const Said = someone.extend({
  id,
  // A message of a meeting need not have a space.
  roomId: id.optional(),
  meetingId: id.optional(),
  /** Whom a message of a meeting was sent to, when not to everybody there. */
  recipients: z.array(someone).max(1_000).optional(),
});

const kinds: Readonly<Record<string, ItemKind>> = {
  created: "created",
  updated: "updated",
  deleted: "deleted",
};

/** The change of a membership that an event tells of; null for what changes nobody's being there. */
export const memberOf = ({ at, eventId, event }: FeedEntry): CollectedEvent | null => {
  const read = Member.safeParse(event.data).data;
  if (!read || (event.type !== "created" && event.type !== "deleted")) return null;
  const change = {
    kind: event.type === "created" ? "joined" : "left",
    personId: stableId(read.personId),
    email: read.personEmail,
    at,
    since: read.created === undefined ? null : Date.parse(read.created),
  } as const;
  return { kind: "member", roomId: read.roomId, roomUuid: stableId(read.roomId), eventId, change };
};

/** A version of a message, and its ids as Webex wrote them. */
export interface SaidEntry {
  readonly collected: CollectedEvent;
  readonly messageId: string;
  readonly roomId: string;
}

const withAddress = ({ personId, personEmail }: z.infer<typeof someone>): Participant[] =>
  personId === undefined || personEmail === undefined
    ? []
    : [{ personId: stableId(personId), email: personEmail }];

/** To whom alone it was sent; a guest without account of their own has no mailbox, and is left out. */
const onlyFor = ({ recipients = [] }: z.infer<typeof Said>): { readonly only?: readonly Participant[] } =>
  recipients.length === 0 ? {} : { only: recipients.flatMap(withAddress) };

const spaceOf = ({ roomId, meetingId }: z.infer<typeof Said>): string | undefined =>
  roomId ?? (meetingId === undefined ? undefined : meetingSpace(meetingId));

/** The version of a message that an event tells of; null when it lacks the ids. */
export const saidOf = ({ at, eventId, event }: FeedEntry): SaidEntry | null => {
  const read = Said.safeParse(event.data).data;
  const kind = event.resource === "attachmentActions" ? "submitted" : kinds[event.type];
  const roomId = read && spaceOf(read);
  if (!read || roomId === undefined || kind === undefined) return null;
  const author = read.personId ?? event.actorId ?? null;
  const item = {
    eventId,
    kind,
    messageId: stableId(read.id),
    personId: author === null ? "unknown" : stableId(author),
    email: read.personEmail ?? null,
    at,
    ...onlyFor(read),
  };
  const messageId = read.id;
  return { collected: { kind: "item", roomId, roomUuid: stableId(roomId), item }, messageId, roomId };
};

/** A whole stretch, in order; each event once. */
export const readFeed = async (
  ports: Pick<ArchiverPorts, "webex" | "logger">,
  stretch: FeedStretch,
): Promise<readonly CollectedEvent[]> => {
  const found = new Map<string, FeedEntry>();
  for await (const page of feedPages(ports, stretch))
    for (const entry of page) found.set(entry.eventId, entry);
  const entries = [...found.values()].sort(inOrder);
  return entries.flatMap((entry) =>
    stretch.phase === "members" ? (memberOf(entry) ?? []) : (saidOf(entry)?.collected ?? []),
  );
};
