import type { Log, OutgoingRecord } from "@hybrid/log";
import type { IngestMetrics } from "./ingest-metrics.ts";

/** What an appender works with. */
export interface AppenderSettings {
  readonly log: Pick<Log, "append">;
  readonly metrics: Pick<IngestMetrics, "appendSeconds">;
  /** Appends under way at the same time. */
  readonly appendsMax: number;
  /** An append that takes longer counts as none, so that the sender's patience is not lost. */
  readonly appendTimeoutMs: number;
  /** Told about an append that failed. */
  readonly appendFailed: (error: unknown, records: number) => void;
}

/** Appends within a deadline, and knows what is under way. */
export interface Appender {
  /** Appends that have not settled yet. */
  inFlight(): number;
  /** Whether as many are under way as may be. */
  isFull(): boolean;
  /** An append that outlives the deadline keeps its slot until it settles; it makes duplicates then. */
  inTime(records: readonly OutgoingRecord[]): Promise<"accepted" | "unavailable" | "timedOut">;
}

const timedOut = Symbol("timed out");

/** Resolves when `ms` of real time have passed: a network deadline, which no virtual clock moves. */
const deadline = (ms: number): { readonly passed: Promise<typeof timedOut>; readonly cancel: () => void } => {
  const { promise, resolve } = Promise.withResolvers<typeof timedOut>();
  const timer = setTimeout(() => resolve(timedOut), ms);
  return { passed: promise, cancel: () => clearTimeout(timer) };
};

/** Creates the appender that all intakes of a process share. */
export const createAppender = (settings: AppenderSettings): Appender => {
  const { log, metrics, appendFailed, appendTimeoutMs, appendsMax } = settings;
  let inFlight = 0;

  const append = async (records: readonly OutgoingRecord[]): Promise<"accepted" | "unavailable"> => {
    inFlight++;
    const measured = metrics.appendSeconds.startTimer();
    try {
      await log.append(records);
      return "accepted";
    } catch (error) {
      appendFailed(error, records.length);
      return "unavailable";
    } finally {
      measured();
      inFlight--;
    }
  };

  return {
    inFlight: () => inFlight,
    isFull: () => inFlight >= appendsMax,
    inTime: async (records) => {
      const { passed, cancel } = deadline(appendTimeoutMs);
      const first = await Promise.race([append(records), passed]);
      cancel();
      return first === timedOut ? "timedOut" : first;
    },
  };
};
