import {
  type ActorId,
  type AnyTopic,
  type CallFailure,
  type Effect,
  type EpochMs,
  inPartition,
  instant,
  later,
  partitionOf,
  plus,
  type Topic,
  type Topology,
  unreachable,
} from "../src/index.ts";
import { throughJson } from "./machine-driver.ts";

/** A call that was ordered and has no outcome yet. */
export interface OpenCall<Call> {
  readonly callId: string;
  readonly actor: ActorId;
  readonly call: Call;
}

/** A record that the service wrote, decoded. */
export interface EmittedRecord {
  readonly topic: string;
  readonly key: ActorId;
  readonly value: unknown;
  /** Partitions that got a copy. */
  readonly partitions: readonly number[];
}

interface Held<State> {
  state: State;
  seq: number;
}

/**
 * Runs a whole topology in memory, synchronously and on its own time: records in through the topic's codec,
 * effects out, calls answered by the test, timers fired by {@link advanceBy}. No log, no runtime.
 */
export class TopologyDriver<State, Input, Call extends { readonly kind: string }> {
  readonly #topology: Topology<State, Input, Call>;
  readonly #partitions: number;
  readonly #actors = new Map<ActorId, Held<State>>();
  readonly #calls = new Map<string, OpenCall<Call>>();
  readonly emitted: EmittedRecord[] = [];
  #offset = 0;
  now: EpochMs;

  constructor(topology: Topology<State, Input, Call>, options?: { partitions?: number; startAt?: EpochMs }) {
    this.#topology = topology;
    this.#partitions = options?.partitions ?? 1;
    this.now = options?.startAt ?? instant(Date.UTC(2026, 0, 5, 8));
  }

  /** Publishes a record on a source topic; a broadcast topic's record reaches every partition. */
  publish<Value>(topic: Topic<Value>, key: ActorId, value: Value): void {
    const source = this.#topology.sources.find((each) => each.topic.name === topic.name);
    if (!source) throw new Error(`${topic.name} is not a source of ${this.#topology.service}`);
    const decoded = topic.decode(topic.encode(value));
    for (const partition of this.#partitionsOf(topic.partitioning, key)) {
      const addressed = source.map(decoded, {
        topic: topic.name,
        partition,
        offset: this.#offset++,
        key,
        timestamp: this.now,
      });
      if (addressed)
        this.#deliver(inPartition(addressed.to, partition), partition, source.topic, addressed.input);
    }
  }

  /** As the runtime does: a partition takes what is for its own actors, and only broadcasts may hold more. */
  #deliver(to: ActorId, partition: number, topic: AnyTopic, input: Input): void {
    if (partitionOf(to, this.#partitions) === partition) return this.#apply(to, input);
    if (topic.partitioning !== "broadcast")
      throw new Error(
        `a record of ${topic.name} for ${to} stands in partition ${partition}, not in that actor's`,
      );
  }

  /** Calls without outcome, oldest first. */
  openCalls(): readonly OpenCall<Call>[] {
    return [...this.#calls.values()];
  }

  /** Ends a call with the input its handler would return. */
  answer(callId: string, outcome: Input): void {
    const open = this.#take(callId);
    this.#apply(open.actor, outcome);
  }

  /** Ends a call with a failure. */
  fail(callId: string, failure: CallFailure): void {
    const open = this.#take(callId);
    this.#apply(open.actor, this.#topology.callFailed(open.call, failure));
  }

  /** Lets time pass in milliseconds and fires every timer that falls due, in order. */
  advanceBy(ms: number): void {
    const until = plus(this.now, ms);
    for (let next = this.#nextTimer(); next && next.timer.dueAt <= until; next = this.#nextTimer()) {
      this.now = later(this.now, next.timer.dueAt);
      this.#apply(next.actor, this.#topology.timerFired(next.timer));
      const again = this.#timersOf(next.actor).some(
        (timer) => timer.name === next.timer.name && timer.dueAt === next.timer.dueAt,
      );
      if (again) throw new Error(`${next.actor} still wants timer ${next.timer.name} after it fired`);
    }
    this.now = later(this.now, until);
  }

  /** The state of an actor; `initial` when it has none. */
  stateOf(actor: ActorId): State {
    return this.#actors.get(actor)?.state ?? this.#topology.initial;
  }

  /** Ids of actors in a partition that start with `prefix`, in id order, as CallContext.actors gives them. */
  actors(prefix: string, after: string | null, limit: number): readonly ActorId[] {
    return [...this.#actors.keys()]
      .filter((id) => id.startsWith(prefix) && (after === null || id > after))
      .sort()
      .slice(0, limit);
  }

  #partitionsOf(partitioning: "entity" | "broadcast" | "none", key: ActorId): readonly number[] {
    return partitioning === "broadcast"
      ? Array.from({ length: this.#partitions }, (_, partition) => partition)
      : [partitionOf(key, this.#partitions)];
  }

  #apply(actor: ActorId, input: Input): void {
    const held = this.#actors.get(actor) ?? { state: this.#topology.initial, seq: 0 };
    const step = this.#topology.machine(throughJson(held.state), throughJson(input), this.now, actor);
    held.state = throughJson(step.state);
    held.seq += 1;
    this.#actors.set(actor, held);
    step.effects.forEach((effect, index) => this.#order(actor, effect, `${actor}/${held.seq}/${index}`));
  }

  #order(actor: ActorId, effect: Effect<Input, Call>, callId: string): void {
    switch (effect.kind) {
      case "call":
        this.#calls.set(callId, { callId, actor, call: throughJson(effect.call) });
        return;
      case "tell":
      case "post":
        this.#apply(inPartition(effect.to, partitionOf(actor, this.#partitions)), effect.input);
        return;
      case "emit": {
        const topic = this.#topology.emits.find((each) => each.name === effect.topic);
        if (!topic)
          throw new Error(`${this.#topology.service} emits on ${effect.topic} without declaring it`);
        const value: unknown = effect.value === null ? null : topic.decode(topic.encode(effect.value));
        const partitions = this.#partitionsOf(topic.partitioning, effect.key);
        this.emitted.push({ topic: effect.topic, key: effect.key, value, partitions });
        return;
      }
      default:
        unreachable(effect);
    }
  }

  #take(callId: string): OpenCall<Call> {
    const open = this.#calls.get(callId);
    if (!open) throw new Error(`no open call ${callId}`);
    this.#calls.delete(callId);
    return open;
  }

  #timersOf(actor: ActorId) {
    return this.#topology.timers(this.stateOf(actor));
  }

  #nextTimer() {
    return [...this.#actors.keys()]
      .flatMap((actor) => this.#timersOf(actor).map((timer) => ({ actor, timer })))
      .sort((a, b) => a.timer.dueAt - b.timer.dueAt)[0];
  }
}
