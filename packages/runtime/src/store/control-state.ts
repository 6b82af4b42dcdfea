import type { CallScope, ControlOrder, ControlValue } from "@hybrid/contracts";
import { type ActorId, actorIdOf, type CallSpec, type OrgId, orgIdOf } from "@hybrid/kernel";
import { PoisonError, poisoning } from "../step/poison.ts";

/** What operators have ordered about the calls of a partition; the same in every partition of a service. */
export interface ControlState {
  readonly pauses: readonly CallScope[];
  readonly observed: readonly OrgId[];
}

/** A partition's control actor at a time; `seq` is 0 as long as it has no record. */
export interface Control {
  readonly seq: number;
  readonly state: ControlState;
}

/** Nothing is paused, nobody is observed. */
export const initialControl: Control = { seq: 0, state: { pauses: [], observed: [] } };

/** Version of {@link ControlState}'s shape, as its records carry it. */
export const controlStateVersion = 1;

const prefix = "sys/t-control#";

/** Each partition's own actor that journals operators' orders; no other input can be addressed to it. */
export const controlActorOf = (partition: number): ActorId => actorIdOf(`${prefix}${partition}`);

/** Whether the actor belongs to the runtime, not to the service's machine. */
export const isControlActor = (id: ActorId): boolean => id.startsWith(prefix);

/** An order that changes the control state. */
export type StateOrder = Extract<ControlOrder, { kind: "pauseCalls" | "resumeCalls" | "observe" }>;

const sameScope =
  (one: CallScope) =>
  (other: CallScope): boolean =>
    one.org === other.org && one.callKind === other.callKind;

/** The runtime's own order to go on with an earlier time: what a clock that was wrong has left. */
export interface ClockCorrection {
  readonly kind: "correctClock";
  /** The partition's time until then, milliseconds since 1970. */
  readonly from: number;
  readonly to: number;
}

/** The control actor's step: pure. The same state object when nothing changes. */
export const controlStep = (state: ControlState, order: StateOrder | ClockCorrection): ControlState => {
  switch (order.kind) {
    case "correctClock":
      return state;
    case "pauseCalls": {
      const { org, callKind } = order;
      if (state.pauses.some(sameScope(order))) return state;
      return { ...state, pauses: [...state.pauses, { org, callKind }] };
    }
    case "resumeCalls": {
      const same = sameScope(order);
      if (!state.pauses.some(same)) return state;
      return { ...state, pauses: state.pauses.filter((pause) => !same(pause)) };
    }
    case "observe": {
      if (state.observed.includes(order.org) === order.on) return state;
      const others = state.observed.filter((org) => org !== order.org);
      return { ...state, observed: order.on ? [...others, order.org] : others };
    }
  }
};

type Specs = Readonly<Record<string, CallSpec>>;

/** Why operators want a call not to be started now, or null. */
export const holdOf = (
  { pauses, observed }: ControlState,
  call: { readonly org: OrgId; readonly kind: string },
  specs: Specs,
): "paused" | "observed" | null => {
  const { kind } = call;
  const paused = pauses.some(
    ({ org, callKind }) => (org === null || org === call.org) && (callKind === null || callKind === kind),
  );
  if (paused) return "paused";
  return observed.includes(call.org) && specs[kind]?.writes !== false ? "observed" : null;
};

const given = <Value>(value: Value | null, name: string): Value => {
  if (value === null) throw new PoisonError("malformed", `the order lacks ${name}`);
  return value;
};

const actorGiven = ({ actor }: ControlValue): ActorId =>
  poisoning("malformed", "the order names no actor's address", () => actorIdOf(given(actor, "actor")));

const orgGiven = (org: string): OrgId =>
  poisoning("malformed", "the order names no organisation's id", () => orgIdOf(org));

const scopeGiven = ({ org, callKind }: ControlValue, specs: Specs): CallScope => {
  if (callKind !== null && !Object.hasOwn(specs, callKind))
    throw new PoisonError("malformed", "the order names a kind of call that the service does not declare");
  return { org: org === null ? null : orgGiven(org), callKind };
};

/** Unwraps an order. Throws {@link PoisonError} when it says nothing that can be done. */
export const controlOrderOf = (value: ControlValue, specs: Specs): ControlOrder => {
  const { kind } = value;
  switch (kind) {
    case "retryParked":
      return { kind, actor: actorGiven(value) };
    case "dropParked":
      return { kind, actor: actorGiven(value), all: given(value.all, "all") };
    case "pauseCalls":
    case "resumeCalls":
      return { kind, ...scopeGiven(value, specs) };
    case "observe":
      return { kind, org: orgGiven(given(value.org, "org")), on: given(value.on, "on") };
  }
};
