import type { InputOrigin, PendingCall } from "@hybrid/contracts";
import { type ActorId, actorIdOf, inPartition, partitionOf, type Timer } from "@hybrid/kernel";
import type { CheckpointEntry, Commit, JournalEntry, LogRecord, OutgoingRecord, Position } from "@hybrid/log";
import {
  decodeActor,
  encodeActor,
  isBlank,
  type LoadedActor,
  newActor,
  storedTimers,
  timerMark,
} from "./actor-codec.ts";
import type { ActorStore } from "./actor-store.ts";
import { deadInput, deadRecord } from "./dead-letters.ts";
import { type CallOrder, jsonOf, prepareEffects, type StepPlace, timersOf } from "./effects.ts";
import type { RawCall } from "./frame.ts";
import { PoisonError, poisoning } from "./poison.ts";

/** What a batch starts from; nothing of it is changed before the commit. */
export interface BatchBase extends StepPlace {
  readonly store: ActorStore;
  /** Where the numbering of an actor without a record starts: the end of the journal. */
  readonly seqBase: number;
  readonly suppressed: ReadonlyMap<ActorId, ReadonlySet<string>>;
}

/** An actor that the batch touched, as it will be once the batch is durable. */
export interface Staged {
  readonly id: ActorId;
  seq: number;
  state: unknown;
  stateJson: string;
  pending: readonly PendingCall[];
  readonly pendingBefore: number;
  timers: readonly Timer[];
  /** Poisoned timers that must not fire again before the state changes. */
  suppressed: ReadonlySet<string>;
  changed: boolean;
}

/** An input on its way to an actor. */
interface Arrival {
  readonly to: ActorId;
  readonly input: unknown;
  readonly origin: InputOrigin;
  readonly record?: LogRecord;
  readonly timer?: Timer;
  /** The pending call that this input is the outcome of. */
  readonly settles?: PendingCall;
}

/** An input that was dead-lettered. */
export interface Failure {
  readonly actor: ActorId | null;
  readonly origin: Omit<InputOrigin, "kind"> & { readonly kind: string };
  readonly poison: PoisonError;
}

/** The outcome of a call on its way back to its actor. */
export interface Outcome {
  readonly actor: ActorId;
  readonly seq: number;
  readonly index: number;
  /** Makes the input; throws when it cannot be made. */
  readonly input: (order: RawCall) => unknown;
}

/** A record's own position in its topic. */
const originOf = (record: LogRecord): InputOrigin => ({
  kind: "record",
  name: record.topic,
  partition: record.partition,
  offset: record.offset,
});

const noTimers: ReadonlySet<string> = new Set();

/**
 * Inputs applied to a staged copy of their actors (the overlay). Failing inputs become dead letters and leave
 * their actor as it was. Nothing is visible outside until the commit that {@link finish} returns is durable.
 */
export class Batch {
  readonly #base: BatchBase;
  readonly #staged = new Map<ActorId, Staged>();
  readonly #journal: JournalEntry[] = [];
  readonly #outputs: OutgoingRecord[] = [];
  readonly #tells: Arrival[] = [];
  #toldNext = 0;
  readonly orders: CallOrder[] = [];
  readonly failures: Failure[] = [];
  steps = 0;
  timersFired = 0;
  outcomesDropped = 0;

  constructor(base: BatchBase) {
    this.#base = base;
  }

  /** Applies a source record. */
  takeRecord(record: LogRecord): void {
    const { frame } = this.#base;
    // Every removal is announced by a record of its own; the tombstone behind it only lets compaction forget.
    if (record.value === null) return;
    let to: ActorId | null = null;
    try {
      const addressed = this.#mapped(record, record.value);
      if (!addressed) return;
      to = poisoning("misrouted", "the source's map gave no actor's address", () =>
        actorIdOf(inPartition(addressed.to, record.partition)),
      );
      const owner = partitionOf(to, frame.partitions);
      if (owner !== this.#base.partition) {
        // Every partition has its own copy of a broadcast record and looks only for actors of its own.
        if (frame.sources.get(record.topic)?.topic.partitioning === "broadcast") return;
        throw new PoisonError("misrouted", `a record of ${to} stood in a partition that does not own it`);
      }
      this.#apply({ to, input: addressed.input, origin: originOf(record), record });
    } catch (error) {
      if (!(error instanceof PoisonError)) throw error;
      this.#outputs.push(deadRecord(this.#base, record, error));
      this.failures.push({ actor: to, origin: originOf(record), poison: error });
    }
  }

