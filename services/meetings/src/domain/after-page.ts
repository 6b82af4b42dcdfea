import { meetings, textDigest } from "@hybrid/contracts";
import { type ActorId, actorIdOf, type EmitEffect, emit, unreachable } from "@hybrid/kernel";
import type { ActiveState, Known, Page, PageRead, Round } from "#domain/list-state";

/** A list holds no more: the state of a user stays below 128 KiB. */
export const meetingsMax = 1_000;

/** The id of a meeting in its user's list. It stays while Graph's immutable id stays. */
export const meetingIdOf = (eventId: string): string => textDigest(eventId);

/** The key of a meeting's record. */
export const meetingKey = (self: ActorId, id: string): ActorId => actorIdOf(`${self}/${id}`);

/** Names a version of a meeting, from its JSON; that holds the event's id, so no two meetings share one. */
export const digestOf = (json: string): string => textDigest(json).slice(0, 16);

/** A state and the records that go with it. */
export interface Listed<Of extends { readonly known: Known } = ActiveState> {
  readonly state: Of;
  readonly effects: readonly EmitEffect[];
}

/** Takes meetings off the list. */
export const without = <Of extends { readonly known: Known }>(
  state: Of,
  ids: readonly string[],
  self: ActorId,
): Listed<Of> => {
  const gone = new Set(ids);
  const known = Object.fromEntries(Object.entries(state.known).filter(([id]) => !gone.has(id)));
  const tombstones = ids.map((id): EmitEffect => {
    return { kind: "emit", topic: meetings.name, key: meetingKey(self, id), value: null };
  });
  return { state: { ...state, known }, effects: tombstones };
};

/** What a page held goes onto the list; what a whole round has not seen goes off it. */
export const afterPage = (state: ActiveState, page: PageRead, self: ActorId): Listed => {
  const { round } = state;
  if (round?.startedAt !== page.roundStartedAt) return { state, effects: [] };
  const put = putOn(state, page, self);
  const seen = [...round.seen, ...put.ids, ...page.unread.map(meetingIdOf)];
  const read = { ...round, seen };
  const next = nextPage(round.page, page.next);
  if (next) return { state: { ...put.state, round: { ...read, page: next } }, effects: put.effects };
  const ended = whenRead(put.state, read, self);
  return { state: ended.state, effects: [...put.effects, ...ended.effects] };
};

const nextPage = (page: Page, next: PageRead["next"]): Page | null => {
  switch (next.kind) {
    case "page":
      return { kind: "link", link: next.link, skip: 0 };
    case "rest":
      return { ...page, skip: next.skip };
    case "end":
      return null;
    default:
      return unreachable(next);
  }
};

/** The meetings that have these digests. */
const idsOf = (known: Known, digests: readonly string[]): string[] => {
  if (digests.length === 0) return [];
  const byDigest = new Map(Object.entries(known).map(([id, digest]) => [digest, id]));
  return digests.flatMap((digest) => byDigest.get(digest) ?? []);
};

const putOn = (
  state: ActiveState,
  { meetings: found, unchanged }: PageRead,
  self: ActorId,
): Listed & { readonly ids: readonly string[] } => {
  const known: Record<string, string> = { ...state.known };
  let left = meetingsMax - Object.keys(known).length;
  const effects: EmitEffect[] = [];
  const ids = idsOf(state.known, unchanged);
  // The list was another one when the page was ordered: the next round is told what it is now.
  const isWanted = state.isWanted || ids.length < unchanged.length;
  const told = ids.length + found.length;
  for (const meeting of found) {
    const id = meetingIdOf(meeting.eventId);
    const digest = digestOf(JSON.stringify(meeting));
    if (known[id] === undefined && left-- <= 0) continue;
    ids.push(id);
    if (known[id] === digest) continue;
    known[id] = digest;
    effects.push(emit(meetings, meetingKey(self, id), meeting));
  }
  const isCutShort = state.isCutShort || ids.length < told;
  return { state: { ...state, known, isWanted, isCutShort, failures: 0 }, effects, ids };
};

/**
 * Between the pages of one round meetings may have moved from one to another. When something has changed
 * meanwhile, what was not seen is left to the round that follows.
 */
const whenRead = (state: ActiveState, { seen, pages }: Round, self: ActorId): Listed => {
  const ended = { ...state, round: null };
  const isUnsure = pages > 1 && (state.isWanted || state.changes !== null);
  if (isUnsure) return { state: ended, effects: [] };
  const present = new Set(seen);
  const gone = Object.keys(state.known).filter((id) => !present.has(id));
  return without(ended, gone, self);
};
