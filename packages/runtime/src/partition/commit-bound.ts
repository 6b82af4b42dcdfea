import { type Clock, type EpochMs, minutes } from "@hybrid/kernel";
import { CommitTimedOutError, CommitTooLargeError } from "@hybrid/log";

/** It is not the size of so small a commit that the log minds; and one input passes alone in any case. */
const bytesMin = 64 * 1024;
/** The bound doubles this long after a refusal, and after each growth. */
const growthMs = minutes(10);

/** The log would perhaps have taken a smaller commit. One that was fenced would be refused at any size. */
const isTooMuch = (error: unknown): boolean =>
  error instanceof CommitTooLargeError || error instanceof CommitTimedOutError;

/**
 * How many bytes one commit of a partition may have. Outlives its owners: a commit that was refused for its
 * size, or took too long, comes again in halves, and later ones grow again.
 */
export class CommitBound {
  readonly #bytesMax: number;
  #bytes: number;
  #changedAt: EpochMs | undefined;

  /** Starts at its greatest, and never goes beyond. */
  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
    this.#bytes = bytesMax;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Commits `bytes` with `commit`, and learns from what becomes of it. Rejects as that does. */
  async keep(bytes: number, clock: Clock, commit: () => Promise<unknown>): Promise<void> {
    try {
      await commit();
    } catch (error) {
      if (isTooMuch(error)) this.#refused(bytes, clock.now());
      throw error;
    }
    this.#taken(clock.now());
  }

  #refused(bytes: number, now: EpochMs): void {
    if (bytes <= bytesMin) return;
    this.#bytes = Math.floor(Math.min(this.#bytes, Math.max(bytesMin, bytes / 2)));
    this.#changedAt = now;
  }

  #taken(now: EpochMs): void {
    if (this.#changedAt === undefined) return;
    // A clock that was set back must not keep the bound down (I5).
    if (now >= this.#changedAt && now - this.#changedAt < growthMs) return;
    this.#bytes = Math.min(this.#bytesMax, 2 * this.#bytes);
    this.#changedAt = this.#bytes === this.#bytesMax ? undefined : now;
  }
}
