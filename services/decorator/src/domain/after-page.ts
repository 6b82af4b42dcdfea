import { type EpochMs, unreachable } from "@hybrid/kernel";
import type {
  ActiveState,
  Decorated,
  DecoratedEvent,
  EventSighting,
  Input,
  Page,
} from "#domain/mailbox-state";
import { textDigest } from "#domain/text-digest";

/** Events that are remembered, so that a state stays under about 64 KiB; older ones are read once more. */
const decoratedMax = 200;
/** Of the masters that a round has seen; one that is forgotten costs a read for each page that names it. */
const mastersSeenMax = 2_000;

type InputOf<Kind extends Input["kind"]> = Extract<Input, { readonly kind: Kind }>;

/** The state after a page: what of it is to be looked at, and where the round goes on. */
export const afterPage = (state: ActiveState, input: InputOf<"pageRead">, now: EpochMs): ActiveState => {
  const { round } = state;
  if (round?.startedAt !== input.roundStartedAt) return state;
  const gone = new Set(input.events.filter(hasNoBlock).map(({ eventId }) => eventId));
  const isOver = round.full && input.next.kind === "delta";
  const decorated = Object.fromEntries(
    Object.entries(state.decorated).filter(
      ([eventId, { endsAt }]) => !gone.has(eventId) && !(isOver && endsAt !== null && endsAt <= now),
    ),
  );
  const wanted = input.events.filter((event) => isWanted(event, state.decorated[event.eventId], now));
  const seen = new Set(round.mastersSeen);
  const unseen = input.mastersElsewhere.filter((eventId) => !seen.has(textDigest(eventId)));
  const eventIds = new Set([...wanted.map(({ eventId }) => eventId), ...unseen, ...input.unread]);
  const mastersSeen = [...seen, ...[...input.masters, ...unseen].map(textDigest)];
  const { next } = input;
  const page = nextPage(round.page, next);
  return {
    ...state,
    failures: 0,
    decorated,
    queue: [...eventIds].map((eventId) => ({ eventId, attempts: 0 })),
    round: page && { ...round, page, mastersSeen: mastersSeen.slice(-mastersSeenMax) },
    deltaLink: next.kind === "delta" ? next.link : state.deltaLink,
    trouble: next.kind === "delta" ? null : state.trouble,
  };
};

/** The page to read next; null when the round is over. */
const nextPage = (page: Page, next: InputOf<"pageRead">["next"]): Page | null => {
  switch (next.kind) {
    case "page":
      return { kind: "link", link: next.link };
    case "rest":
      return { ...page, skip: next.skip };
    case "delta":
      return null;
    default:
      return unreachable(next);
  }
};

/** Whether nothing of ours is, or matters, in the event any more. */
const hasNoBlock = (event: EventSighting): boolean =>
  event.removed || event.cancelled || (event.keywordAction === null && !event.marked);

/** Whether an event is worth reading whole. Its etag tells our own last writing from any other change. */
const isWanted = (event: EventSighting, known: DecoratedEvent | undefined, now: EpochMs): boolean => {
  if (event.removed || event.cancelled || !event.isOrganizer) return false;
  if (event.endsAt !== null && event.endsAt <= now) return false;
  if (known !== undefined && known.etag === event.etag && event.keywordAction === "personalRoom")
    return false;
  return event.keywordAction === "personalRoom" || event.marked;
};

/** What is known after an event was looked at. */
export const remember = (decorated: Decorated, input: InputOf<"eventHandled">): Decorated => {
  const others = Object.entries(decorated).filter(([eventId]) => eventId !== input.eventId);
  if (input.decorated) others.push([input.eventId, input.decorated]);
  return Object.fromEntries(others.slice(-decoratedMax));
};
