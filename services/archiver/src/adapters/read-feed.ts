import type { WebexEvent } from "@hybrid/webex";
import { z } from "zod";
import type { CollectedEvent } from "#domain/archive-state";
import type { ItemKind } from "#domain/terms";
import type { ArchiverPorts } from "./ports.ts";
import { stableId } from "./stable-id.ts";

/** What is read of the feed in each phase of a round. */
const resources = { members: ["memberships"], items: ["messages", "attachmentActions"] } as const;
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
const Said = z.object({ id, roomId: id, personId: id.optional(), personEmail: address.optional() });

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

/** The version of a message that an event tells of; null when it lacks the ids. */
export const saidOf = ({ at, eventId, event }: FeedEntry): SaidEntry | null => {
  const read = Said.safeParse(event.data).data;
  const kind = event.resource === "attachmentActions" ? "submitted" : kinds[event.type];
  if (!read || kind === undefined) return null;
  const author = read.personId ?? event.actorId ?? null;
  const item = {
    eventId,
    kind,
    messageId: stableId(read.id),
    personId: author === null ? "unknown" : stableId(author),
    email: read.personEmail ?? null,
    at,
  };
  const { id: messageId, roomId } = read;
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
