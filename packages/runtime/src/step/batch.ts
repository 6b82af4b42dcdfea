import type { ControlOrder } from "@hybrid/contracts";
import { type ActorId, type Addressed, actorIdOf, inPartition, partitionOf } from "@hybrid/kernel";
import type { CheckpointEntry, Commit, LogRecord, Position } from "@hybrid/log";
import type { CallOrder, Outcome } from "../call.ts";
import { encodeActor, encodeControl, isTimer } from "../store/actor-codec.ts";
import {
  type Control,
  controlActorOf,
  controlOrderOf,
  controlStateVersion,
  controlStep,
  isControlActor,
  type StateOrder,
} from "../store/control-state.ts";
import { type Arrival, materialOfOutcome, originOf } from "./arrival.ts";
import { deadRecord } from "./dead-letters.ts";
import { type Failure, Overlay, type OverlayBase } from "./overlay.ts";
import { PoisonError, poisoning, poisonOf } from "./poison.ts";
import type { Posted } from "./post-source.ts";
import { answerOf } from "./service-code.ts";
import type { StagedActor } from "./staged-actor.ts";

/** What a partition keeps of all its batches, and its position with it. */
export interface Kept {
  /** The greatest step number that the partition has ever given. */
  readonly seqBase: number;
  /** Version of the newest machine that has written to the partition; 0 when it is not known. */
  readonly machineVersion: number;
  /** Version of the sealing that has gone through all of it; undefined where none has. */
  readonly sealVersion?: number | undefined;
}

/** What a batch starts from. */
export interface BatchBase extends OverlayBase, Kept {
  readonly control: Control;
}

/** A touched actor and its new record, if it has changed: null when it has none any more. */
export interface FinishedActor extends CheckpointEntry {
  readonly staged: StagedActor;
}

/** Decoded states take memory, changed or not: a batch decodes this many characters per byte of its bound. */
const charsPerByte = 4;

const tooMuchTold = (bytes: number, bytesMax: number): PoisonError =>
  new PoisonError(
    "tooManyTells",
    `what follows by tells from one input has ${bytes} bytes already, a commit may have ${bytesMax}`,
  );

/**
 * One batch of inputs of one partition: records, outcomes, timers and operators' orders, applied to an
 * overlay. Nothing is visible outside until the commit that {@link finish} returns is durable. What takes an
 * input throws KeysMissing where keys of sealed values are not at hand: nothing of the input was applied
 * then, or the batch is {@link isInterrupted}, and it is to be done again, or resumed, once they are.
 */
export class Batch {
  readonly #base: BatchBase;
  readonly #overlay: Overlay;
  #control: Control;
  #toldNext = 0;
  #largestInput = 0;
  #interruptedAt: number | undefined;
  timersFired = 0;
  outcomesDropped = 0;

  constructor(base: BatchBase) {
    this.#base = base;
    this.#overlay = new Overlay(base);
    this.#control = base.control;
  }

  get steps(): number {
    return this.#overlay.steps;
  }

