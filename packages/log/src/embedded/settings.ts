import type { Clock, Scheduler } from "@hybrid/kernel";
import type { LogLogger } from "../log-logger.ts";

/** How an embedded log is opened. */
export interface EmbeddedLogSettings {
  /** The file; created when missing, with its folder. ":memory:" keeps everything in memory, for tests. */
  readonly path: string;
  /** Tells the time of heartbeats; a Scheduler also bounds the wait for a member to give back. */
  readonly clock: Clock | Scheduler;
  readonly logger?: LogLogger;
  /** The largest size of the main file in bytes (the WAL adds 40 to 80 MB); unbounded when left out. */
  readonly bytesMax?: number;
  /**
   * False where the machine's own end need not be survived (plays, tests): commits then wait for no disk.
   * What is committed still outlives its process. True when left out.
   */
  readonly synced?: boolean;
  /**
   * Pages of 4 kB in the WAL at which it is copied to the main file; 10,000 when left out. It may grow to
   * twice that meanwhile.
   */
  readonly walPagesMax?: number;
  /** Appends are turned away beyond this many records waiting to be written; 100,000 when left out. */
  readonly pendingRecordsMax?: number;
  /** Appends are turned away beyond this many bytes waiting to be written; 64 MB when left out. */
  readonly pendingBytesMax?: number;
}
