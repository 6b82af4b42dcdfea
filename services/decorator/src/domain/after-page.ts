import { days, type EpochMs, plus, unreachable } from "@hybrid/kernel";
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
  const gone = new Set(
    input.events
      .filter((event) => hasNoBlock(event) && !hasMeeting(state.decorated[event.eventId]))
      .map(({ eventId }) => eventId),
  );
  const isOver = round.full && input.next.kind === "delta";
  const decorated = Object.fromEntries(
    Object.entries(state.decorated).filter(
      ([eventId, { endsAt }]) => !gone.has(eventId) && !(isOver && endsAt !== null && endsAt <= now),
    ),
  );
  const wanted = input.events.filter((event) => isWanted(event, state.decorated[event.eventId], now));
  const seen = new Set(round.mastersSeen);
  const unseen = input.mastersElsewhere.filter((eventId) => !seen.has(textDigest(eventId)));
  // A deleted event is on no page of a full round: what was made for it in Webex is looked after by its id.
  const made = isOver ? Object.keys(decorated).filter((eventId) => hasMeeting(decorated[eventId])) : [];
  const eventIds = new Set([...wanted.map(({ eventId }) => eventId), ...unseen, ...input.unread, ...made]);
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

/** Whether something was made in Webex for an event that ends with it. */
const hasMeeting = (known: DecoratedEvent | undefined): boolean => known?.meeting !== undefined;

/** Whether an event is worth reading whole. Its etag tells our own last writing from any other change. */
const isWanted = (event: EventSighting, known: DecoratedEvent | undefined, now: EpochMs): boolean => {
  if (event.removed || event.cancelled) return hasMeeting(known);
  if (!event.isOrganizer || event.type === "occurrence") return false;
  if (event.endsAt !== null && event.endsAt <= now) return false;
  if (known !== undefined && known.etag === event.etag && event.keywordAction !== null) return false;
  return event.keywordAction !== null || event.marked || hasMeeting(known);
};

/** Writing the same again so often within a day means that somebody else writes as well. */
export const fightsMax = 5;
const fightsWithinMs = days(1);

/** Whether what is written into an event is taken out again and again. */
export const isContested = ({ fights }: DecoratedEvent, now: EpochMs): boolean =>
  fights !== undefined && fights.count >= fightsMax && now < plus(fights.since, fightsWithinMs);

/** The rewritings of the same details, this one counted; a day later the count starts again. */
const fightsAfter = (
  before: DecoratedEvent | undefined,
  input: InputOf<"eventHandled">,
  now: EpochMs,
): DecoratedEvent["fights"] => {
  const since = before?.fights?.since ?? now;
  const isOver = now >= plus(since, fightsWithinMs);
  const wrote = input.result === "applied" || input.result === "refreshed";
  const sameAgain = wrote && before !== undefined && before.digest === input.decorated?.digest;
  if (!sameAgain) return isOver ? undefined : before?.fights;
  return isOver || !before.fights ? { count: 1, since: now } : { count: before.fights.count + 1, since };
};

/** What is known after an event was looked at. */
export const remember = (decorated: Decorated, input: InputOf<"eventHandled">, now: EpochMs): Decorated => {
  const before = decorated[input.eventId];
  const others = Object.entries(decorated).filter(([eventId]) => eventId !== input.eventId);
  // Left alone, not forgotten: otherwise it would be written again at the next look.
  const keeps = input.result === "skipped" && input.reason === "contested" ? before : undefined;
  const fights = fightsAfter(before, input, now);
  if (input.decorated) others.push([input.eventId, { ...input.decorated, ...(fights && { fights }) }]);
  else if (keeps) others.push([input.eventId, keeps]);
  return Object.fromEntries(others.slice(-decoratedMax));
};
