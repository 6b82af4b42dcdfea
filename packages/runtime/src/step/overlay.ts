import type { InputOrigin, Parked, ParkedInput, SuppressedTimer } from "@hybrid/contracts";
import type { ActorId } from "@hybrid/kernel";
import type { JournalEntry, OutgoingRecord } from "@hybrid/log";
import { KeysMissing, maySeal } from "@hybrid/sealing";
import type { CallOrder } from "../call.ts";
import { isTimer } from "../store/actor-codec.ts";
import {
  type Arrival,
  type Chain,
  keptInput,
  type Made,
  madeFrom,
  materialOfKept,
  pristine,
  upgradedMaterial,
} from "./arrival.ts";
import { deadInput, deadRecord } from "./dead-letters.ts";
import { type Ordered, prepareEffects, type StepPlace, timersOf } from "./effects.ts";
import { hasRoom, parkedBytes, parkingOf, withoutFirst } from "./parking.ts";
import { isPlainData } from "./plain-data.ts";
import { jsonOf, PoisonError } from "./poison.ts";
import { closedEffects, closedJson, openedJson } from "./sealed-parts.ts";
import { stepOf } from "./service-code.ts";
import { checkOutputSize, checkStateSize, entryBytes, outputBytes } from "./sizes.ts";
import { type StagedActor, type StagingBase, stageCold, stageHot } from "./staged-actor.ts";
import { journalRecord, stepRecords } from "./step-records.ts";
import { become, checkFired, type EnvelopeChange, failureOf, withoutCall } from "./step-traces.ts";

/** What an overlay lies on; no record of it is changed before the commit. */
export interface OverlayBase extends StepPlace, StagingBase {
  /** What the commit may have, in bytes. */
  readonly bytesMax: number;
}

/** An input that could not be applied, and what became of it. */
export interface Failure {
  readonly actor: ActorId | null;
  readonly origin: InputOrigin;
  readonly poison: PoisonError;
  readonly fate: "dead" | "parked";
}

const none: readonly SuppressedTimer[] = [];

/**
 * Inputs applied to copies of their actors. An input that fails parks its actor; what comes for a parked
 * actor is kept in order with it (I3). Nothing is visible outside before the commit.
 */
export class Overlay {
  readonly #base: OverlayBase;
  readonly #staged: StagedActor[] = [];
  /** Those of them that were not decoded before. */
  readonly #cold = new Map<ActorId, StagedActor>();
  readonly #journal: JournalEntry[] = [];
  readonly #outputs: OutgoingRecord[] = [];
  readonly orders: CallOrder[] = [];
  readonly failures: Failure[] = [];
  /** What actors have told each other and is not yet applied. */
  readonly tells: Arrival[] = [];
  /** Parked actors whose inputs are to be retried further, in another commit. */
  readonly unfinished: ActorId[] = [];
  steps = 0;
  /** The greatest step number that the partition has given so far. */
  seqMax: number;
  #bytes = 0;
  #stagedChars = 0;

  constructor(base: OverlayBase) {
    this.#base = base;
    this.seqMax = base.seqBase;
  }

  get staged(): Iterable<StagedActor> {
    return this.#staged;
  }

  get journal(): readonly JournalEntry[] {
    return this.#journal;
  }

  get outputs(): readonly OutgoingRecord[] {
    return this.#outputs;
  }

  /** What the commit will have so far, at most: journal, checkpoint and outputs. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Length of the states that were decoded for it. */
  get stagedChars(): number {
    return this.#stagedChars;
  }

  /** Adds a record to what is emitted. */
  emit(output: OutgoingRecord): void {
    this.#outputs.push(output);
    this.#bytes += outputBytes(output);
  }

  /** Adds a record to the journal. */
  write(entry: JournalEntry): void {
    this.#journal.push(entry);
    this.#bytes += entryBytes(entry);
  }

