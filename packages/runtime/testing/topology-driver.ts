import { type DeadLetter, deadLetterTopic, type TopicContract } from "@hybrid/contracts";
import {
  type ActorId,
  type CallContext,
  type CallFailure,
  callDeadlineMsMax,
  type EpochMs,
  type Handlers,
  instant,
  later,
  partitionOf,
  plus,
  type Topic,
  type Topology,
} from "@hybrid/kernel";
import { checkedMachine, throughJson, VirtualClock } from "@hybrid/kernel/testing";
import type { Commit, LogRecord, OutgoingRecord } from "@hybrid/log";
import { type Keys, openValue } from "@hybrid/sealing";
import { TestVault } from "@hybrid/sealing/testing";
import { Registry } from "prom-client";
import { type CallEnding, type CallOrder, callIdOf } from "../src/call.ts";
import { providerFailure } from "../src/calls/call-failure.ts";
import { type FramePorts, frameOf, type RawTopology, type ServiceFrame } from "../src/frame.ts";
import { runtimeMetrics } from "../src/metrics.ts";
import { type ActorView, defaultLimits, type RuntimeLimits } from "../src/options.ts";
import { workingMemory } from "../src/process/memory-share.ts";
import { Batch, type FinishedActor, type Kept } from "../src/step/batch.ts";
import { HeldActors } from "../src/step/held-actors.ts";
import type { Failure } from "../src/step/overlay.ts";
import type { ParkedActor } from "../src/step/parked-actors.ts";
import { type Control, initialControl } from "../src/store/control-state.ts";
import { checkSealedState, checkUnreadable } from "./stored-check.ts";

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

/** How a topology is driven. */
export interface DriverOptions {
  /** 1 when left out. */
  readonly partitions?: number;
  /** 2026-01-05T08:00:00Z when left out. */
  readonly startAt?: EpochMs;
  readonly limits?: Partial<RuntimeLimits>;
  /** Keys of sealed values; a vault of its own when left out. Only asked by a topology that declares some. */
  readonly keys?: Keys;
  /** Names and subjects that the test uses: like mail addresses they may stand in clear nowhere. */
  readonly planted?: RegExp;
  /**
   * What becomes of an input that fails: `throw`, when left out, ends the test with its reason; with `keep`
   * it parks its actor or is dead-lettered, as in the runtime.
   */
  readonly failures?: "throw" | "keep";
}

interface Partition {
  readonly held: HeldActors;
  kept: Kept;
  control: Control;
  batches: number;
}

const newPartition = (): Partition => ({
  held: new HeldActors(),
  kept: { seqBase: 0, machineVersion: 0 },
  control: initialControl,
  batches: 0,
});

const silent = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

const portsOf = (partitions: number, limits: RuntimeLimits): FramePorts => ({
  partitions,
  limits,
  memory: workingMemory(limits),
  scheduler: new VirtualClock(),
  random: () => 0.5,
  logger: silent,
  metrics: runtimeMetrics(new Registry()),
  observer: undefined,
});

/**
 * Runs a whole topology in memory, synchronously and on its own time, by the runtime's own batch: one input,
 * all that follows from it, and a commit. Records come in through the topic's codec, calls are answered by
 * the test, timers fire in {@link advanceBy}, posts reach their actors at once. Every step is done twice, so
 * that a machine that is not pure is found out. No log: nothing is fenced, restored or run at the same time.
 */
export class TopologyDriver<State, Input, Call extends { readonly kind: string }> {
  readonly #frame: ServiceFrame;
  readonly #topology: Topology<State, Input, Call>;
  readonly #partitions: readonly Partition[];
  readonly #calls = new Map<string, CallOrder>();
  readonly #arrived: LogRecord[] = [];
  readonly #offsets = new Map<string, number>();
  readonly #throws: boolean;
  readonly #keys: Keys | null;
  readonly #planted: RegExp | undefined;
  readonly emitted: EmittedRecord[] = [];
  readonly deadLetters: DeadLetter[] = [];
  now: EpochMs;

