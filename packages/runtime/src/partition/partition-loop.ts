import { type ActorId, type EpochMs, later, type OrgId } from "@hybrid/kernel";
import {
  type Commit,
  nextOffsetOf,
  type OwnedPartition,
  type PolledRecord,
  type Position,
} from "@hybrid/log";
import type { CallOrder, Outcome } from "../call.ts";
import { CallGate } from "../calls/call-gate.ts";
import type { CallLines } from "../calls/call-lines.ts";
import type { CallOwner, CallRunner } from "../calls/call-runner.ts";
import { callSourceOf } from "../calls/call-source.ts";
import type { ServiceFrame } from "../frame.ts";
import type { ActorView, Phase } from "../options.ts";
import { Batch, type Kept } from "../step/batch.ts";
import { HeldActors } from "../step/held-actors.ts";
import type { ParkedActor } from "../step/parked-actors.ts";
import type { Control } from "../store/control-state.ts";
import type { ClockCheck } from "./clock-check.ts";
import type { CommitBound } from "./commit-bound.ts";
import { Intake } from "./intake.ts";
import type { RecordGate } from "./record-gate.ts";
import { RecordQueue } from "./record-queue.ts";
import { reportBatch } from "./report.ts";
import type { Restored } from "./restore.ts";
import { TimerRelease } from "./timer-release.ts";
import { breathe, Wake } from "./wake.ts";

/** What a loop runs on: a fenced partition, restored. */
export interface LoopBasis {
  readonly frame: ServiceFrame;
  readonly owned: OwnedPartition;
  readonly clock: ClockCheck;
  readonly restored: Restored;
  readonly runner: CallRunner;
  /** Outlives the loop. */
  readonly bound: CommitBound;
  /** Another process owned the partition just before; its calls may still be on their way. */
  readonly takenOver: boolean;
  /** Holds back what only a newer release can read. */
  readonly recordGate: RecordGate;
  /** Called when a commit has made this release's version the least that the partition needs. */
  readonly raised: () => void;
}

type Reached = Pick<Position, "sources" | "at">;

/**
 * One partition at work: takes what has arrived (outcomes, timers, records), applies it to a staged copy,
 * appends it in one commit, and only then merges the copy and starts calls (I4). One batch at a time; polling
 * goes on meanwhile. Any error ends the loop with everything uncommitted thrown away.
 */
export class PartitionLoop implements CallOwner {
  readonly partition: number;
  readonly #frame: ServiceFrame;
  readonly #owned: OwnedPartition;
  readonly #clock: ClockCheck;
  readonly #runner: CallRunner;
  readonly #actors: HeldActors;
  readonly #bound: CommitBound;
  readonly #queue: RecordQueue;
  readonly #intake: Intake;
  readonly #raised: () => void;
  readonly #wake = new Wake();
  readonly #timers: TimerRelease;
  /** What is kept back of the calls that were ordered. */
  readonly gate: CallGate;
  readonly #takenOver: boolean;
  readonly #nextOffsets: Record<string, number>;
  readonly #unstarted: CallLines;
  #control: Control;
  #failure: unknown;
  #at: EpochMs;
  #numbers: Kept;
  #draining = false;
  #cut = false;
  #working = true;
  #batches = 0;
  #steps = 0;
  #commits = 0;
  #progressAt: EpochMs;

