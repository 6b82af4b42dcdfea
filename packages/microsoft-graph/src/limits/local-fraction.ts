import type { Clock, EpochMs } from "@hybrid/kernel";
import { type Closures, createClosures } from "./closures.ts";
import { createGcraLimiter, type RateBucket, type RateDecision, type RateLimiter } from "./gcra.ts";

/** Limits that are kept outside of this process; every answer may fail to come. */
export interface SharedLimits {
  /** As RateLimiter.take. Rejects when there is no answer in time. */
  take(buckets: readonly RateBucket[], cost: number, scopes: readonly string[]): Promise<RateDecision>;
  /** As RateLimiter.closeScope. Rejects when it is unknown whether the others hear of it. */
  closeScope(scope: string, forMs: number): Promise<void>;
}

/** Who decides: the store that the fleet shares, or this worker alone with its fraction of every rate. */
export type LimiterState = "shared" | "local";

/** What a limiter needs that goes on alone when the shared one does not answer. */
export interface LocalFractionOptions {
  readonly shared: SharedLimits;
  readonly clock: Clock;
  /** As many workers may share the limits; alone, each gets that part of every rate and burst. */
  readonly workersMax: number;
  /** While alone, the shared limits are tried at most this often, milliseconds. */
  readonly probeEveryMs: number;
  /** Told once per outage, with the reason. */
  readonly onOutage: (reason: unknown) => void;
  /** Told when the shared limits decide again. */
  readonly onReturn: () => void;
}

/** A bucket that is there to be written to: a store that can be read and not written to is not back. */
const probeBucket: RateBucket = { key: "probe", perSecond: 1_000, burst: 1_000 };

/**
 * The shared limits while they answer, and a fraction of them while they do not: fails closed, but not shut.
 * The fraction is charged for what the shared limits give as well, so that an outage does not begin with a
 * second burst. Scopes that this worker knows to be closed stay closed, and are told to the others again when
 * the store is back: it may have forgotten them.
 */
export class LocalFractionLimiter implements RateLimiter {
  readonly #options: LocalFractionOptions;
  readonly #closures: Closures;
  readonly #local: RateLimiter;
  #state: LimiterState = "shared";
  /** Counts the changes of state: what was asked before the last one says nothing about now. */
  #term = 0;
  #probing = false;
  #probedAt: EpochMs;

  constructor(options: LocalFractionOptions) {
    this.#options = options;
    this.#closures = createClosures(options.clock);
    this.#local = createGcraLimiter(options.clock, this.#closures);
    this.#probedAt = options.clock.now();
  }

  get state(): LimiterState {
    return this.#state;
  }

  async take(
    buckets: readonly RateBucket[],
    cost: number,
    scopes: readonly string[] = [],
  ): Promise<RateDecision> {
    const fractions = buckets.map((bucket) => this.#fractionOf(bucket));
    if (this.#state === "shared") {
      const askedIn = this.#term;
      try {
        const decision = await this.#options.shared.take(buckets, cost, scopes);
        if (decision.allowed) await this.#local.take(fractions, cost);
        return decision;
      } catch (error) {
        this.#failed(askedIn, error);
      }
    } else this.#probeWhenDue();
    return await this.#local.take(fractions, cost, scopes);
  }

  closeScope(scope: string, forMs: number): void {
    this.#local.closeScope(scope, forMs);
    if (this.#state === "shared") void this.#tell(scope, forMs);
  }

  /** Tries the shared limits now if they are given up for the moment; to be called when they are back. */
  probe(): void {
    if (this.#state === "shared" || this.#probing) return;
    this.#probing = true;
    this.#probedAt = this.#options.clock.now();
    this.#options.shared
      .take([probeBucket], 1, [])
      .then(
        () => this.#returned(),
        // Still gone: that was said when it went, and the next probe is due in a while.
        () => undefined,
      )
      .finally(() => {
        this.#probing = false;
      });
  }

  #probeWhenDue(): void {
    const sinceMs = this.#options.clock.now() - this.#probedAt;
    // Probed in a time that has not come yet: the clock was set back.
    if (sinceMs < 0 || sinceMs >= this.#options.probeEveryMs) this.probe();
  }

  #fractionOf({ key, perSecond, burst }: RateBucket): RateBucket {
    const { workersMax } = this.#options;
    // A bucket that holds less than one would be shut for good.
    return { key, perSecond: perSecond / workersMax, burst: Math.max(1, burst / workersMax) };
  }

  #failed(askedIn: number, reason: unknown): void {
    if (this.#state === "local" || askedIn !== this.#term) return;
    this.#state = "local";
    this.#term++;
    this.#probedAt = this.#options.clock.now();
    this.#options.onOutage(reason);
  }

  #returned(): void {
    this.#state = "shared";
    this.#term++;
    this.#options.onReturn();
    for (const { scope, forMs } of this.#closures.all()) void this.#tell(scope, forMs);
  }

  async #tell(scope: string, forMs: number): Promise<void> {
    const askedIn = this.#term;
    await this.#options.shared
      .closeScope(scope, forMs)
      .catch((error: unknown) => this.#failed(askedIn, error));
  }
}
