import type { PendingCall } from "@hybrid/contracts";
import {
  type ActorId,
  actorIdOf,
  type CallEffect,
  type Effect,
  type EmitEffect,
  type EpochMs,
  inPartition,
  type PostEffect,
  partitionOf,
  partitionOfKey,
  type TellEffect,
  type Timer,
  timerAheadMsMax,
} from "@hybrid/kernel";
import type { OutgoingRecord } from "@hybrid/log";
import type { CallOrder, RawCall } from "../call.ts";
import type { ServiceFrame } from "../frame.ts";
import { isControlActor } from "../store/control-state.ts";
import { jsonOf, PoisonError, poisoning } from "./poison.ts";
import type { Sealing } from "./sealed-parts.ts";
import { answerOf, timersIn } from "./service-code.ts";

/** Where and when a step happens. */
export interface StepPlace extends Sealing {
  readonly frame: ServiceFrame;
  readonly partition: number;
  readonly at: EpochMs;
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

/** A value as a restart would read it back, sharing nothing with the state of the actor that gave it. */
const detached = <Value>(value: Value, what: string): { readonly json: string; readonly value: Value } => {
  const json = jsonOf(value, what);
  return { json, value: JSON.parse(json) as Value };
};

/** Names made up by a service's code may be anything. */
const named = (name: unknown): string => (typeof name === "string" ? name : `a ${typeof name}`);

const bytesOf = (encoded: unknown): Uint8Array => {
  if (encoded instanceof Uint8Array) return encoded;
  throw new TypeError("a codec must give bytes");
};

const outputsOf = (place: StepPlace, by: ActorId, effect: EmitEffect): readonly OutgoingRecord[] => {
  const topic = place.frame.emits.get(effect.topic);
  if (!topic)
    throw new PoisonError(
      "illegalEffect",
      `emits on ${named(effect.topic)}, which the topology does not declare`,
    );
  // Most are about the actor itself, whose address has been through the checks.
  const key = effect.key === by ? by : addressOf(place, effect.key, `a record on ${effect.topic}`);
  const misfit = `a record on ${effect.topic} does not fit its schema`;
  const value = poisoning("illegalEffect", misfit, () =>
    effect.value === null
      ? null
      : bytesOf(answerOf("illegalEffect", `${misfit}: its codec`, () => topic.encode(effect.value))),
  );
  if (value && value.length > place.frame.limits.recordBytesMax)
    throw new PoisonError("tooLarge", `a record on ${effect.topic} has ${value.length} bytes`);
  return targetsOf(place, topic.partitioning, key).map((partition) => {
    if (partition >= place.frame.partitions)
      throw new PoisonError("illegalEffect", `a record on ${effect.topic} names partition ${partition}`);
    return { topic: topic.name, partition, key, value, timestamp: place.at };
  });
};

const mustBeOurs = (to: ActorId, does: string): void => {
  if (isControlActor(to))
    throw new PoisonError(
      "illegalEffect",
      `${does} an actor of the runtime, which takes operators' orders alone`,
    );
};

const toldBy = (place: StepPlace, effect: TellEffect<unknown>): Told => {
  const to = addressOf(place, effect.to, "a tell");
  const owner = partitionOf(to, place.frame.partitions);
  if (owner !== place.partition)
    throw new PoisonError(
      "illegalEffect",
      `tells an actor of partition ${owner}; only actors of the same partition can be told`,
    );
  mustBeOurs(to, "tells");
  return { to, input: detached(effect.input, "a tell").value };
};

const postedBy = (
  place: StepPlace,
  by: { readonly actor: ActorId; readonly seq: number; readonly index: number },
  effect: PostEffect<unknown>,
): OutgoingRecord => {
  const { post, topology, partitions, limits } = place.frame;
  const to = addressOf(place, effect.to, "a post");
  mustBeOurs(to, "posts to");
  const partition = partitionOf(to, partitions);
  if (partition >= partitions)
    throw new PoisonError("illegalEffect", `posts to an actor of partition ${partition}, which is none`);
  const { actor: from, seq, index } = by;
  const input = jsonOf(effect.input, "a post");
  const value = post.encode({ from, seq, index, stateVersion: topology.stateVersion, input });
  if (value.length > limits.recordBytesMax)
    throw new PoisonError("tooLarge", `a post to ${to} has ${value.length} bytes`);
  return { topic: post.name, partition, key: to, value, timestamp: place.at };
};

const orderOf = (place: StepPlace, effect: CallEffect<RawCall>) => {
  const { json, value: order } = detached(effect.call, "a call");
  const kind: unknown = (order as Partial<RawCall> | null)?.kind;
  if (typeof kind !== "string" || !Object.hasOwn(place.frame.topology.calls, kind))
    throw new PoisonError(
      "illegalEffect",
      `orders a call of kind ${named(kind)}, which the topology does not declare`,
    );
  return { json, order };
};

const nothingOrdered: Ordered = { outputs: [], tells: [], calls: [], pending: [] };

/**
 * Checks and prepares the effects of one step. Throws {@link PoisonError}; then nothing of them may happen.
 */
export const prepareEffects = (
  place: StepPlace,
  by: { readonly actor: ActorId; readonly seq: number },
  effects: readonly unknown[],
): Ordered => {
  if (effects.length === 0) return nothingOrdered;
  const outputs: OutgoingRecord[] = [];
  const tells: Told[] = [];
  const calls: CallOrder[] = [];
  const pending: PendingCall[] = [];
  for (const [index, given] of effects.entries()) {
    if (typeof given !== "object" || given === null)
      throw new PoisonError("illegalEffect", "has an effect that is no object");
    const effect = given as Effect<unknown, RawCall>;
    switch (effect.kind) {
      case "emit":
        outputs.push(...outputsOf(place, by.actor, effect));
        break;
      case "tell":
        tells.push(toldBy(place, effect));
        break;
      case "post":
        outputs.push(postedBy(place, { ...by, index }, effect));
        break;
      case "call": {
        const { json, order } = orderOf(place, effect);
        calls.push({ ...by, index, order });
        pending.push({ seq: by.seq, index, call: json });
        break;
      }
      default:
        throw new PoisonError(
          "illegalEffect",
          `has an effect of kind ${named((effect as { kind?: unknown }).kind)}, which is none`,
        );
    }
  }
  return { outputs, tells, calls, pending };
};

/** The timers that a state wants. Throws {@link PoisonError} when one has no usable time. */
export const timersOf = (place: StepPlace, state: unknown): readonly Timer[] => {
  const timers = timersIn(place.frame, state);
  for (const { name, dueAt } of timers)
    if (dueAt > place.at + timerAheadMsMax)
      throw new PoisonError(
        "illegalEffect",
        `wants timer ${name} at ${dueAt}: not a whole number of milliseconds within 400 days from now`,
      );
  return timers;
};
