import { type ActorId, type CallFailure, type EpochMs, type ErrorCode, hours, plus } from "@hybrid/kernel";
import type { ActiveState, Call, QueuedEvent } from "#domain/mailbox-state";
import { isWaiting, retryDueAt } from "#domain/timing";

/** After so many failed attempts an event must no longer hold up the others of its mailbox. */
const attemptsMax = 5;
/** An event that was given up is found again by a full round no later than this. */
const givenUpMs = hours(1);

/** Nothing changes until a person has acted; user-state reports it and tells us when it is over. */
const personMustAct: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  "mailboxMissing",
  "userNotFound",
  "outOfScope",
  "consentRevoked",
  "credentialsRejected",
]);

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
  if (personMustAct.has(failure.code)) return { ...state, hold: { kind: "stopped", code: failure.code } };
  return order.kind === "decorateEvent"
    ? afterEventFailure(state, { eventId: order.eventId, failure }, at)
    : afterPageFailure(state, { order, failure }, at);
};

const held = (state: ActiveState, failure: CallFailure, { now, self }: At): ActiveState => {
  const failures = isWaiting(failure) ? state.failures : state.failures + 1;
  const dueAt = retryDueAt(failure, { failures: Math.max(1, failures), now, self });
  return { ...state, failures, hold: { kind: "retry", dueAt } };
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
  const isUseless =
    failure.code === "syncStateLost" || (!failure.retryable && failure.code !== "unauthorized");
  // The link leads nowhere any more: only the window itself, read from its first page, helps.
  const restarted: ActiveState = isUseless
    ? { ...state, round: null, deltaLink: null, wanted: "full" }
    : state;
  // A forgotten delta token is ordinary; forgotten in the middle of a full round it must not become a loop.
  return failure.code === "syncStateLost" && !round.full ? restarted : held(restarted, failure, at);
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
  if (isWaiting(failure)) return held(state, failure, at);
  // The request itself is wrong for this event; the others, and the daily sweep, are not concerned.
  if (!failure.retryable && failure.code !== "unauthorized") return { ...state, queue: others };
  const attempts = failed.attempts + 1;
  if (attempts >= attemptsMax) return givenUp(held({ ...state, queue: others }, failure, at), at.now);
  const later: QueuedEvent = { eventId, attempts };
  return held({ ...state, queue: [...others, later] }, failure, at);
};

const givenUp = (state: ActiveState, now: EpochMs): ActiveState => {
  const soon = plus(now, givenUpMs);
  return { ...state, sweepAt: soon < state.sweepAt ? soon : state.sweepAt };
};