  /** The actor as this batch has it so far. `slot`: its slot of the store, for who has looked it up. */
  stage(id: ActorId, slot = this.#base.store.slotOf(id)): StagedActor {
    const { hot, batch, keys } = this.#base;
    const busy = slot === undefined ? undefined : hot.get(slot);
    if (busy) {
      if (busy.batch === batch) return busy;
      // Opened again in each batch, so that a key that was erased meanwhile is missed.
      if (keys && !busy.fault && maySeal(busy.stateJson)) busy.state = openedJson(this.#base, busy.stateJson);
      stageHot(busy, batch);
      this.#staged.push(busy);
      return busy;
    }
    const known = this.#cold.get(id);
    if (known) return known;
    const staged = stageCold(this.#base, { id, slot });
    this.#cold.set(id, staged);
    this.#staged.push(staged);
    this.#stagedChars += staged.stateJson.length;
    return staged;
  }

  /** Applies an input, or keeps it with its actor. */
  deliver(arrival: Arrival): void {
    const staged = this.stage(arrival.to, arrival.slot);
    if (staged.parked) {
      this.#keep(staged, staged.parked, arrival);
      return;
    }
    let made: Made | undefined;
    try {
      if (staged.fault) throw staged.fault;
      made = madeFrom(this.#base, arrival.material);
      this.#apply(staged, arrival, { made, retried: null });
    } catch (error) {
      this.#park(staged, pristine(arrival, made), failureOf(staged, error, this.#base));
    }
  }

  /**
   * Applies a parked actor's inputs in order, until none is left or one fails; those for which the commit has
   * no room are left to another one. Throws {@link KeysMissing} between two inputs.
   */
  retry(actor: ActorId): void {
    const staged = this.stage(actor);
    while (staged.parked) {
      if (!this.#retryFirst(staged, staged.parked)) return;
      if (!staged.parked || this.#bytes < this.#base.bytesMax) continue;
      this.unfinished.push(actor);
      return;
    }
  }

  /** Dead-letters a parked actor's first input, or all; what is left is retried. `by`: the order's origin. */
  drop(actor: ActorId, all: boolean, by: InputOrigin): void {
    const staged = this.stage(actor);
    const { parked } = staged;
    if (!parked) return;
    const dropped = parked.inputs.slice(0, all ? parked.inputs.length : 1);
    const suppressed: SuppressedTimer[] = [...staged.suppressed];
    for (const input of dropped) {
      const material = materialOfKept(input);
      if (material.kind === "timer") suppressed.push(material.timer);
      const poison = new PoisonError("dropped", "an operator dropped it from a parked actor");
      this.bury({ to: actor, origin: input.origin, material, chain: { tells: 0 } }, poison);
    }
    const taken = dropped.length;
    this.#change(staged, by, { parked: withoutFirst(parked, taken), taken, suppressed });
    // An order is followed once: what misses keys now goes on in the next batch, which asks for them.
    if (this.#base.keys) this.unfinished.push(actor);
    else this.retry(actor);
  }

  /**
   * One step. Where keys are missing afterwards it is done again, on the state as it was: its JSON is read
   * again, which costs less than a copy for each step.
   */
  #apply(
    staged: StagedActor,
    arrival: Arrival,
    how: { readonly made: Made; readonly retried: Parked | null },
  ): void {
    try {
      this.#applied(staged, arrival, how);
    } catch (error) {
      if (error instanceof KeysMissing) staged.state = openedJson(this.#base, staged.stateJson);
      throw error;
    }
  }

  /**
   * One step. Whatever it throws is the doing of the service's code; then nothing was ordered, and the actor
   * is as it was but for what its machine may have done to the state it was given.
   */
  #applied(
    staged: StagedActor,
    arrival: Arrival,
    { made, retried }: { readonly made: Made; readonly retried: Parked | null },
  ): void {
    const { frame, at, keys } = this.#base;
    const { to, chain, settles, material } = arrival;
    const seq = staged.seq + 1;
    const { input, json } = made;
    const { state: left, effects: ordering } = stepOf(frame, { state: staged.state, input, at, self: to });
    const effects = closedEffects(this.#base, ordering);
    const isSame = left === staged.state;
    const stateJson = isSame ? staged.stateJson : closedJson(this.#base, jsonOf(left, "the state"));
    if (!isSame) checkStateSize(stateJson, staged.stateJson, frame.limits.stateBytesMax);
    // The next step must see what it would see after a restart, whether or not it comes in the same batch.
    const isKept = isSame || (isPlainData(left) && !(keys && maySeal(stateJson)));
    const state = isKept ? left : openedJson(this.#base, stateJson);
    const ordered = prepareEffects(this.#base, { actor: to, seq }, effects);
    checkOutputSize(ordered.outputs, frame.limits.commitBytesMax);
    const timers = timersOf(this.#base, state);
    if (material.kind === "timer") checkFired(material.timer, timers);
    if (chain.tells + ordered.tells.length > frame.limits.tellsPerBatchMax)
      throw new PoisonError("tooManyTells", "the actors that this input reaches tell each other without end");
    const kept = settles ? staged.pending.filter((call) => call !== settles) : staged.pending;
    const sameState = stateJson === staged.stateJson;
    const same = sameState && effects.length === 0 && kept === staged.pending && !retried;
    // A step that changes nothing and orders nothing leaves no record: the position says that it was taken.
    if (!same) {
      const parked = retried && withoutFirst(retried, 1);
      const suppressed = sameState ? staged.suppressed : none;
      const pending = ordered.pending.length === 0 ? kept : [...kept, ...ordered.pending];
      const parking = retried && parkingOf(retried, parked, { taken: 1, kept: null });
      const { stateVersion } = frame.topology;
      const { origin } = arrival;
      const written = { seq, stateJson, stateVersion, pending, suppressed, input: json, parking };
      const records = stepRecords(this.#base, { origin, written, effects, parked });
      const last = seq + records.length - 1;
      this.#append(to, records, last);
      this.#weigh(staged, records[0]?.length ?? 0, parked);
      become(staged, { seq: last, state, stateJson, stateVersion, pending, timers, suppressed, parked });
      this.#order(ordered, { by: to, seq, chain });
    }
    this.steps += 1;
  }

  #order(
    { outputs, calls, tells }: Ordered,
    step: { readonly by: ActorId; readonly seq: number; readonly chain: Chain },
  ): void {
    const { by, seq, chain } = step;
    for (const output of outputs) this.emit(output);
    for (const call of calls) this.orders.push(call);
    if (tells.length === 0) return;
    chain.tells += tells.length;
    const origin = { kind: "tell", name: by, partition: this.#base.partition, offset: seq } as const;
    for (const { to, input } of tells)
      this.tells.push({ to, origin, material: { kind: "input", input }, chain });
  }

  /** Appends an actor's journal records, of which the last one has the number `last`. */
  #append(key: ActorId, records: readonly Uint8Array[], last: number): void {
    this.seqMax = Math.max(this.seqMax, last);
    for (const value of records) this.write({ key, value });
  }

  /** An actor's checkpoint record has nothing that its journal record has not, but its parked inputs. */
  #weigh(staged: StagedActor, journalBytes: number, parked: Parked | null): void {
    const recordBytes = journalBytes + parkedBytes(parked);
    this.#bytes += recordBytes - staged.recordBytes;
    staged.recordBytes = recordBytes;
  }

  /** Changes an actor's record without a step; the journal record's null input says so. */
  #change(staged: StagedActor, origin: InputOrigin, change: EnvelopeChange): void {
    const { stateJson, stateVersion, pending, suppressed, parked: before } = staged;
    const { taken = 0, kept = null, parked = before, ...changed } = change;
    const next = { stateJson, stateVersion, pending, suppressed, ...changed, seq: staged.seq + 1 };
    const parking = parkingOf(before, parked, { taken, kept });
    const written = { ...next, input: "null", effects: "[]", parking };
    const record = journalRecord(this.#base, origin, written);
    this.#append(staged.id, [record], next.seq);
    this.#weigh(staged, record.length, parked);
    Object.assign(staged, next, { parked, changed: true });
  }

  #park(staged: StagedActor, arrival: Arrival, poison: PoisonError): void {
    const { origin } = arrival;
    const kept = this.#kept(staged, arrival);
    if (!kept) {
      this.bury(arrival, poison);
      const { settles, material } = arrival;
      if (settles) this.#change(staged, origin, { pending: withoutCall(staged, settles) });
      if (material.kind === "timer")
        this.#change(staged, origin, { suppressed: [...staged.suppressed, material.timer] });
      return;
    }
    const parked = {
      cause: poison.poisonCause,
      reason: poison.message,
      since: this.#base.at,
      overflowed: false,
      inputs: [kept],
    };
    this.#change(staged, origin, { parked, kept, pending: withoutCall(staged, arrival.settles) });
    this.failures.push({ actor: staged.id, origin, poison, fate: "parked" });
  }

  /** The input as the actor's record keeps it; undefined when there is no room, or JSON cannot hold it. */
  #kept(staged: StagedActor, arrival: Arrival): ParkedInput | undefined {
    try {
      const kept = keptInput(this.#base, arrival);
      return hasRoom(staged, kept, this.#base.frame.limits) ? kept : undefined;
    } catch (error) {
      if (error instanceof KeysMissing) throw error;
      return undefined;
    }
  }

  #keep(staged: StagedActor, parked: Parked, arrival: Arrival): void {
    const { origin, settles } = arrival;
    const pending = withoutCall(staged, settles);
    // Once one had no room, none that comes later may overtake it.
    const kept = parked.overflowed ? undefined : this.#kept(staged, arrival);
    if (kept) {
      this.#change(staged, origin, {
        parked: { ...parked, inputs: [...parked.inputs, kept] },
        kept,
        pending,
      });
      return;
    }
    const held = parked.inputs.length;
    this.bury(arrival, new PoisonError("parkedFull", `its actor is parked and keeps ${held} inputs already`));
    if (settles || !parked.overflowed)
      this.#change(staged, origin, { parked: { ...parked, overflowed: true }, pending });
  }

  /** One parked input; false when it failed again. */
  #retryFirst(staged: StagedActor, parked: Parked): boolean {
    const [first] = parked.inputs;
    if (!first) return false;
    const { origin } = first;
    const kept = materialOfKept(first);
    if (kept.kind === "timer" && !staged.fault && !staged.timers.some(isTimer(kept.timer))) {
      // An input that was dropped or retried before it has made the actor give this timer up.
      this.#change(staged, origin, { parked: withoutFirst(parked, 1), taken: 1 });
      return true;
    }
    try {
      if (staged.fault) throw staged.fault;
      const material = upgradedMaterial(this.#base.frame, first);
      const made = madeFrom(this.#base, material);
      this.#apply(
        staged,
        { to: staged.id, origin, material, chain: { tells: 0 } },
        { made, retried: parked },
      );
      return true;
    } catch (error) {
      const poison = failureOf(staged, error, this.#base);
      const { poisonCause: cause, message: reason } = poison;
      this.#change(staged, origin, { parked: { ...parked, cause, reason } });
      this.failures.push({ actor: staged.id, origin, poison, fate: "parked" });
      return false;
    }
  }

  /** Dead-letters an input, or the source record that it is. */
  bury(arrival: Arrival, poison: PoisonError): void {
    const { to, origin, record } = arrival;
    const letter = record ? deadRecord(this.#base, record, poison) : deadInput(this.#base, arrival, poison);
    this.emit(letter);
    this.failures.push({ actor: to, origin, poison, fate: "dead" });
  }
}
