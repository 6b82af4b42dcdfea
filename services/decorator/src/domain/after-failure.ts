import {
  type ActorId,
  type CallFailure,
  type EpochMs,
  type ErrorCode,
  hours,
  isWaiting,
  plus,
  retryDueAt,
} from "@hybrid/kernel";
import { troubledBy } from "#domain/calendar-trouble";
import type { ActiveState, Call, QueuedEvent } from "#domain/mailbox-state";

/** After this many failed attempts an event must no longer hold up the others of its mailbox. */
const attemptsMax = 5;
/** An event that was given up is found again by a full round no later than this. */
const givenUpMs = hours(1);

/** Nothing changes until a person has acted; user-state reports it and tells us when it is over. */
const personMustAct: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  "mailboxMissing",
  "userNotFound",
  "outOfScope",
  "consentRevoked",
]);

/** A link that failed so often in a row leads nowhere: the window is read from its first page. */
const linkFailuresMax = 5;

interface Failed {
  readonly order: Call;
  readonly failure: CallFailure;
}

interface At {
  readonly now: EpochMs;
  readonly self: ActorId;
}

/** The state after a call without outcome: wait, stop, start over, or let one event go. */
export const afterFailure = (state: ActiveState, { order, failure }: Failed, at: At): ActiveState => {
  if (personMustAct.has(failure.code)) {
    const trouble = troubledBy(state.trouble, failure.code, at.now);
    return { ...state, hold: { kind: "stopped", code: failure.code }, trouble };
  }
  return order.kind === "decorateEvent"
    ? afterEventFailure(state, { eventId: order.eventId, failure }, at)
    : afterPageFailure(state, { order, failure }, at);
};

const held = (
  state: ActiveState,
  failure: CallFailure,
  { now, self, of }: At & { readonly of: "all" | "pages" },
): ActiveState => {
  const failures = isWaiting(failure) ? state.failures : state.failures + 1;
  const dueAt = retryDueAt(failure, { failures: Math.max(1, failures), now, self });
  return { ...state, failures, hold: { kind: "retry", dueAt, of } };
};

const afterPageFailure = (
  state: ActiveState,
  {
    order,
    failure,
  }: { readonly order: Extract<Call, { readonly kind: "readDelta" }>; readonly failure: CallFailure },
  at: At,
): ActiveState => {
  const { round } = state;
  if (round?.startedAt !== order.roundStartedAt) return state;
  const waits = isWaiting(failure);
  const leadsNowhere = round.page.kind === "link" && !waits && state.failures + 1 >= linkFailuresMax;
  const isUseless =
    failure.code === "syncStateLost" ||
    leadsNowhere ||
    (!failure.retryable && failure.code !== "unauthorized" && failure.code !== "credentialsRejected");
  // The link leads nowhere any more: only the window itself, read from its first page, helps.
  const startingOver = { round: null, deltaLink: null, wanted: "full" } as const;
  // A forgotten delta token is ordinary; forgotten in the middle of a full round it must not become a loop.
  if (failure.code === "syncStateLost" && !round.full) return { ...state, ...startingOver };
  // What notifications have named is looked at by its own id meanwhile: a broken delta is no broken mailbox.
  const looking = waits ? state : lookAtNamed(state);
  const trouble = troubledBy(state.trouble, failure.code, at.now);
  const next: ActiveState = { ...looking, ...(isUseless ? startingOver : {}), trouble };
  return held(next, failure, { ...at, of: waits ? "all" : "pages" });
};

/** Puts what notifications have named into the queue: no round has seen it, and none may for a while. */
export const lookAtNamed = (state: ActiveState): ActiveState => {
  const { round, queue } = state;
  const known = new Set(queue.map(({ eventId }) => eventId));
  const named = [...new Set([...(round?.covers ?? []), ...state.named])].filter((id) => !known.has(id));
  return {
    ...state,
    queue: [...queue, ...named.map((eventId) => ({ eventId, attempts: 0 }))],
    round: round && { ...round, covers: [] },
    named: [],
  };
};

const afterEventFailure = (
  state: ActiveState,
  { eventId, failure }: { readonly eventId: string; readonly failure: CallFailure },
  at: At,
): ActiveState => {
  const failed = state.queue.find((queued) => queued.eventId === eventId);
  // Late, from before a stop: the event comes again with the round that has started since.
  if (!failed) return state;
  const others = state.queue.filter((queued) => queued !== failed);
  const all = { ...at, of: "all" } as const;
  if (isWaiting(failure)) return held(state, failure, all);
  // The request itself is wrong for this event; the others, and the daily sweep, are not concerned.
  const isOurTrouble = failure.code === "unauthorized" || failure.code === "credentialsRejected";
  if (!failure.retryable && !isOurTrouble) return { ...state, queue: others };
  const attempts = failed.attempts + 1;
  if (attempts >= attemptsMax) return givenUp(held({ ...state, queue: others }, failure, all), at.now);
  const later: QueuedEvent = { eventId, attempts };
  return held({ ...state, queue: [...others, later] }, failure, all);
};

const givenUp = (state: ActiveState, now: EpochMs): ActiveState => {
  const soon = plus(now, givenUpMs);
  return { ...state, sweepAt: soon < state.sweepAt ? soon : state.sweepAt };
};
