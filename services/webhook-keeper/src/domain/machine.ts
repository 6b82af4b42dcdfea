import { webexEvents } from "@hybrid/contracts";
import {
  type ActorId,
  actorIdOf,
  call,
  type Effect,
  type EpochMs,
  emit,
  type Machine,
  orgOf,
  plus,
  type Step,
  stay,
  unreachable,
} from "@hybrid/kernel";
import {
  feedSettledMs,
  lookAfterFailuresMsMax,
  lookAgainMs,
  lookEveryMs,
  stretchesMax,
} from "#domain/numbers";
import type { Call, Input, State, Stretch } from "#domain/state";

type Stepped = Step<State, Input, Call>;
type Effects = readonly Effect<Input, Call>[];

const look = (state: State): Stepped => {
  if (state.isLooking) return stay({ ...state, lookAt: null });
  const number = state.look + 1;
  const order = {
    kind: "keepWebhooks",
    look: number,
    isWanted: state.tenants.length > 0,
    memory: state.memory,
  } as const;
  return { state: { ...state, look: number, isLooking: true, lookAt: null }, effects: [call(order)] };
};

const decided = (state: State, tenantId: string, isActive: boolean): Stepped => {
  const others = state.tenants.filter((each) => each !== tenantId);
  const tenants = isActive ? [...others, tenantId].sort() : others;
  const hadAny = state.tenants.length > 0;
  const next = { ...state, tenants };
  // A look that is under way was ordered for what was true then; another one follows it.
  return tenants.length > 0 === hadAny ? stay(next) : look({ ...next, isLooking: false, missed: [] });
};

/** Beyond the bound the two oldest stretches of a resource become one that covers both. */
const bounded = (missed: readonly Stretch[]): readonly Stretch[] => {
  if (missed.length <= stretchesMax) return missed;
  const [first, ...rest] = missed;
  const at = rest.findIndex(({ resource }) => resource === first?.resource);
  const second = rest[at];
  if (first === undefined || second === undefined) return missed;
  const both = { ...first, to: second.to };
  return bounded([both, ...rest.slice(0, at), ...rest.slice(at + 1)]);
};

const read = (state: State): Stepped => {
  const [stretch] = state.missed;
  if (stretch === undefined || state.isReading) return stay(state);
  return { state: { ...state, isReading: true }, effects: [call({ kind: "readMissed", stretch })] };
};

const kept = (state: State, input: Extract<Input, { kind: "webhooksKept" }>, now: EpochMs): Stepped => {
  if (input.look !== state.look) return stay(state);
  const rested = { ...state, isLooking: false, failures: 0, memory: input.memory };
  if (state.tenants.length === 0) return stay({ ...rested, memory: {}, lookAt: null });
  const settled = plus(now, -feedSettledMs);
  const stretches = input.repaired.flatMap(({ resource, missedSince }) =>
    missedSince === null || missedSince >= settled
      ? []
      : [{ resource, from: missedSince, to: settled, place: null }],
  );
  const pause = input.waiting.length > 0 ? lookAgainMs : lookEveryMs;
  const missed = bounded([...state.missed, ...stretches]);
  return read({ ...rested, lookAt: plus(now, pause), missed });
};

const failed = (state: State, input: Extract<Input, { kind: "lookFailed" }>, now: EpochMs): Stepped => {
  if (input.look !== state.look) return stay(state);
  const failures = state.failures + 1;
  const pause = Math.min(lookAfterFailuresMsMax, lookAgainMs * 2 ** Math.min(failures - 1, 10));
  const lookAt = plus(now, pause);
  const { retryAt } = input.failure;
  const later = retryAt !== null && retryAt > lookAt ? retryAt : lookAt;
  return stay({ ...state, isLooking: false, failures, lookAt: later });
};

const told = (state: State, input: Extract<Input, { kind: "missedRead" }>, self: ActorId): Stepped => {
  const org = orgOf(self);
  const effects: Effects = input.hints.map(({ roomUuid, hint }) =>
    emit(webexEvents, actorIdOf(roomUuid === null ? self : `${org}/r-${roomUuid}`), hint),
  );
  const [first, ...rest] = state.missed;
  if (first === undefined) return stay({ ...state, isReading: false });
  const missed = input.place === null ? rest : [{ ...first, place: input.place }, ...rest];
  const next = read({ ...state, isReading: false, missed });
  return { state: next.state, effects: [...effects, ...next.effects] };
};

/** What fails for good cannot be read with this token at all; the rest is tried again at the next look. */
const notRead = (state: State, { failure }: Extract<Input, { kind: "readingFailed" }>): Stepped =>
  stay({ ...state, isReading: false, missed: failure.retryable ? state.missed : state.missed.slice(1) });

/**
 * The behaviour of an organisation: looks at its webhooks every five minutes while it has an active tenant,
 * and has read what they missed. Pure.
 */
export const keeperMachine: Machine<State, Input, Call> = (state, input, now, self) => {
  switch (input.kind) {
    case "tenantDecided":
      return decided(state, input.tenantId, input.isActive);
    case "lookDue": {
      const looked = look(state);
      const reading = read(looked.state);
      return { state: reading.state, effects: [...looked.effects, ...reading.effects] };
    }
    case "webhooksKept":
      return kept(state, input, now);
    case "lookFailed":
      return failed(state, input, now);
    case "missedRead":
      return told(state, input, self);
    case "readingFailed":
      return notRead(state, input);
    default:
      return unreachable(input);
  }
};