  constructor(basis: LoopBasis) {
    const { frame, owned, restored } = basis;
    this.partition = owned.partition;
    this.#frame = frame;
    this.#owned = owned;
    this.#clock = basis.clock;
    this.#runner = basis.runner;
    this.#bound = basis.bound;
    this.#actors = new HeldActors({ ...restored, callsPending: restored.calls.size });
    this.#at = restored.at;
    const { seqMax: seqBase, machineVersion, sealVersion } = restored;
    this.#numbers = { seqBase, machineVersion, sealVersion };
    this.#raised = basis.raised;
    this.#control = restored.control;
    const source = callSourceOf(frame, this.#actors);
    this.gate = new CallGate({ frame, runner: basis.runner, owner: this, source }, restored.control.state);
    this.#takenOver = basis.takenOver;
    this.#unstarted = restored.calls;
    this.#nextOffsets = { ...owned.position?.sources };
    const { limits, scheduler } = frame;
    this.#progressAt = scheduler.now();
    this.#timers = new TimerRelease({
      due: restored.due,
      store: restored.store,
      scheduler,
      limits,
      wake: () => this.#wake.ring(),
    });
    this.#queue = new RecordQueue({
      limits,
      arrived: () => this.#wake.ring(),
      ordersTopic: frame.control.name,
      gate: basis.recordGate,
    });
    const reach = (phase: Phase): Promise<void> => this.#reach(phase);
    this.#intake = new Intake({ queue: this.#queue, timers: this.#timers, reach });
  }

  /** Works until {@link drain} or {@link cutOff} has taken effect. Rejects with what the log refused. */
  async run(): Promise<void> {
    this.gate.inherit(this.#unstarted, this.#takenOver);
    this.#intake.start(this.#owned);
    const { hot, queued } = this.#frame.memory;
    const leave = [hot.join(this.#actors.hot), queued.join(this.#queue)];
    try {
      while (!this.#finished()) {
        const failure = this.#failure ?? this.#queue.failure;
        if (failure !== undefined) throw failure;
        this.#working = true;
        const worked = await this.#turn();
        this.#working = false;
        if (worked) {
          await breathe();
          continue;
        }
        await this.#wake.wait();
        this.#progressAt = this.#frame.scheduler.now();
      }
    } finally {
      this.#working = false;
      this.#cut = true;
      this.#timers.cancel();
      this.gate.close();
      this.#runner.withdraw(this);
      for (const each of leave) each();
      await this.#queue.end();
    }
  }

  /** Takes no more records and timers and starts no more calls; ends when those in flight have ended. */
  drain(): void {
    this.#draining = true;
    this.#intake.close();
    this.gate.close();
    this.#runner.withdraw(this);
    this.#wake.ring();
  }

  /** Ends after the commit that is on its way; calls in flight are aborted and stay pending. */
  cutOff(): void {
    this.#cut = true;
    // Not only when the loop ends: while it hangs in the log, that may close what is polled.
    this.#queue.stop();
    this.#runner.abort(this);
    this.#wake.ring();
  }

  deliver(outcome: Outcome): void {
    this.#intake.deliver(outcome);
    this.#wake.ring();
  }

  nextCall(org: OrgId): CallOrder | undefined {
    try {
      return this.gate.next(org);
    } catch (error) {
      // Met in the runner's turn; it ends this loop, not the others whose calls the runner starts.
      this.#failure = error;
      this.#wake.ring();
      return undefined;
    }
  }

  takeBack(call: CallOrder): void {
    if (!this.#draining && !this.#cut) this.gate.offer([call]);
  }

  actors(prefix: string, after: string | null, limit: number): readonly ActorId[] {
    return this.#actors.store.list(prefix, after, limit);
  }

  viewOf(id: ActorId): ActorView<unknown> | undefined {
    return this.#actors.viewOf(this.#frame, id);
  }

  get steps(): number {
    return this.#steps;
  }

  get commits(): number {
    return this.#commits;
  }

  /** Something can be done now, without time passing and without a call ending. */
  get busy(): boolean {
    return this.#working || !this.#wake.asleep || this.#intake.hasOutcomes;
  }

  /** When the loop or its gate will wake up by itself, or null. */
  get wakesAt(): EpochMs | null {
    const timerAt = this.#timers.wakesAt;
    const { opensAt } = this.gate;
    if (timerAt === null || opensAt === null) return timerAt ?? opensAt;
    return timerAt < opensAt ? timerAt : opensAt;
  }

  get parked(): readonly ParkedActor[] {
    const { partition } = this;
    return [...this.#actors.parked].map(([actor, summary]) => ({ actor, partition, ...summary }));
  }

  /** When it last finished a batch, or found nothing to do. */
  get progressAt(): EpochMs {
    return this.busy ? this.#progressAt : this.#frame.scheduler.now();
  }

  get counts() {
    const { callsPending, due, store, hot, parked, inputsParked } = this.#actors;
    return {
      recordsQueued: this.#queue.size,
      callsPending,
      callsQueued: this.gate.waiting,
      bytesCalls: this.gate.bytes,
      timersHeld: due.size,
      timersOverdue: due.countDue(this.#now()),
      actorsHeld: store.size,
      bytesHot: hot.bytes,
      bytesQueued: this.#queue.bytes,
      commitBytesMax: this.#bound.bytes,
      callsHeld: this.gate.size,
      actorsParked: parked.size,
      inputsParked,
    };
  }

  #finished(): boolean {
    if (this.#cut) return true;
    return this.#draining && !this.#intake.hasOutcomes && this.#runner.inFlightOf(this) === 0;
  }

  #now(): EpochMs {
    return later(this.#frame.scheduler.now(), this.#at);
  }

  async #reach(phase: Phase): Promise<void> {
    if (this.#frame.observer) await this.#frame.observer.at(phase, this.partition);
  }

  /** One batch; false when there is nothing to do. */
  async #turn(): Promise<boolean> {
    const turn = this.#commitTurn();
    if (!turn) return this.#takeBatch();
    const endTurn = await turn;
    try {
      return await this.#takeBatch();
    } finally {
      endTurn();
    }
  }

  /** A batch that could be larger waits for its turn; a full one and one without records do not. */
  #commitTurn(): Promise<() => void> | undefined {
    const { size } = this.#queue;
    if (size === 0 || size >= this.#frame.limits.recordsPerBatchMax) return undefined;
    return this.#owned.turn?.();
  }

  async #takeBatch(): Promise<boolean> {
    await this.#clock.keepTrue(this.#at);
    if (!this.#intake.hasInputs(this.#now())) {
      if (!this.#draining) this.#timers.makeAppointment(this.#now());
      return false;
    }
    const at = this.#now();
    const keys = this.#frame.keys?.session() ?? null;
    const batch = new Batch({
      frame: this.#frame,
      keys,
      partition: this.partition,
      at,
      store: this.#actors.store,
      hot: this.#actors.hot,
      batch: (this.#batches += 1),
      ...this.#numbers,
      control: this.#control,
      bytesMax: this.#bound.bytes,
    });
    const records = await this.#intake.feed({ batch, at, keys });
    await this.#reach("afterStep");
    await this.#append(batch, { position: this.#positionAfter(records, at), records });
    return true;
  }

  #positionAfter(records: readonly PolledRecord[], at: EpochMs): Reached {
    const sources = { ...this.#nextOffsets };
    for (const record of records) sources[record.topic] = nextOffsetOf(record);
    return { sources, at };
  }

  async #append(
    batch: Batch,
    taken: { readonly position: Reached; readonly records: readonly { readonly topic: string }[] },
  ): Promise<void> {
    const { position, records } = taken;
    const { commit, touched } = batch.finish(position);
    const idle = records.length + commit.journal.length + commit.outputs.length === 0;
    if (!idle) {
      await this.#reach("beforeAppend");
      await this.#commit(commit, batch.bytes);
      await this.#reach("afterAppend");
      this.#commits += 1;
    }
    if (batch.kept.machineVersion > this.#numbers.machineVersion) this.#raised();
    this.#numbers = batch.kept;
    Object.assign(this.#nextOffsets, position.sources);
    this.#at = position.at;
    for (const actor of touched) this.#actors.merge(actor, this.#at);
    this.#intake.goOnWith(batch.unfinished);
    this.#steps += batch.steps;
    this.#progressAt = this.#frame.scheduler.now();
    reportBatch(this.#frame, batch, { partition: this.partition, records });
    if (!this.#draining && !this.#cut) this.#start(batch);
    this.#queue.nudge();
  }

  async #commit(commit: Commit, bytes: number): Promise<void> {
    const { service, metrics } = this.#frame;
    const startedAt = performance.now();
    await this.#bound.keep(bytes, this.#frame.scheduler, () => this.#owned.commit(commit));
    metrics.commitSeconds.observe({ service }, (performance.now() - startedAt) / 1_000);
    metrics.commitBytes.observe({ service }, bytes);
  }

  /** Starts what the batch has ordered, as operators allow it from now on. */
  #start({ control, orders }: Batch): void {
    if (control !== this.#control) this.gate.follow(control.state);
    this.#control = control;
    this.gate.offer(orders);
  }
}
