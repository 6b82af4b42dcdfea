import type { Phase, RuntimeLimits } from "@hybrid/runtime";
import type { BankRelease } from "../bank/topics.ts";
import type { Stamped } from "../history.ts";

/** The bank that a worker runs, and where its topics are. */
export interface BankPlace {
  /** Names service and topics; each run has its own, so that many share a broker. */
  readonly name: string;
  readonly partitions: number;
  /** host:port of the brokers. */
  readonly brokers: readonly string[];
}

/** Times of a worker's membership and requests, in milliseconds. */
export interface WorkerTimes {
  readonly sessionMs: number;
  readonly transactionMs: number;
  readonly requestMs: number;
}

/** What happens to a worker by itself, at the n-th time (from 1) that it reaches a phase. */
export interface WorkerFuse {
  readonly phase: Phase;
  readonly times: number;
  /** kill: SIGKILL; freeze: SIGSTOP; stall: nothing but a busy loop for `stallMs`. */
  readonly deed: "kill" | "freeze" | "stall";
  readonly stallMs?: number;
}

/** What a worker process is started with. */
export interface WorkerConfig extends BankPlace, WorkerTimes {
  /** Who it is in the history. */
  readonly owner: string;
  /** Its static identity in its group; null for none. */
  readonly instanceId: string | null;
  /** Where it writes its history, line by line. */
  readonly historyFile: string;
  /** A port of 127.0.0.1 that stands between it and the brokers; null for none. */
  readonly wirePort: number | null;
  /** Where its calls go. */
  readonly outsideUrl: string;
  readonly fuse: WorkerFuse | null;
  /** It is in a group of its own, so that it believes to own what others own too. */
  readonly twin: boolean;
  readonly limits: Partial<RuntimeLimits>;
  readonly release: BankRelease;
}

/** What a worker is told while it runs. */
export type WorkerOrder =
  | { readonly kind: "jumpClock"; readonly ms: number }
  /** Does nothing else for this time, as a process does that computes or collects garbage. */
  | { readonly kind: "stall"; readonly ms: number };

/** What a worker said longer ago than this, in milliseconds, may not be so any more. */
export const statusFreshMs = 1_500;

/** What a worker says of itself, whenever it changes and from time to time. */
export interface WorkerStatus {
  /** Partitions that run. */
  readonly owned: readonly number[];
  /** Something is queued, being applied, being restored, or in flight. */
  readonly busy: boolean;
  readonly callsHeld: number;
  /** It waits for a durable timer or a wake-up of its own. */
  readonly waits: boolean;
}

/** A worker as its stage sees it, in a process of its own or not. */
export interface StageWorker {
  readonly config: WorkerConfig;
  readonly owner: string;
  readonly isAlive: boolean;
  /** It runs and is not frozen. */
  readonly isAble: boolean;
  /** What it said last; null when it cannot say anything. */
  readonly status: WorkerStatus | null;
  /** Everything that it has seen so far, unless the stage's own history has it. */
  readonly events: readonly Stamped[];
  /** Its log lines. */
  readonly said: string;
  /** Ends it in good order. */
  stop(): Promise<unknown>;
  /** Ends it at once. */
  kill(): Promise<void>;
}

/** The file that a worker writes before its fuse blows: a process that is frozen or dead cannot say so. */
export const blownFile = (historyFile: string): string => `${historyFile}.blown`;
