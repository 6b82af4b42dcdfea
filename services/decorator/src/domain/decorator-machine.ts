import {
  type ActorId,
  call,
  type EpochMs,
  later,
  type Machine,
  minutes,
  nextDailyAt,
  plus,
  type Step,
  settledAt,
  stay,
  type Timer,
  unreachable,
} from "@hybrid/kernel";
import { afterFailure, lookAtNamed } from "#domain/after-failure";
import { afterPage, isContested, remember } from "#domain/after-page";
import { tellTrouble, troubledBy } from "#domain/calendar-trouble";
import type { ActiveState, Call, Decorated, InactiveState, Input, State } from "#domain/mailbox-state";
import { namedMax, nextHourAt, pagesPerRoundMax, withOneRead } from "#domain/read-budget";
import { textDigest } from "#domain/text-digest";
import { changesQuiet, windowAheadMs, windowBackMs } from "#domain/timing";

export const initial: State = { kind: "absent" };

type Stepped = Step<State, Input, Call>;
type InputOf<Kind extends Input["kind"]> = Extract<Input, { readonly kind: Kind }>;

/**
 * One user's mailbox: reads what changed, has one event after the other looked at, once a day all of
 * them.
 */
export const decorator: Machine<State, Input, Call> = (state, input, now, self) => {
  const stepped = stepOf(state, input, { now, self });
  const told = tellTrouble(state, stepped.state, { now, self });
  return { state: told.state, effects: [...told.effects, ...stepped.effects] };
};

const stepOf = (state: State, input: Input, at: At): Stepped => {
  if (input.kind === "statusChanged") return onStatus(state, input, at);
  switch (state.kind) {
    case "absent":
      return stay(state);
    case "inactive":
      return afterCall(state, input, at);
    case "active":
      return advance(whenActive(state, input, at), at.now);
    default:
      return unreachable(state);
  }
};

/** The timers that a state wants. */
export const timersOf = (state: State): readonly Timer[] => {
  if (state.kind !== "active") return [];
  const timers: Timer[] = [{ name: "sweep", dueAt: state.sweepAt }];
  if (state.changes) timers.push({ name: "sync", dueAt: state.changes.dueAt });
  if (state.hold?.kind === "retry") timers.push({ name: "retry", dueAt: state.hold.dueAt });
  return timers;
};

interface At {
  readonly now: EpochMs;
  readonly self: ActorId;
}

const onStatus = (state: State, input: InputOf<"statusChanged">, at: At): Stepped => {
  if (state.kind !== "absent" && input.transition <= state.transition) return stay(state);
  if (input.to === "removed") return stay(initial);
  if (input.to !== "active") return stay(stopped(state, input));
  if (state.kind !== "active") return advance(started(state, input, at), at.now);
  const moved =
    state.mailbox.objectId !== input.mailbox.objectId || state.mailbox.tenantId !== input.mailbox.tenantId;
  if (moved) return advance(started(stopped(state, input), input, at), at.now);
  const { settings: before } = state.mailbox;
  const { settings: after } = input.mailbox;
  const tellsAnother = JSON.stringify(before.join ?? null) !== JSON.stringify(after.join ?? null);
  const meansAnother =
    tellsAnother || before.webexKeyword !== after.webexKeyword || before.meetKeyword !== after.meetKeyword;
  const known: ActiveState = {
    ...state,
    transition: input.transition,
    mailbox: input.mailbox,
    // What was written under other settings is looked at although the event did not change.
    decorated: tellsAnother ? withoutEtags(state.decorated) : state.decorated,
  };
  // A new meaning of a keyword concerns events that did not change; a stop by a failure may be over.
  const resumed: ActiveState = { ...known, hold: known.hold?.kind === "stopped" ? null : known.hold };
  return advance(meansAnother ? { ...resumed, wanted: "full" } : resumed, at.now);
};

const withoutEtags = (decorated: Decorated): Decorated =>
  Object.fromEntries(Object.entries(decorated).map(([eventId, known]) => [eventId, { ...known, etag: "" }]));

