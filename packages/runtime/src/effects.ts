import type { PendingCall } from "@hybrid/contracts";
import {
  type ActorId,
  actorIdOf,
  type CallEffect,
  type Effect,
  type EmitEffect,
  type EpochMs,
  inPartition,
  partitionOf,
  partitionOfKey,
  type TellEffect,
  type Timer,
  timerAheadMsMax,
  unreachable,
} from "@hybrid/kernel";
import type { OutgoingRecord } from "@hybrid/log";
import { isControlActor } from "./control-state.ts";
import type { RawCall, ServiceFrame } from "./frame.ts";
import { jsonOf, PoisonError, poisoning } from "./poison.ts";

/** Where and when a step happens. */
export interface StepPlace {
  readonly frame: ServiceFrame;
  readonly partition: number;
  readonly at: EpochMs;
}

/** A call that a step ordered. */
export interface CallOrder {
  readonly actor: ActorId;
  readonly seq: number;
  readonly index: number;
  readonly order: RawCall;
}

/** An input for another actor of the partition. */
export interface Told {
  readonly to: ActorId;
  readonly input: unknown;
}

/** The effects of one step, checked and ready for the append. */
export interface Ordered {
  readonly outputs: readonly OutgoingRecord[];
  readonly tells: readonly Told[];
  readonly calls: readonly CallOrder[];
  readonly pending: readonly PendingCall[];
}

const targetsOf = (place: StepPlace, partitioning: string, key: ActorId): readonly number[] => {
  const { partitions } = place.frame;
  if (partitioning === "broadcast") return Array.from({ length: partitions }, (_, partition) => partition);
  return [partitioning === "entity" ? partitionOf(key, partitions) : partitionOfKey(key, partitions)];
};

const addressOf = (place: StepPlace, id: ActorId, what: string): ActorId =>
  poisoning("illegalEffect", `${what} is not addressed to an actor`, () =>
    actorIdOf(inPartition(id, place.partition)),
  );

const outputsOf = (place: StepPlace, by: ActorId, effect: EmitEffect): readonly OutgoingRecord[] => {
  const topic = place.frame.emits.get(effect.topic);
  if (!topic)
    throw new PoisonError("illegalEffect", `emits on ${effect.topic}, which the topology does not declare`);
  // Most are about the actor itself, whose address has been through the checks.
  const key = effect.key === by ? by : addressOf(place, effect.key, `a record on ${effect.topic}`);
  const value = poisoning("illegalEffect", `a record on ${effect.topic} does not fit its schema`, () =>
    effect.value === null ? null : topic.encode(effect.value),
  );
  if (value && value.length > place.frame.limits.recordBytesMax)
    throw new PoisonError("tooLarge", `a record on ${effect.topic} has ${value.length} bytes`);
  return targetsOf(place, topic.partitioning, key).map((partition) => {
    if (partition >= place.frame.partitions)
      throw new PoisonError("illegalEffect", `a record on ${effect.topic} names partition ${partition}`);
    return { topic: topic.name, partition, key, value, timestamp: place.at };
  });
};

const toldBy = (place: StepPlace, effect: TellEffect<unknown>): Told => {
  const to = addressOf(place, effect.to, "a tell");
  const owner = partitionOf(to, place.frame.partitions);
  if (owner !== place.partition)
    throw new PoisonError(
      "illegalEffect",
      `tells an actor of partition ${owner}; only actors of the same partition can be told`,
    );
  if (isControlActor(to))
    throw new PoisonError(
      "illegalEffect",
      "tells an actor of the runtime, which takes operators' orders alone",
    );
  return { to, input: effect.input };
};

const orderOf = (place: StepPlace, effect: CallEffect<RawCall>): RawCall => {
  const { kind } = effect.call;
  if (!Object.hasOwn(place.frame.topology.calls, kind))
    throw new PoisonError(
      "illegalEffect",
      `orders a call of kind ${kind}, which the topology does not declare`,
    );
  return effect.call;
};

const nothingOrdered: Ordered = { outputs: [], tells: [], calls: [], pending: [] };

/**
 * Checks and prepares the effects of one step. Throws {@link PoisonError}; then nothing of them may happen.
 */
export const prepareEffects = (
  place: StepPlace,
  by: { readonly actor: ActorId; readonly seq: number },
  effects: readonly Effect<unknown, RawCall>[],
): Ordered => {
  if (effects.length === 0) return nothingOrdered;
  const outputs: OutgoingRecord[] = [];
  const tells: Told[] = [];
  const calls: CallOrder[] = [];
  const pending: PendingCall[] = [];
  for (const [index, effect] of effects.entries()) {
    switch (effect.kind) {
      case "emit":
        outputs.push(...outputsOf(place, by.actor, effect));
        break;
      case "tell":
        tells.push(toldBy(place, effect));
        break;
      case "call": {
        const order = orderOf(place, effect);
        calls.push({ ...by, index, order });
        pending.push({ seq: by.seq, index, call: jsonOf(order, `a call of kind ${order.kind}`) });
        break;
      }
      default:
        unreachable(effect);
    }
  }
  return { outputs, tells, calls, pending };
};

/** The timers that a state wants. Throws {@link PoisonError} when one has no usable time. */
export const timersOf = (place: StepPlace, state: unknown): readonly Timer[] => {
  const timers = poisoning("stepFailed", "the topology's timers function threw", () =>
    place.frame.topology.timers(state),
  );
  for (const { name, dueAt } of timers)
    if (!Number.isSafeInteger(dueAt) || dueAt > place.at + timerAheadMsMax)
      throw new PoisonError(
        "illegalEffect",
        `wants timer ${name} at ${dueAt}: not a whole number of milliseconds within 400 days from now`,
      );
  return timers;
};