  /**
   * What the partition keeps from batch to batch, this one included. One that leaves no record does not keep
   * older releases out.
   */
  get kept(): Kept {
    const { machineVersion, sealVersion, frame } = this.#base;
    const { journal, seqMax } = this.#overlay;
    return {
      sealVersion,
      seqBase: Math.max(seqMax, this.#control.seq),
      machineVersion:
        journal.length === 0 ? machineVersion : Math.max(machineVersion, frame.topology.stateVersion),
    };
  }

  get orders(): readonly CallOrder[] {
    return this.#overlay.orders;
  }

  get failures(): readonly Failure[] {
    return this.#overlay.failures;
  }

  /** What the commit will have so far, at most. */
  get bytes(): number {
    return this.#overlay.bytes;
  }

  /** Parked actors whose retry has to go on in another batch. */
  get unfinished(): readonly ActorId[] {
    return this.#overlay.unfinished;
  }

  /** Whether one more input like the largest so far would go beyond `share` of what a commit may have. */
  isFull(share = 1): boolean {
    const bytesMax = share * this.#base.bytesMax;
    const { bytes, stagedChars } = this.#overlay;
    return bytes + this.#largestInput > bytesMax || stagedChars > charsPerByte * bytesMax;
  }

  /** The control actor as it will be. */
  get control(): Control {
    return this.#control;
  }

  /** Applies a source record. */
  takeRecord(record: LogRecord): void {
    // Every removal is announced by a record of its own; the tombstone behind it only lets compaction forget.
    const { value } = record;
    if (value === null) return;
    const before = this.#overlay.bytes;
    if (record.topic === this.#base.frame.control.name) this.#takeOrder(record, value);
    else this.#takeInput(record, value);
    this.#taken(before);
  }

  /** Goes on with the retry of a parked actor that another batch had no room for. */
  takeRetry(actor: ActorId): void {
    const before = this.#overlay.bytes;
    this.#overlay.retry(actor);
    this.#taken(before);
  }

  /** An input is applied, but not all that follows from it by tells: keys were missing. */
  get isInterrupted(): boolean {
    return this.#interruptedAt !== undefined;
  }

  /** Goes on where keys were missing. Throws {@link KeysMissing} for others. */
  resume(): void {
    if (this.#interruptedAt !== undefined) this.#taken(this.#interruptedAt);
  }

  /** One input is applied: now what its actor has told others, before anything else comes. */
  #taken(before: number): void {
    this.#interruptedAt = before;
    this.#takeTells(before);
    this.#interruptedAt = undefined;
    this.#largestInput = Math.max(this.#largestInput, this.#overlay.bytes - before);
  }

  #takeInput(record: LogRecord, bytes: Uint8Array): void {
    let arrival: Arrival | undefined;
    try {
      arrival = this.#arrivalOf(record, bytes);
    } catch (error) {
      this.#buryRecord(record, error);
    }
    if (arrival) this.#overlay.deliver(arrival);
  }

  /** Undefined for what is nothing to this partition's actors. What it throws is the service's doing. */
  #arrivalOf(record: LogRecord, bytes: Uint8Array): Arrival | undefined {
    const { store } = this.#base;
    const addressed = this.#mapped(record, bytes);
    if (addressed === undefined) return undefined;
    const { to, input } = addressed;
    const version = record.topic === this.#base.frame.post.name ? (addressed as Posted).version : undefined;
    const rest = {
      origin: originOf(record),
      material: { kind: "input", input, version },
      record,
      chain: { tells: 0 },
    } as const;
    // The store holds only actors whose ids have been through the checks below.
    const slot = typeof to === "string" ? store.slotOf(to) : undefined;
    // Its own copy of the id: maps find it without comparing text.
    if (slot !== undefined) return { to: store.idAt(slot) ?? to, slot, ...rest };
    const id = poisoning("misrouted", "the source's map gave no actor's address", () =>
      actorIdOf(inPartition(to, record.partition)),
    );
    return this.#isOurs(record, id) ? { to: id, slot, ...rest } : undefined;
  }

