import { type EpochMs, plus } from "@hybrid/kernel";
import type { Log, Membership, OwnedPartition } from "@hybrid/log";
import type { CallRunner } from "../calls/call-runner.ts";
import { NewerReleaseError, PartitionFailedError, reasonOf, traceOf } from "../errors.ts";
import type { ServiceFrame } from "../frame.ts";
import type { DeadlineTimer, PartitionStatus } from "../options.ts";
import { stalledAfterMs } from "../options.ts";
import { afterAtMost } from "../patience.ts";
import { newerThan } from "../store/actor-codec.ts";
import { catchUp } from "./catch-up.ts";
import { ClockCheck, correctTime } from "./clock-check.ts";
import { CommitBound } from "./commit-bound.ts";
import { PartitionLoop } from "./partition-loop.ts";
import type { PartitionState } from "./partition-state.ts";
import { RecordGate } from "./record-gate.ts";
import { restorePartition } from "./restore.ts";
import { forgetLeft, sealPast } from "./seal-past.ts";
import { Trouble } from "./trouble.ts";

/** What a host works with. */
export interface HostPorts {
  readonly frame: ServiceFrame;
  readonly log: Log;
  readonly membership: Promise<Membership>;
  readonly runner: CallRunner;
  readonly deadlineTimer: DeadlineTimer;
  /** Remembers who owns the partition now; true while calls of another process may still be on their way. */
  readonly own: (owned: Pick<OwnedPartition, "partition" | "epoch" | "position">) => boolean;
  /** A former host of the same partition must have ended first. */
  readonly predecessor: Promise<void>;
  /** Called after every change of state. */
  readonly changed: () => void;
  readonly failed: (error: PartitionFailedError) => void;
  /** This release is too old for the partition, which goes to a newer worker, or waits for one. */
  readonly declined: (error: NewerReleaseError) => void;
}

const backoffMsMin = 250;

/** Nobody sets a clock within seconds, and each attempt is a fence. */
const clockPauseMsMax = 300_000;

/** From the second version on: the first is also that of workers that say none. */
const requireRelease = (membership: Membership, partition: number, version: number): void => {
  if (version > 1) membership.requireVersion(partition, version);
};

/**
 * A partition for as long as the group gives it to us:
 * assigned -> fencing -> restoring -> running -> draining -> closed. Every error leads back to fencing after
 * a pause. Only damage that several owners in a row have met, each by its own reading, leads to closed: a
 * person must see to it, and the other partitions go on.
 */
export class PartitionHost {
  readonly partition: number;
  readonly #ports: HostPorts;
  readonly #ended: Promise<void>;
  readonly #bound: CommitBound;
  readonly #trouble: Trouble;
  #state: PartitionState = "assigned";
  #since: EpochMs;
  #reason: string | null = "assigned, not yet fenced";
  #dead = false;
  #assigned = true;
  #over = false;
  #loop: PartitionLoop | undefined;
  #gate: RecordGate | undefined;
  #declined = false;
  #pause: { readonly until: EpochMs; readonly end: () => void } | undefined;
  #attempt = 0;
  #stepsBefore = 0;
  #release: Promise<void> | undefined;

  constructor(partition: number, ports: HostPorts) {
    this.partition = partition;
    this.#ports = ports;
    this.#since = ports.frame.scheduler.now();
    this.#bound = new CommitBound(ports.frame.limits.commitBytesMax);
    this.#trouble = new Trouble(ports.frame.scheduler);
    this.#ended = this.#live();
  }

  /** The loop, while it runs. */
  get loop(): PartitionLoop | undefined {
    return this.#loop;
  }

