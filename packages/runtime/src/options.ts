import type { AnyTopicContract } from "@hybrid/contracts";
import type { ActorId, Cancel, EpochMs, Handlers, OrgId, Random, Scheduler, Topology } from "@hybrid/kernel";
import type { Log } from "@hybrid/log";
import type { KeyRing } from "@hybrid/sealing";
import type { ObservedReport } from "./call.ts";
import type { RuntimeMetrics } from "./metrics.ts";
import type { PartitionState } from "./partition/partition-state.ts";
import type { WorkingMemory } from "./process/memory-share.ts";
import type { ParkedActor } from "./step/parked-actors.ts";

/** What the runtime needs of a logger; pino fits. The first argument holds ids and codes, never content. */
export interface Logger {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** Every bound of the loop; each queue has one. */
export interface RuntimeLimits {
  /** Records that one batch may take. */
  readonly recordsPerBatchMax: number;
  /** Bytes of records that one batch may take; a single larger record still passes alone. */
  readonly bytesPerBatchMax: number;
  /** Records of one partition that may wait, polled but not yet applied. */
  readonly recordsQueuedMax: number;
  /** Inputs that may follow by tells from one input; the step that goes beyond is poison. */
  readonly tellsPerBatchMax: number;
  /** Actors whose timers one batch may fire; organisations take turns. */
  readonly timersPerBatchMax: number;
  /** Actors whose timers a partition may fire per second, so that a crowd of overdue ones comes in order. */
  readonly timersPerSecondMax: number;
  /**
   * Calls running at the same time in this service of this process. While several organisations have calls,
   * none starts more than its even share; half as many more may run for those below their share, so that slow
   * calls of another one do not keep them waiting. Ordered calls that wait for their turn are part of their
   * actors' records; each takes at most some 100 bytes of memory.
   */
  readonly callsInFlightMax: number;
  /** The largest journal record or emitted record, in bytes; a step that goes beyond is poison. */
  readonly recordBytesMax: number;
  /** The largest state of an actor as JSON, in bytes; a step that goes beyond is poison. */
  readonly stateBytesMax: number;
  /**
   * Bytes of journal, checkpoint and emitted records at which a batch ends; its last input may go beyond. A
   * commit that the log refuses for its size, or that takes too long, comes again in halves. What one step
   * emits, and what follows from one input by tells, is bounded by it too; beyond it is poison.
   */
  readonly commitBytesMax: number;
  /** Bytes of decoded actors kept ready in the whole process, about. */
  readonly hotBytesMax: number;
  /** Bytes of records that wait, polled but not yet applied, in the whole process; one always passes. */
  readonly queuedBytesMax: number;
  /** Inputs kept with a parked actor; further ones are dead-lettered. */
  readonly parkedInputsMax: number;
  /**
   * By how much this machine's clock may differ from the log's, in milliseconds: beyond that its partitions
   * do not run.
   */
  readonly clockSkewMsMax: number;
  /** How long a stop waits for calls before it aborts them, in milliseconds. */
  readonly drainMs: number;
  /** The longest pause before a partition is fenced again, in milliseconds. */
  readonly backoffMsMax: number;
}

/** The limits that hold where an option names no other. */
export const defaultLimits: RuntimeLimits = {
  recordsPerBatchMax: 1_000,
  bytesPerBatchMax: 4 * 1024 * 1024,
  recordsQueuedMax: 1_000,
  tellsPerBatchMax: 10_000,
  timersPerBatchMax: 500,
  timersPerSecondMax: 1_000,
  callsInFlightMax: 64,
  recordBytesMax: 900 * 1024,
  stateBytesMax: 512 * 1024,
  commitBytesMax: 8 * 1024 * 1024,
  hotBytesMax: 64 * 1024 * 1024,
  queuedBytesMax: 64 * 1024 * 1024,
  parkedInputsMax: 1_000,
  clockSkewMsMax: 60_000,
  drainMs: 4_000,
  backoffMsMax: 30_000,
};

/** A step of the loop at which a fault test may stop it. */
export type Phase =
  | "beforeDecode"
  | "afterStep"
  | "beforeAppend"
  | "afterAppend"
  | "beforeCall"
  | "afterCall"
  | "beforeOutcome";

/**
 * Hears every step of the loop and may hold it up: a promise that never ends is a process that died there.
 */
export interface Observer {
  at(phase: Phase, partition: number): void | Promise<void>;
}

/** Runs a callback once after `ms` of real time, whatever the {@link Scheduler}'s clock does. */
export type DeadlineTimer = (ms: number, run: () => void) => Cancel;

/** What {@link runService} runs, and on which ports. */
export interface ServiceOptions<State, Input, Call extends { readonly kind: string }> {
  readonly topology: Topology<State, Input, Call>;
  readonly handlers: Handlers<Call, Input>;
  readonly log: Log;
  /** The catalogue of all topics: what sources and emits must be part of. */
  readonly topics: readonly AnyTopicContract[];
  /** Partitions of every topic. */
  readonly partitions: number;
  readonly scheduler: Scheduler;
  readonly random: Random;
  readonly logger: Logger;
  readonly metrics: RuntimeMetrics;
  readonly limits?: Partial<RuntimeLimits>;
  /** Keys of sealed values, for a topology that declares some; shared by all services of this process. */
  readonly keys?: KeyRing;
  /** Shared by all services of this process; one of its own, as the limits say, when left out. */
  readonly memory?: WorkingMemory;
  /** The group's session timeout in milliseconds: no call starts on a heartbeat older than half of it. */
  readonly sessionTimeoutMs?: number;
  /** Ends calls that hang although the scheduler's clock stands still; real time when left out. */
  readonly deadlineTimer?: DeadlineTimer;
  readonly observer?: Observer;
}

/** One partition as its owner sees it. */
export interface PartitionStatus {
  readonly partition: number;
  readonly state: PartitionState;
  /** When it came into this state. */
  readonly since: EpochMs;
  /** Why it does not run, or why its records wait although it does, one sentence; null when all is well. */
  readonly reason: string | null;
  /** It stopped for good: a person must act. */
  readonly dead: boolean;
  /** It has work and has not done any for longer than {@link stalledAfterMs}. */
  readonly stalled: boolean;
  /** It has failed and been fenced again and again for longer than {@link circlingAfterMs}. */
  readonly circling: boolean;
}

/** A partition that has work but makes no progress for this long makes the process unhealthy. */
export const stalledAfterMs = 60_000;

/** What a driver of virtual time must know: whether anything can still happen without time passing. */
export interface ServiceActivity {
  /** Something is queued, being applied, being restored, or in flight. */
  readonly busy: boolean;
  /** Busy, but only with calls in flight: their handlers may wait for time to pass. */
  readonly waitingForCalls: boolean;
  /** Steps since the start. */
  readonly steps: number;
  readonly callsInFlight: number;
  /** Ordered calls that are not started: paused, in observe mode, or waiting after a takeover. */
  readonly callsHeld: number;
  /** The earliest durable timer or wake-up of the loop's own, or null. */
  readonly nextTimerAt: number | null;
}

/** An actor as its last commit left it. */
export interface ActorView<State> {
  readonly state: State;
  /** Number of its latest step. */
  readonly seq: number;
  /** Calls without outcome, oldest first. */
  readonly pending: readonly { readonly callId: string; readonly call: unknown }[];
}

/** A service at work. */
export interface RunningService<State = unknown> {
  readonly service: string;
  /**
   * Resolves when partitions are assigned and all of them run; rejects when one stops for good before, when
   * every partition needs a newer release than this one, and when the group does not let us in.
   */
  ready(): Promise<void>;
  activity(): ServiceActivity;
  status(): readonly PartitionStatus[];
  /**
   * Why this process has no partition, or why some have nobody, each a sentence: what its group waits for,
   * which partitions need a newer worker, why the group shut it out. Empty when there is nothing to say.
   */
  waitsFor(): readonly string[];
  /**
   * An actor of a partition that runs here; undefined when it has no record. Rejects when it does not run
   * here.
   */
  stateOf(actor: ActorId): Promise<ActorView<State> | undefined>;
  /** Ids of all actors held here that start with `prefix`, in id order, after `after`, at most `limit`. */
  actors(prefix: string, after: string | null, limit: number): readonly ActorId[];
  /** Parked actors of the partitions that run here, by id. */
  parked(): readonly ParkedActor[];
  /** What the organisation's actors here would have written outside, had observe mode not kept it back. */
  observed(org: OrgId): ObservedReport;
  partitionsOwned(): readonly number[];
  /** Records of all source partitions of the group that are not applied yet. */
  lag(): Promise<number>;
  /**
   * Finishes the batch, waits a while for calls, releases every partition and leaves the group, in less than
   * ten seconds; calls that are cut off are repeated by the next owner. Calling it again waits for the same
   * stop.
   */
  stop(): Promise<void>;
  /** Never resolves; rejects with a {@link PartitionFailedError} when the first partition stops for good. */
  readonly failed: Promise<never>;
  /**
   * Never resolves; rejects when this process is out of the service's group for good, with every partition
   * given back: the log does not let it in any more, and no retry can mend that. The error says what to do.
   */
  readonly ended: Promise<never>;
}