/** Work in hand is forgotten: a mailbox that comes back is read from the start. */
const stopped = (state: State, input: InputOf<"statusChanged">): InactiveState => {
  const same = state.kind !== "absent" && objectIdOf(state) === input.mailbox.objectId;
  return {
    kind: "inactive",
    transition: input.transition,
    objectId: input.mailbox.objectId,
    callInFlight: state.kind !== "absent" && state.callInFlight,
    decorated: same ? state.decorated : {},
  };
};

const objectIdOf = (state: InactiveState | ActiveState): string =>
  state.kind === "active" ? state.mailbox.objectId : state.objectId;

const started = (state: State, input: InputOf<"statusChanged">, { now, self }: At): ActiveState => {
  const { callInFlight, decorated } = stopped(state, input);
  return {
    kind: "active",
    transition: input.transition,
    mailbox: input.mailbox,
    callInFlight,
    decorated,
    deltaLink: null,
    round: null,
    changes: null,
    wanted: "full",
    queue: [],
    hold: null,
    failures: 0,
    named: [],
    reads: { from: now, count: 0 },
    trouble: null,
    sweepAt: nextDailyAt(now, self),
  };
};

/** A call that was under way when the user stopped being active still tells a fact. */
const afterCall = (state: InactiveState, input: Input, { now }: At): Stepped => {
  switch (input.kind) {
    case "eventHandled":
      return stay({ ...state, callInFlight: false, decorated: remember(state.decorated, input, now) });
    case "pageRead":
    case "callFailed":
      return stay({ ...state, callInFlight: false });
    case "calendarChanged":
    case "resyncRequested":
    case "statusChanged":
    case "timerFired":
      return stay(state);
    default:
      return unreachable(input);
  }
};

const whenActive = (
  state: ActiveState,
  input: Exclude<Input, InputOf<"statusChanged">>,
  at: At,
): ActiveState => {
  switch (input.kind) {
    case "calendarChanged":
      return onChange(state, input, at);
    case "resyncRequested":
      return onResync(state, input.reason);
    case "timerFired":
      return onTimer(state, input.timer, at);
    case "pageRead":
      return afterPage({ ...state, callInFlight: false }, input, at.now);
    case "eventHandled":
      return {
        ...state,
        callInFlight: false,
        // That one event can be read does not mend a delta that cannot.
        failures: state.trouble === null ? 0 : state.failures,
        queue: state.queue.filter((queued) => queued.eventId !== input.eventId),
        decorated: remember(state.decorated, input, at.now),
        ...(input.told === true ? { told: toldWith(state, input.eventId) } : {}),
      };
    case "callFailed":
      return afterFailure({ ...state, callInFlight: false }, input, at);
    default:
      return unreachable(input);
  }
};

const onChange = (state: ActiveState, input: InputOf<"calendarChanged">, { now, self }: At): ActiveState => {
  const isOurEcho = input.etag !== null && state.decorated[input.eventId]?.etag === input.etag;
  // A round that is still to begin will see this change anyway.
  if (isOurEcho) return state;
  const others = state.named.filter((eventId) => eventId !== input.eventId);
  const named = [...others, input.eventId].slice(-namedMax);
  if (state.wanted !== "none" && state.trouble === null) return { ...state, named };
  const firstAt = state.changes?.firstAt ?? now;
  return { ...state, named, changes: { firstAt, dueAt: settledAt(changesQuiet, { firstAt, now, self }) } };
};

const onResync = (state: ActiveState, reason: InputOf<"resyncRequested">["reason"]): ActiveState => {
  // user-state, which orders a resync, has just reached the mailbox.
  const hold = state.hold?.kind === "stopped" ? null : state.hold;
  const isCovered = reason === "activated" || state.round?.full === true;
  if (!isCovered) return { ...state, hold, wanted: "full" };
  // A full round that runs, or the first one that has run, began after what may be missing; delta tells
  // the rest.
  return { ...state, hold, wanted: state.wanted === "none" ? "changes" : state.wanted };
};