  get status(): PartitionStatus {
    const { partition } = this;
    const now = this.#ports.frame.scheduler.now();
    const stalled = this.#loop !== undefined && now - this.#loop.progressAt > stalledAfterMs;
    const reason = this.#reason ?? this.#gate?.reason ?? null;
    const [state, since, dead] = [this.#state, this.#since, this.#dead];
    return { partition, state, since, reason, dead, stalled, circling: this.#trouble.isCircling };
  }

  get steps(): number {
    return this.#stepsBefore + (this.#loop?.steps ?? 0);
  }

  get busy(): boolean {
    if (this.#state === "closed" || this.#pause) return false;
    return this.#state !== "running" || (this.#loop?.busy ?? true) || this.#gate?.looking === true;
  }

  get wakesAt(): EpochMs | null {
    const [loop, gate] = [this.#loop?.wakesAt ?? null, this.#gate?.looksAgainAt ?? null];
    if (loop === null || gate === null) return this.#pause?.until ?? loop ?? gate;
    return loop < gate ? loop : gate;
  }

  /**
   * Gives the partition up: finishes the batch, waits a while for calls, aborts the rest, releases. Takes at
   * most twice the drain limit even when the log hangs; then the next owner's fence shuts this one out.
   */
  revoke(): Promise<void> {
    this.#release ??= this.#giveUp();
    return this.#release;
  }

  async #giveUp(): Promise<void> {
    const { frame, deadlineTimer } = this.#ports;
    const { drainMs } = frame.limits;
    this.#assigned = false;
    this.#pause?.end();
    if (this.#loop) this.#enter("draining", "the partition is being given up");
    this.#loop?.drain();
    const { promise: tooLong, resolve } = Promise.withResolvers<void>();
    const clocks = { scheduler: frame.scheduler, deadlineTimer };
    const cancels = [
      afterAtMost(clocks, drainMs, () => this.#loop?.cutOff()),
      afterAtMost(clocks, 2 * drainMs, resolve),
    ];
    await Promise.race([this.#ended, tooLong]);
    for (const cancel of cancels) cancel();
    this.#enter("closed", "given up");
    this.#over = true;
  }

  /** Once given up it stays closed, whatever of it hangs in the log and comes back later. */
  #enter(state: PartitionState, reason: string | null): void {
    if (this.#over) return;
    if (this.#state !== state) this.#since = this.#ports.frame.scheduler.now();
    this.#state = state;
    this.#reason = reason;
    const { frame, changed } = this.#ports;
    frame.logger.info({ service: frame.service, partition: this.partition, state }, `partition ${state}`);
    changed();
  }

  async #live(): Promise<void> {
    await this.#ports.predecessor;
    while (this.#assigned) {
      try {
        await this.#own();
      } catch (error) {
        if ((await this.#decline(error)) || !(await this.#recover(error))) break;
      }
    }
    if (!this.#dead && !this.#declined) this.#enter("closed", "given up");
  }

  /** From fence to release. */
  async #own(): Promise<void> {
    this.#enter("fencing", "shutting out the former owner");
    const membership = await this.#ports.membership;
    if (!this.#assigned) return;
    const askedAt = this.#ports.frame.scheduler.now();
    const owned = await membership.fence(this.partition);
    try {
      if (this.#assigned) await this.#work(owned, new ClockCheck(this.#ports.frame, owned, askedAt));
    } finally {
      forgetLeft(this.#ports.frame, this.partition);
      await this.#close(owned);
    }
  }

  async #work(owned: OwnedPartition, clock: ClockCheck): Promise<void> {
    const { frame, log, runner } = this.#ports;
    const takenOver = this.#ports.own(owned);
    this.#enter("restoring", "reading checkpoint and journal");
    await clock.compare();
    if (!this.#assigned) return;
    const startedAt = performance.now();
    const { stateVersion } = frame.topology;
    const { machineVersion = 0 } = owned.position ?? {};
    if (machineVersion > stateVersion)
      throw newerThan(
        frame,
        `partition ${this.partition} of ${frame.service} holds states of version ${machineVersion}`,
        machineVersion,
      );
    const { end: journalEnd } = await log.offsets(frame.journal.name, this.partition);
    const restored = await restorePartition(frame, { owned, journalEnd }, () => this.#assigned);
    if (!restored || !this.#assigned) return;
    const bound = this.#bound;
    const goOn = (): boolean => this.#assigned;
    await catchUp(owned, restored.behind, { bound, clock: frame.scheduler, goOn });
    const timely = await correctTime(frame, owned, restored);
    const sealed = await sealPast(
      { frame, owned, log, bound, goOn, tell: (what) => void (this.#reason = what) },
      timely,
    );
    const membership = await this.#ports.membership;
    // Given up meanwhile: its records and calls are another owner's. Nothing is waited for from here on.
    if (!this.#assigned) return;
    frame.metrics.restoreSeconds.observe({ service: frame.service }, (performance.now() - startedAt) / 1_000);
    const { partition } = this;
    const recordGate = new RecordGate({ frame, partition, deadlineTimer: this.#ports.deadlineTimer });
    const raised = (): void => requireRelease(membership, partition, stateVersion);
    if (sealed.machineVersion === stateVersion) raised();
    const loop = new PartitionLoop({
      frame,
      owned,
      clock,
      restored: sealed,
      runner,
      bound,
      takenOver,
      recordGate,
      raised,
    });
    await this.#run(loop, recordGate);
  }

  async #run(loop: PartitionLoop, recordGate: RecordGate): Promise<void> {
    this.#gate = recordGate;
    this.#loop = loop;
    this.#enter("running", null);
    this.#trouble.runs();
    try {
      await loop.run();
    } finally {
      this.#loop = undefined;
      this.#gate = undefined;
      this.#stepsBefore += loop.steps;
      if (loop.commits > 0) this.#attempt = 0;
    }
  }

  async #close(owned: OwnedPartition): Promise<void> {
    try {
      await owned.close();
    } catch (error) {
      // The next fence shuts this owner out whether it could say goodbye or not.
      const { frame } = this.#ports;
      frame.logger.warn(
        { service: frame.service, partition: this.partition, ...traceOf(error) },
        "a partition could not be closed in good order",
      );
    }
  }

  /** Leaves the partition to a newer worker; false when the error is another one, or does not say which. */
  async #decline(error: unknown): Promise<boolean> {
    if (!(error instanceof NewerReleaseError) || error.needs === null) return false;
    const { needs } = error;
    const { frame, membership, declined } = this.#ports;
    const { partition } = this;
    this.#declined = true;
    frame.logger.warn({ service: frame.service, partition, needs }, `declined: ${error.message}`);
    this.#enter("closed", error.message);
    declined(error);
    (await membership).requireVersion(partition, needs);
    return true;
  }

  /** Decides what follows an error; true when the partition is to be fenced again. */
  async #recover(error: unknown): Promise<boolean> {
    const { frame } = this.#ports;
    const { service, metrics, logger, limits } = frame;
    const { kind, stop } = this.#trouble.judge(error);
    const name = error instanceof Error ? error.constructor.name : typeof error;
    metrics.commitsFailed.inc({ service, error: name });
    if (kind === "fenced") metrics.fenced.inc({ service });
    if (stop) {
      const failure = new PartitionFailedError({ service, partition: this.partition }, error);
      logger.error({ service, partition: this.partition, ...traceOf(error) }, failure.message);
      this.#dead = true;
      this.#enter("closed", failure.message);
      this.#ports.failed(failure);
      return false;
    }
    if (!this.#assigned) return false;
    const isForeseen = kind !== "unknown" && kind !== "damage";
    logger[isForeseen ? "warn" : "error"](
      { service, partition: this.partition, attempt: this.#attempt, kind, ...traceOf(error) },
      `nothing uncommitted is kept; fencing again after a pause: ${reasonOf(error)}`,
    );
    await this.#backOff(reasonOf(error), kind === "clock" ? clockPauseMsMax : limits.backoffMsMax);
    return this.#assigned;
  }

  async #backOff(reason: string, msMax: number): Promise<void> {
    const { scheduler, random } = this.#ports.frame;
    const longest = Math.min(msMax, backoffMsMin * 2 ** Math.min(this.#attempt, 20));
    this.#attempt += 1;
    const ms = longest * (0.5 + random() / 2);
    const until = plus(scheduler.now(), ms);
    await new Promise<void>((resolve) => {
      const cancel = afterAtMost({ scheduler, deadlineTimer: this.#ports.deadlineTimer }, ms, resolve);
      const end = (): void => {
        cancel();
        resolve();
      };
      this.#pause = { until, end };
      this.#enter("fencing", `waiting before the next attempt: ${reason}`);
    });
    this.#pause = undefined;
  }
}
