import {
  type ActorId,
  call,
  type EpochMs,
  type ErrorCode,
  isWaiting,
  type Machine,
  nextDailyAt,
  retryDueAt,
  type Step,
  settledAt,
  stay,
  type Timer,
  unreachable,
} from "@hybrid/kernel";
import { afterPage, type Listed, without } from "#domain/after-page";
import type { ActiveState, Call, InactiveState, Input, State, TimerName } from "#domain/list-state";
import { changesQuiet, windowAt } from "#domain/timing";

/** Nobody's list. */
export const initial: State = { kind: "absent" };

/** A round of more pages than this does not end. */
const pagesMax = 200;

/** Nothing changes until a person has acted; user-state reports it, and tells us when it is over. */
const personMustAct: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  "mailboxMissing",
  "userNotFound",
  "outOfScope",
  "consentRevoked",
]);

type Stepped = Step<State, Input, Call>;
type InputOf<Kind extends Input["kind"]> = Extract<Input, { readonly kind: Kind }>;

interface At {
  readonly now: EpochMs;
  readonly self: ActorId;
}

/** The list of one user: reads the window when something has changed, and once a day. */
export const meetingList: Machine<State, Input, Call> = (state, input, now, self) => {
  const at = { now, self };
  if (input.kind === "statusChanged") return onStatus(state, input, at);
  switch (state.kind) {
    case "absent":
      return stay(state);
    case "inactive":
      return stay(isOutcome(input) ? { ...state, callInFlight: false } : state);
    case "active":
      return advanced(whenActive(state, input, at), now);
    default:
      return unreachable(state);
  }
};

/** The timers that a state wants. */
export const timersOf = (state: State): readonly Timer[] => {
  if (state.kind !== "active") return [];
  const timers: Timer[] = [{ name: "sweep", dueAt: state.sweepAt }];
  if (state.changes) timers.push({ name: "changes", dueAt: state.changes.dueAt });
  if (state.hold?.kind === "retry") timers.push({ name: "retry", dueAt: state.hold.dueAt });
  return timers;
};

const isOutcome = ({ kind }: Input): boolean => kind === "pageRead" || kind === "callFailed";

const onStatus = (state: State, input: InputOf<"statusChanged">, at: At): Stepped => {
  if (state.kind !== "absent" && input.transition <= state.transition) return stay(state);
  if (state.kind === "active" && input.to === "active" && isSameMailbox(state, input)) {
    const hold = state.hold?.kind === "stopped" ? null : state.hold;
    const isWanted = state.isWanted || state.hold?.kind === "stopped";
    return advanced(
      { state: { ...state, transition: input.transition, hold, isWanted }, effects: [] },
      at.now,
    );
  }
  const stopped = stoppedBy(state, input, at);
  if (input.to !== "active") return input.to === "removed" ? { ...stopped, state: initial } : stopped;
  return advanced({ state: started(stopped.state, input, at), effects: stopped.effects }, at.now);
};

const isSameMailbox = ({ mailbox }: ActiveState, input: InputOf<"statusChanged">): boolean =>
  mailbox.objectId === input.mailbox.objectId && mailbox.tenantId === input.mailbox.tenantId;

const knownObject = (state: State): string | null => {
  if (state.kind === "absent") return null;
  return state.kind === "active" ? state.mailbox.objectId : state.objectId;
};

/** An error passes, so the list stays; who is switched off, or has another mailbox, has none. */
const stoppedBy = (state: State, input: InputOf<"statusChanged">, { self }: At): Listed<InactiveState> => {
  const { objectId } = input.mailbox;
  const before = knownObject(state);
  const inactive: InactiveState = {
    kind: "inactive",
    transition: input.transition,
    objectId,
    callInFlight: state.kind !== "absent" && state.callInFlight,
    known: state.kind === "absent" ? {} : state.known,
  };
  const keeps = (input.to === "error" || input.to === "active") && (before === null || before === objectId);
  return keeps ? { state: inactive, effects: [] } : without(inactive, Object.keys(inactive.known), self);
};