  /** False if another partition's copy reaches this actor. Throws PoisonError if no copy may. */
  #isOurs(record: LogRecord, to: ActorId): boolean {
    const { frame, partition } = this.#base;
    if (partitionOf(to, frame.partitions) !== partition) {
      // Every partition has its own copy of a broadcast record and looks only for actors of its own.
      if (frame.sources.get(record.topic)?.topic.partitioning === "broadcast") return false;
      throw new PoisonError("misrouted", `a record of ${to} stood in a partition that does not own it`);
    }
    if (isControlActor(to))
      throw new PoisonError("misrouted", "only operators' orders go to an actor of the runtime");
    return true;
  }

  /** The record itself goes to the dead letters beside its topic. */
  #buryRecord(record: LogRecord, error: unknown): void {
    const poison = poisonOf(error, "mapFailed", "the service's code cannot tell whom the record is for");
    this.#overlay.emit(deadRecord(this.#base, record, poison));
    this.#overlay.failures.push({ actor: null, origin: originOf(record), poison, fate: "dead" });
  }

  #mapped(record: LogRecord, bytes: Uint8Array) {
    const source = this.#base.frame.sources.get(record.topic);
    if (!source) throw new TypeError(`polled a record of ${record.topic}, which is not a source`);
    const { topic, partition, offset, timestamp } = record;
    const value: unknown = answerOf(
      "undecodable",
      `the record is not what ${topic} promises: its codec`,
      () => source.topic.decode(bytes, this.#base.frame.schemas),
    );
    const addressed: unknown = answerOf("mapFailed", "the source's map function", () =>
      source.map(value, { topic, partition, offset, timestamp, key: record.key ?? "" }),
    );
    if (addressed === undefined) return undefined;
    if (typeof addressed !== "object" || addressed === null)
      throw new PoisonError("mapFailed", "the source's map function gave neither an address nor undefined");
    return addressed as Addressed<unknown>;
  }

  /** Follows an operator's order as far as it concerns this partition. */
  #takeOrder(record: LogRecord, bytes: Uint8Array): void {
    const { frame, partition } = this.#base;
    let order: ControlOrder;
    try {
      const value = poisoning("undecodable", `the record is not what ${record.topic} promises`, () =>
        frame.control.decode(bytes, frame.schemas),
      );
      order = controlOrderOf(value, frame.topology.calls);
    } catch (error) {
      this.#buryRecord(record, error);
      return;
    }
    if (!("actor" in order)) this.#changeControl(record, order);
    else if (partitionOf(order.actor, frame.partitions) !== partition) return;
    else if (order.kind === "retryParked") this.#overlay.retry(order.actor);
    else this.#overlay.drop(order.actor, order.all, originOf(record));
  }

  #changeControl(record: LogRecord, order: StateOrder): void {
    const { frame, partition, seqBase, at } = this.#base;
    const state = controlStep(this.#control.state, order);
    if (state === this.#control.state) return;
    const seq = (this.#control.seq === 0 ? seqBase : this.#control.seq) + 1;
    const value = frame.journal.encode({
      seq,
      at,
      stateVersion: controlStateVersion,
      origin: originOf(record),
      input: JSON.stringify(order),
      state: JSON.stringify(state),
      effects: "[]",
      pending: [],
      suppressed: [],
      parking: null,
    });
    this.#overlay.write({ key: controlActorOf(partition), value });
    this.#control = { seq, state };
  }

  /**
   * Applies the outcome of a call; one that is no longer pending belongs to a previous life and is dropped.
   */
  takeOutcome({ actor, seq, index, ending }: Outcome): void {
    const { pending } = this.#overlay.stage(actor);
    const settles = pending.find((call) => call.seq === seq && call.index === index);
    if (!settles) {
      this.outcomesDropped += 1;
      return;
    }
    const name = `${actor}/${seq}/${index}`;
    const origin = { kind: "outcome", name, partition: this.#base.partition, offset: -1 } as const;
    const { past } = this.#base.frame.topology;
    const material = materialOfOutcome(ending, settles, (input) => past?.stored(input, actor) ?? input);
    const before = this.#overlay.bytes;
    this.#overlay.deliver({ to: actor, origin, material, settles, chain: { tells: 0 } });
    this.#taken(before);
  }

  /**
   * Fires the timers of an actor that are due, the first one and more while the batch has room in `share` of
   * it; returns how many. The others stay due. Those of a parked actor wait.
   */
  takeTimers(actor: ActorId, share = 1): number {
    const { at, partition } = this.#base;
    const staged = this.#overlay.stage(actor);
    const due = staged.timers
      .filter((timer) => timer.dueAt <= at && !staged.suppressed.some(isTimer(timer)))
      .sort((a, b) => a.dueAt - b.dueAt);
    let fired = 0;
    for (const timer of due) {
      // An earlier one of them may have made the actor give this one up, or parked it.
      if (staged.parked || !staged.timers.some(isTimer(timer))) continue;
      if (fired > 0 && this.isFull(share)) break;
      const origin = { kind: "timer", name: timer.name, partition, offset: timer.dueAt } as const;
      const before = this.#overlay.bytes;
      this.#overlay.deliver({ to: actor, origin, material: { kind: "timer", timer }, chain: { tells: 0 } });
      fired += 1;
      this.timersFired += 1;
      this.#taken(before);
    }
    return fired;
  }

  /** Applies what actors told each other, in order; what these tell in turn comes after. */
  #takeTells(before: number): void {
    const { tells } = this.#overlay;
    const { commitBytesMax } = this.#base.frame.limits;
    for (let told = tells[this.#toldNext]; told; told = tells[this.#toldNext]) {
      const bytes = this.#overlay.bytes - before;
      if (bytes <= commitBytesMax) this.#overlay.deliver(told);
      else this.#overlay.bury(told, tooMuchTold(bytes, commitBytesMax));
      this.#toldNext += 1;
    }
  }

  /** The one append of this batch, and what it leaves of each actor that was touched. */
  finish(place: Pick<Position, "sources" | "at">): {
    readonly commit: Commit;
    readonly touched: readonly FinishedActor[];
  } {
    const { frame, partition, at } = this.#base;
    const checkpoint: CheckpointEntry[] = [];
    const touched: FinishedActor[] = [];
    for (const staged of this.#overlay.staged) {
      const { id: key, changed } = staged;
      const value = changed ? encodeActor(frame, staged, at) : null;
      const finished = { key, value, staged };
      touched.push(finished);
      if (changed) checkpoint.push(finished);
    }
    if (this.#control !== this.#base.control)
      checkpoint.push({ key: controlActorOf(partition), value: encodeControl(frame, this.#control, at) });
    const { journal, outputs } = this.#overlay;
    const { seqBase: seqMax, machineVersion, sealVersion } = this.kept;
    const position = {
      ...place,
      seqMax,
      machineVersion,
      ...(sealVersion !== undefined && { sealVersion }),
    };
    return { commit: { journal, outputs, checkpoint, position }, touched };
  }
}