  constructor(topology: Topology<State, Input, Call>, options: DriverOptions = {}) {
    const { partitions = 1, failures = "throw", limits } = options;
    const checked = { ...topology, machine: checkedMachine(topology.machine) };
    this.#topology = topology;
    this.#frame = frameOf(
      checked as unknown as RawTopology,
      [],
      portsOf(partitions, { ...defaultLimits, ...limits }),
    );
    this.#partitions = Array.from({ length: partitions }, newPartition);
    this.#throws = failures === "throw";
    this.#keys = topology.sealed === undefined ? null : (options.keys ?? new TestVault());
    this.#planted = options.planted;
    this.now = options.startAt ?? instant(Date.UTC(2026, 0, 5, 8));
  }

  /** Publishes a record on a source topic; a broadcast topic's record reaches every partition. */
  publish<Value>(topic: Topic<Value>, key: ActorId, value: Value): void {
    if (!this.#frame.sources.has(topic.name))
      throw new Error(`${topic.name} is not a source of ${this.#frame.service}`);
    const bytes = topic.encode(value);
    const { partitions } = this.#frame;
    const own = [partitionOf(key, partitions)];
    for (const partition of topic.partitioning === "broadcast" ? this.#partitions.keys() : own)
      this.#arrive({ topic: topic.name, partition, key, value: bytes, timestamp: this.now });
    this.#work();
  }

  /** Calls without outcome, oldest first. */
  openCalls(): readonly OpenCall<Call>[] {
    return [...this.#calls].map(([callId, { actor, order }]) => ({
      callId,
      actor,
      call: this.#opened(order) as Call,
    }));
  }

  /** Ends a call with the input that its handler would return. */
  answer(callId: string, outcome: Input): void {
    this.#end(callId, { kind: "ok", json: JSON.stringify(throughJson(outcome)) });
  }

  /** Ends a call with a failure. */
  fail(callId: string, failure: CallFailure): void {
    this.#end(callId, { kind: "failed", failure });
  }

  /** What the call's handler gets from the runtime: actors are those of the call's own partition. */
  contextOf({ callId, actor, call }: OpenCall<Call>): CallContext {
    const { held } = this.#partitionOf(actor);
    const { deadlineMs = callDeadlineMsMax } = this.#topology.calls[call.kind as Call["kind"]];
    return {
      callId,
      actor,
      signal: new AbortController().signal,
      deadlineAt: plus(this.now, deadlineMs),
      actors: (...wanted) => held.store.list(...wanted),
    };
  }

  /**
   * Carries out every call by the service's own handlers, one after the other, until none is open. A
   * ProviderError ends its call, as in the runtime; rejects with any other error.
   */
  async carryOut(handlers: Handlers<Call, Input>): Promise<void> {
    for (let [open] = this.openCalls(); open; [open] = this.openCalls()) {
      const { callId, call } = open;
      const handler = handlers[call.kind as Call["kind"]] as (
        order: Call,
        context: CallContext,
      ) => Promise<Input>;
      try {
        this.answer(callId, await handler(call, this.contextOf(open)));
      } catch (error) {
        const failure = providerFailure(error, this.now);
        if (!failure) throw error;
        this.fail(callId, failure);
      }
    }
  }

  /** Lets time pass in milliseconds and fires every timer that falls due, in order. */
  advanceBy(ms: number): void {
    const until = plus(this.now, ms);
    for (let next = this.#nextDue(); next && next.dueAt <= until; next = this.#nextDue()) {
      const { partition, dueAt } = next;
      this.now = later(this.now, instant(dueAt));
      const { due, store } = this.#held(partition);
      const actor = store.idAt(due.pop(this.now) ?? -1);
      if (actor !== undefined) this.#commit(partition, (batch) => batch.takeTimers(actor));
      this.#work();
    }
    this.now = later(this.now, until);
  }

  /** The state of an actor; `initial` when it has no record. */
  stateOf(actor: ActorId): State {
    return this.#opened(this.viewOf(actor)?.state ?? this.#topology.initial) as State;
  }

  /** An actor as its last commit left it, what is sealed closed; undefined when it has no record. */
  viewOf(actor: ActorId): ActorView<unknown> | undefined {
    return this.#partitionOf(actor).held.viewOf(this.#frame, actor);
  }

  /** Ids of all actors that begin with `prefix`, in id order, after `after`, at most `limit`. */
  actors(prefix: string, after: string | null, limit: number): readonly ActorId[] {
    return this.#partitions
      .flatMap(({ held }) => held.store.list(prefix, after, limit))
      .sort((a, b) => (a < b ? -1 : 1))
      .slice(0, limit);
  }

  #opened(value: unknown): unknown {
    return this.#keys ? openValue(value, this.#keys) : value;
  }

  get parked(): readonly ParkedActor[] {
    return this.#partitions.flatMap(({ held }, partition) =>
      [...held.parked].map(([actor, summary]) => ({ actor, partition, ...summary })),
    );
  }

  #held(partition: number): HeldActors {
    return (this.#partitions[partition] as Partition).held;
  }

  #partitionOf(actor: ActorId): Partition {
    return this.#partitions[partitionOf(actor, this.#frame.partitions)] as Partition;
  }

  /** Gives a record its offset, and a place behind all that has arrived. */
  #arrive(record: OutgoingRecord): void {
    const place = `${record.topic}/${record.partition}`;
    const offset = this.#offsets.get(place) ?? 0;
    this.#offsets.set(place, offset + 1);
    this.#arrived.push({ ...record, offset });
  }

  #work(): void {
    for (let record = this.#arrived.shift(); record; record = this.#arrived.shift()) {
      const taken = record;
      this.#commit(taken.partition, (batch) => batch.takeRecord(taken));
    }
  }

  #end(callId: string, ending: CallEnding): void {
    const call = this.#calls.get(callId);
    if (!call) throw new Error(`no open call ${callId}`);
    this.#calls.delete(callId);
    const { actor, seq, index } = call;
    this.#commit(partitionOf(actor, this.#frame.partitions), (batch) =>
      batch.takeOutcome({ actor, seq, index, ending }),
    );
    this.#work();
  }

  /** One batch with one input, committed. */
  #commit(partition: number, take: (batch: Batch) => void): void {
    const own = this.#partitions[partition] as Partition;
    const { held, kept, control } = own;
    const batch = new Batch({
      frame: this.#frame,
      keys: this.#keys,
      partition,
      at: this.now,
      store: held.store,
      hot: held.hot,
      batch: (own.batches += 1),
      ...kept,
      control,
      bytesMax: this.#frame.limits.commitBytesMax,
    });
    take(batch);
    const { commit, touched } = batch.finish({ sources: {}, at: this.now });
    own.kept = batch.kept;
    own.control = batch.control;
    for (const actor of touched) held.merge(actor, this.now);
    for (const call of batch.orders) this.#calls.set(callIdOf(call), call);
    this.#check(commit, touched);
    this.#write(commit.outputs);
    if (this.#throws) this.#report(batch.failures);
  }

  /** Nothing that a person could read may stand in what is stored and written. */
  #check({ journal, outputs }: Commit, touched: readonly FinishedActor[]): void {
    const check = (what: string, value: Uint8Array | null): void =>
      checkUnreadable(what, textOf(value), this.#planted);
    for (const { key, value } of journal) check(`the journal of ${key}`, value);
    for (const { topic, key, value } of outputs) check(`a record of ${topic} for ${key}`, value);
    for (const { key, value, staged } of touched) {
      if (value === null) continue;
      check(`the stored actor ${key}`, value);
      if (this.#keys)
        checkSealedState(this.#frame.topology, this.#keys, { actor: key, state: staged.stateJson });
    }
  }

  #write(outputs: readonly OutgoingRecord[]): void {
    for (const record of outputs) {
      if (this.#frame.sources.has(record.topic)) this.#arrive(record);
      const topic = this.#frame.emits.get(record.topic);
      const { value } = record;
      if (topic) this.#note(record, value === null ? null : this.#opened(topic.decode(value)));
      else if (record.topic.endsWith("-dead")) this.deadLetters.push(letterOf(record));
    }
  }

  /** Copies of one record for several partitions come one behind the other, from partition 0 on. */
  #note({ topic, partition, key }: OutgoingRecord, value: unknown): void {
    const isCopy = this.#frame.emits.get(topic)?.partitioning === "broadcast" && partition > 0;
    const last = isCopy ? this.emitted.pop() : undefined;
    const partitions = [...(last?.partitions ?? []), partition];
    this.emitted.push({ topic, key: (key ?? "") as ActorId, value, partitions });
  }

  #report([first]: readonly Failure[]): void {
    if (!first) return;
    const { actor, origin, poison, fate } = first;
    const what = fate === "dead" ? "dead-lettered" : `parks ${actor}`;
    throw new Error(`${origin.kind} ${origin.name} ${what}: ${causesOf(poison)}`, { cause: poison });
  }

  #nextDue(): { readonly partition: number; readonly dueAt: number } | undefined {
    return this.#partitions
      .flatMap(({ held }, partition) => {
        const dueAt = held.due.nextAt();
        return dueAt === undefined ? [] : [{ partition, dueAt }];
      })
      .sort((a, b) => a.dueAt - b.dueAt)[0];
  }
}

const textOf = (value: Uint8Array | null): string =>
  Buffer.from(value ?? new Uint8Array()).toString("latin1");

/** The sentences of an error and of what caused it, so that a test's report says which one it was. */
const causesOf = (error: unknown): string =>
  error instanceof Error
    ? [error.message, ...(error.cause === undefined ? [] : [causesOf(error.cause)])].join(": ")
    : String(error);

const letterOf = ({ topic, value }: OutgoingRecord): DeadLetter => {
  const contract: TopicContract<DeadLetter> = deadLetterTopic(topic.replace(/-dead$/, ""), ["driven"]);
  return contract.decode(value ?? new Uint8Array());
};