const onTimer = (state: ActiveState, timer: "sync" | "sweep" | "retry", { now, self }: At): ActiveState => {
  switch (timer) {
    case "sync": {
      const synced = {
        ...state,
        changes: null,
        wanted: state.wanted === "full" ? "full" : "changes",
      } as const;
      // No round will see it soon: what was named is looked at by its own id.
      return state.trouble !== null && state.hold?.kind === "retry" ? lookAtNamed(synced) : synced;
    }
    case "retry":
      return { ...state, hold: null };
    case "sweep": {
      const hold = state.hold?.kind === "stopped" ? null : state.hold;
      return { ...state, sweepAt: nextDailyAt(now, self), wanted: "full", hold };
    }
    default:
      return unreachable(timer);
  }
};

/** Orders the next call, when there is anything to do and nothing under way. */
const advance = (state: ActiveState, now: EpochMs): Stepped => {
  const { hold } = state;
  const mayLook = hold === null || (hold.kind === "retry" && hold.of === "pages");
  if (state.callInFlight || !mayLook) return stay(state);
  const [queued] = state.queue;
  if (queued) {
    const { eventId } = queued;
    return { state: { ...state, callInFlight: true }, effects: [call<Call>(lookAt(state, eventId, now))] };
  }
  if (hold !== null) return stay(state);
  const ready =
    state.wanted === "full" || (state.wanted === "changes" && !state.round) ? begun(state, now) : state;
  if (!ready.round) return stay(ready);
  const reads = withOneRead(ready, now);
  if (reads === null) return advance(outOfReads(ready, now), now);
  if (ready.round.pages >= pagesPerRoundMax) return advance(startedOver(ready, now), now);
  const { startedAt, page, pages } = ready.round;
  const order = { kind: "readDelta", mailbox: ready.mailbox, roundStartedAt: startedAt, page } as const;
  const round = { ...ready.round, pages: pages + 1 };
  return { state: { ...ready, reads, round, callInFlight: true }, effects: [call<Call>(order)] };
};

/** The order to look at an event, with what is remembered of it. */
const lookAt = (state: ActiveState, eventId: string, now: EpochMs): Call => {
  const known = state.decorated[eventId];
  return {
    kind: "decorateEvent",
    mailbox: state.mailbox,
    eventId,
    ...(known ? { knownDigest: known.digest } : {}),
    ...(known?.meeting ? { knownMeeting: known.meeting } : {}),
    ...(known && isContested(known, now) ? { contested: true } : {}),
    ...(state.told?.includes(textDigest(eventId)) ? { told: true } : {}),
  };
};

/** More organisers' meetings than this are forgotten; one is told again then. */
const toldMax = 100;
const toldWith = ({ told = [] }: ActiveState, eventId: string): readonly string[] =>
  [...told, textDigest(eventId)].slice(-toldMax);

/** A round that does not end is given up for one from the window itself. */
const startedOver = (state: ActiveState, now: EpochMs): ActiveState => ({
  ...lookAtNamed(state),
  round: null,
  deltaLink: null,
  wanted: "full",
  trouble: troubledBy(state.trouble, "unexpected", now),
});

/** The hour's pages are used up, or Graph gives ever new ones: pages wait, known events do not. */
const outOfReads = (state: ActiveState, now: EpochMs): ActiveState => ({
  ...lookAtNamed(state),
  hold: { kind: "retry", dueAt: later(nextHourAt(state), plus(now, minutes(1))), of: "pages" },
  trouble: troubledBy(state.trouble, "unexpected", now),
});

/** A round that begins now covers every change that was known before. */
const begun = (state: ActiveState, now: EpochMs): ActiveState => {
  const window = { startsAt: plus(now, -windowBackMs), endsAt: plus(now, windowAheadMs) };
  const full = state.wanted === "full" || state.deltaLink === null;
  const page =
    full || state.deltaLink === null
      ? ({ kind: "first", window } as const)
      : ({ kind: "link", link: state.deltaLink } as const);
  const round = { startedAt: now, full, page, mastersSeen: [], pages: 0, covers: state.named };
  return { ...state, changes: null, wanted: "none", named: [], round };
};