  #mapped(record: LogRecord, bytes: Uint8Array) {
    const source = this.#base.frame.sources.get(record.topic);
    if (!source) throw new TypeError(`polled a record of ${record.topic}, which is not a source`);
    const { topic, partition, offset, timestamp } = record;
    const value: unknown = poisoning("undecodable", `the record is not what ${topic} promises`, () =>
      source.topic.decode(bytes),
    );
    return poisoning("mapFailed", "the source's map function threw", () =>
      source.map(value, { topic, partition, offset, timestamp, key: record.key ?? "" }),
    );
  }

  /**
   * Applies the outcome of a call; one that is no longer pending belongs to a previous life and is dropped.
   */
  takeOutcome(outcome: Outcome): void {
    const staged = this.#stage(outcome.actor);
    const settles = staged.pending.find(({ seq, index }) => seq === outcome.seq && index === outcome.index);
    if (!settles) {
      this.outcomesDropped += 1;
      return;
    }
    const name = `${outcome.actor}/${outcome.seq}/${outcome.index}`;
    const origin = { kind: "outcome", name, partition: this.#base.partition, offset: -1 } as const;
    let input: unknown;
    try {
      input = poisoning("mapFailed", "the topology's callFailed function threw", () =>
        outcome.input(JSON.parse(settles.call) as RawCall),
      );
    } catch (error) {
      if (!(error instanceof PoisonError)) throw error;
      this.#poisoned({ to: outcome.actor, input, origin, settles }, error);
      return;
    }
    this.#deliver({ to: outcome.actor, input, origin, settles });
  }

  /** Fires the timers of an actor that are due; returns how many. */
  takeTimers(actor: ActorId): number {
    const { at, frame, partition } = this.#base;
    const staged = this.#stage(actor);
    const due = staged.timers
      .filter((timer) => timer.dueAt <= at && !staged.suppressed.has(timerMark(timer)))
      .sort((a, b) => a.dueAt - b.dueAt);
    let fired = 0;
    for (const timer of due) {
      const { name, dueAt } = timer;
      // An earlier one of them may have made the actor give this one up.
      if (!staged.timers.some((each) => each.name === name && each.dueAt === dueAt)) continue;
      const origin = { kind: "timer", name, partition, offset: dueAt } as const;
      let input: unknown;
      try {
        input = poisoning("mapFailed", "the topology's timerFired function threw", () =>
          frame.topology.timerFired(timer),
        );
      } catch (error) {
        if (!(error instanceof PoisonError)) throw error;
        this.#poisoned({ to: actor, input, origin, timer }, error);
        continue;
      }
      fired += 1;
      this.#deliver({ to: actor, input, origin, timer });
    }
    this.timersFired += fired;
    return fired;
  }

  /** Applies what actors told each other, in order; what these tell in turn comes after. */
  takeTells(): void {
    for (let told = this.#tells[this.#toldNext]; told; told = this.#tells[this.#toldNext]) {
      this.#toldNext += 1;
      this.#deliver(told);
    }
  }

  /** The one append of this batch, and what it leaves of each actor that was touched. */
  finish(position: Position): { readonly commit: Commit; readonly touched: readonly FinishedActor[] } {
    const checkpoint: CheckpointEntry[] = [];
    const touched: FinishedActor[] = [];
    for (const staged of this.#staged.values()) {
      const blank = isBlank(this.#base.frame, staged);
      const value = staged.changed && !blank ? encodeActor(this.#base.frame, staged, this.#base.at) : null;
      if (staged.changed) checkpoint.push({ key: staged.id, value });
      touched.push({ staged, record: value });
    }
    return { commit: { journal: this.#journal, outputs: this.#outputs, checkpoint, position }, touched };
  }

  #stage(id: ActorId): Staged {
    const known = this.#staged.get(id);
    if (known) return known;
    const { frame, store, seqBase, suppressed } = this.#base;
    const bytes = store.get(id);
    const loaded: LoadedActor = bytes ? decodeActor(frame, id, bytes) : newActor(frame, seqBase);
    const staged: Staged = {
      ...loaded,
      id,
      pendingBefore: loaded.pending.length,
      timers: storedTimers(frame, id, loaded.state),
      suppressed: suppressed.get(id) ?? noTimers,
      changed: false,
    };
    this.#staged.set(id, staged);
    return staged;
  }

  #deliver(arrival: Arrival): void {
    try {
      this.#apply(arrival);
    } catch (error) {
      if (!(error instanceof PoisonError)) throw error;
      this.#poisoned(arrival, error);
    }
  }

  /** One step. Throws {@link PoisonError}; then the actor is as it was and nothing was ordered. */
  #apply(arrival: Arrival): void {
    const { frame, at } = this.#base;
    const staged = this.#stage(arrival.to);
    const seq = staged.seq + 1;
    const input = jsonOf(arrival.input, "the input");
    const { state, effects } = poisoning("stepFailed", "the machine threw", () =>
      frame.topology.machine(staged.state, arrival.input, at, arrival.to),
    );
    const stateJson = jsonOf(state, "the state");
    const ordered = prepareEffects(this.#base, { actor: arrival.to, seq }, effects);
    const timers = timersOf(this.#base, state);
    this.#checkTimer(arrival, timers);
    if (this.#tells.length + ordered.tells.length > frame.limits.tellsPerBatchMax)
      throw new PoisonError("tooManyTells", "the actors of this batch tell each other without end");
    this.steps += 1;
    const before = staged.pending;
    const kept = arrival.settles ? before.filter((call) => call !== arrival.settles) : before;
    const same = stateJson === staged.stateJson && effects.length === 0 && kept.length === before.length;
    // A step that changes nothing and orders nothing leaves no record: the position says that it was taken.
    if (same) return;
    const next = { seq, stateJson, pending: [...kept, ...ordered.pending] };
    this.#append(arrival, { ...next, input, effects: jsonOf(effects, "the effects") });
    Object.assign(staged, next, { state, timers, changed: true });
    if (staged.suppressed.size > 0) staged.suppressed = noTimers;
    this.#outputs.push(...ordered.outputs);
    this.orders.push(...ordered.calls);
    for (const told of ordered.tells) this.#tells.push({ ...told, origin: this.#toldBy(arrival.to, seq) });
  }

  #toldBy(actor: ActorId, seq: number): InputOrigin {
    return { kind: "tell", name: actor, partition: this.#base.partition, offset: seq };
  }

  #checkTimer(arrival: Arrival, timers: readonly Timer[]): void {
    const fired = arrival.timer;
    if (fired && timers.some(({ name, dueAt }) => name === fired.name && dueAt === fired.dueAt))
      throw new PoisonError(
        "timerKept",
        `timer ${fired.name} fired and the state still wants it at the same time: it would fire for ever`,
      );
  }

  #append(
    { to, origin }: Pick<Arrival, "to" | "origin">,
    step: Omit<LoadedActor, "state"> & { readonly input: string; readonly effects: string },
  ): void {
    const { frame, at } = this.#base;
    const value = frame.journal.encode({
      seq: step.seq,
      at,
      stateVersion: frame.topology.stateVersion,
      origin,
      input: step.input,
      state: step.stateJson,
      effects: step.effects,
      pending: step.pending,
    });
    if (value.length > frame.limits.recordBytesMax)
      throw new PoisonError("tooLarge", `the step's journal record has ${value.length} bytes`);
    this.#journal.push({ key: to, value });
  }

  #poisoned(arrival: Arrival, poison: PoisonError): void {
    const { to, origin, input, timer, settles } = arrival;
    this.failures.push({ actor: to, origin, poison });
    this.#outputs.push(deadInput(this.#base, { to, origin, input }, poison));
    const staged = this.#stage(to);
    if (timer) staged.suppressed = new Set([...staged.suppressed, timerMark(timer)]);
    if (!settles) return;
    // The outcome is in the dead letter; its call must not be repeated for ever. A journal record whose input
    // is null says so: it is not a step, it only takes the call off the list.
    const { stateJson } = staged;
    const next = {
      seq: staged.seq + 1,
      stateJson,
      pending: staged.pending.filter((call) => call !== settles),
    };
    this.#append(arrival, { ...next, input: "null", effects: "[]" });
    Object.assign(staged, next, { changed: true });
  }
}

/** A touched actor and its new record: null when it has none any more, or has not changed. */
export interface FinishedActor {
  readonly staged: Staged;
  readonly record: Uint8Array | null;
}
