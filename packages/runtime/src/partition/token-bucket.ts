import { type EpochMs, plus } from "@hybrid/kernel";

/** A rate with a burst, on a clock that is passed in; starts full. */
export class TokenBucket {
  readonly #perSecond: number;
  readonly #burst: number;
  #tokens: number;
  #filledAt: EpochMs;

  constructor(rate: { readonly perSecond: number; readonly burst: number }, now: EpochMs) {
    this.#perSecond = rate.perSecond;
    this.#burst = rate.burst;
    this.#tokens = rate.burst;
    this.#filledAt = now;
  }

  /** Whole tokens that are there at `now`; a clock set back only stops the filling. */
  available(now: EpochMs): number {
    const passedMs = Math.max(0, now - this.#filledAt);
    this.#tokens = Math.min(this.#burst, this.#tokens + (passedMs * this.#perSecond) / 1_000);
    this.#filledAt = now;
    return Math.floor(this.#tokens);
  }

  take(count: number): void {
    this.#tokens -= count;
  }

  /** When the next token is there, counted from `now`. */
  nextAt(now: EpochMs): EpochMs {
    const missing = Math.max(0, 1 - this.#tokens);
    return plus(now, Math.ceil((missing * 1_000) / this.#perSecond));
  }
}
