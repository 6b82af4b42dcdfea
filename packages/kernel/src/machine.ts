import type { ErrorCode } from "./error-catalog.ts";
import type { ActorId } from "./ids.ts";
import type { EpochMs } from "./time.ts";
import type { Topic } from "./topic.ts";

/** Anything that survives JSON unchanged. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** An order to the outside world; carried out after its record is durable, at least once (I4). */
export interface CallEffect<Call> {
  readonly kind: "call";
  readonly call: Call;
}

/** A record on a declared topic, in the same append as the step. A null value is a tombstone. */
export interface EmitEffect {
  readonly kind: "emit";
  readonly topic: string;
  readonly key: ActorId;
  readonly value: Json;
}

/** An input to another actor of the same partition, in the same append. */
export interface TellEffect<Input> {
  readonly kind: "tell";
  readonly to: ActorId;
  readonly input: Input;
}

/**
 * An input to an actor of the same service in any partition, by the service's own topic: applied exactly
 * once, and in order for each pair of sender and receiver.
 */
export interface PostEffect<Input> {
  readonly kind: "post";
  readonly to: ActorId;
  readonly input: Input;
}

/** What a step orders. */
export type Effect<Input, Call> = CallEffect<Call> | EmitEffect | TellEffect<Input> | PostEffect<Input>;

/** The result of one step: the new state and what is to happen besides. */
export interface Step<State, Input, Call> {
  readonly state: State;
  readonly effects: readonly Effect<Input, Call>[];
}

/**
 * The behaviour of an actor: a pure function. State and input are JSON. `now` is journaled as `at` and never
 * goes backwards within a partition; `self` is the actor's own id.
 */
export type Machine<State, Input, Call> = (
  state: State,
  input: Input,
  now: EpochMs,
  self: ActorId,
) => Step<State, Input, Call>;

/** A durable timer: data in the state. A machine that gets it fired must remove or move it. */
export interface Timer {
  readonly name: string;
  readonly dueAt: EpochMs;
}

/** Why a call did not bring its outcome; the fields decide, never a message. */
export interface CallFailure {
  readonly code: ErrorCode;
  readonly retryable: boolean;
  /** Not to be tried earlier, because the provider or our limiter said so. */
  readonly retryAt: EpochMs | null;
  readonly status: number | null;
}

/** Nothing to do: the same state, no effects. Marks a deliberate ignore. */
export const stay = <State>(state: State): Step<State, never, never> => ({ state, effects: [] });

/** Orders a call. */
export const call = <Call>(order: Call): CallEffect<Call> => ({ kind: "call", call: order });

/** Emits a record on `topic` for the entity in `key`; a broadcast topic gets one copy in every partition. */
export const emit = <Value>(topic: Topic<Value>, key: ActorId, value: Value): EmitEffect => ({
  kind: "emit",
  topic: topic.name,
  key,
  value: value as Json,
});

/** Sends an input to another actor of the same partition. */
export const tell = <Input>(to: ActorId, input: Input): TellEffect<Input> => ({ kind: "tell", to, input });

/** Sends an input to an actor of the same service in any partition, in a commit of its own. */
export const post = <Input>(to: ActorId, input: Input): PostEffect<Input> => ({ kind: "post", to, input });