const started = (
  { callInFlight, known }: InactiveState,
  input: InputOf<"statusChanged">,
  { now, self }: At,
): ActiveState => ({
  kind: "active",
  transition: input.transition,
  mailbox: { tenantId: input.mailbox.tenantId, objectId: input.mailbox.objectId },
  callInFlight,
  known,
  round: null,
  isWanted: true,
  changedAt: null,
  changes: null,
  hold: null,
  failures: 0,
  sweepAt: nextDailyAt(now, self),
  isCutShort: false,
});

const unlisted = (state: ActiveState): Listed => ({ state, effects: [] });

const whenActive = (state: ActiveState, input: Exclude<Input, InputOf<"statusChanged">>, at: At): Listed => {
  switch (input.kind) {
    case "calendarChanged": {
      const firstAt = state.changes?.firstAt ?? at.now;
      return unlisted({ ...state, changes: { firstAt, dueAt: settledAt(changesQuiet, { firstAt, ...at }) } });
    }
    case "resyncRequested": {
      const isCovered = input.reason === "activated" && (state.isWanted || state.round !== null);
      const hold = state.hold?.kind === "stopped" ? null : state.hold;
      return unlisted({ ...state, hold, isWanted: state.isWanted || !isCovered });
    }
    case "timerFired":
      return unlisted(onTimer(state, input.timer, at));
    case "pageRead":
      return afterPage({ ...state, callInFlight: false }, input, at.self);
    case "callFailed":
      return unlisted(afterFailure({ ...state, callInFlight: false }, input, at));
    default:
      return unreachable(input);
  }
};

const onTimer = (state: ActiveState, timer: TimerName, { now, self }: At): ActiveState => {
  switch (timer) {
    case "changes":
      return {
        ...state,
        changes: null,
        isWanted: true,
        changedAt: state.changedAt ?? state.changes?.firstAt ?? null,
      };
    case "retry":
      return { ...state, hold: null };
    case "sweep": {
      const hold = state.hold?.kind === "stopped" ? null : state.hold;
      return { ...state, sweepAt: nextDailyAt(now, self), isWanted: true, hold };
    }
    default:
      return unreachable(timer);
  }
};

/** A round that failed is begun again: its links may lead nowhere, and the list is whole only as one. */
const afterFailure = (
  state: ActiveState,
  { order, failure }: InputOf<"callFailed">,
  { now, self }: At,
): ActiveState => {
  if (state.round?.startedAt !== order.roundStartedAt) return state;
  const changedAt = state.round.changedAt ?? state.changedAt;
  const again = { ...state, round: null, isWanted: true, changedAt };
  if (personMustAct.has(failure.code)) return { ...again, hold: { kind: "stopped", code: failure.code } };
  const failures = isWaiting(failure) ? state.failures : state.failures + 1;
  return { ...again, failures, hold: { kind: "retry", dueAt: retryDueAt(failure, { failures, now, self }) } };
};

/** Orders the next page, when there is one to read and nothing under way. */
const advanced = ({ state, effects }: Listed, now: EpochMs): Stepped => {
  if (state.callInFlight || state.hold !== null) return { state, effects };
  const ready = state.round === null && state.isWanted ? begun(state, now) : state;
  const { round } = ready;
  if (round === null) return { state: ready, effects };
  // Graph gives one page after the other: what has been read counts, and the rest is left out.
  if (round.pages >= pagesMax) return { state: { ...ready, round: null, isCutShort: true }, effects };
  const order: Call = {
    kind: "readPage",
    mailbox: ready.mailbox,
    roundStartedAt: round.startedAt,
    page: round.page,
    changedAt: round.changedAt,
    known: Object.values(ready.known),
  };
  return {
    state: { ...ready, callInFlight: true, round: { ...round, pages: round.pages + 1 } },
    effects: [...effects, call(order)],
  };
};

const begun = (state: ActiveState, now: EpochMs): ActiveState => ({
  ...state,
  isWanted: false,
  changedAt: null,
  isCutShort: false,
  round: {
    startedAt: now,
    page: { kind: "first", window: windowAt(now), skip: 0 },
    pages: 0,
    seen: [],
    changedAt: state.changedAt,
  },
});
