import type { Clock, EpochMs } from "@hybrid/kernel";

/** How much is kept, and how long. */
export interface CacheBounds {
  readonly keepMs: number;
  readonly entriesMax: number;
}

/** Answers that are asked for again and again; the entry used longest ago makes room. */
export class TimedCache<Value> {
  readonly #clock: Clock;
  readonly #bounds: CacheBounds;
  readonly #entries = new Map<string, { readonly value: Value; readonly askedAt: EpochMs }>();

  constructor(clock: Clock, bounds: CacheBounds) {
    this.#clock = clock;
    this.#bounds = bounds;
  }

  /** The kept value, or what `ask` brings; a rejection is passed on and not kept. */
  async get(key: string, ask: () => Promise<Value>): Promise<Value> {
    const kept = this.#entries.get(key);
    this.#entries.delete(key);
    // An age below zero means that the clock was set back: nobody knows how old the value is.
    const ageMs = kept ? this.#clock.now() - kept.askedAt : -1;
    if (kept && ageMs >= 0 && ageMs < this.#bounds.keepMs) {
      this.#entries.set(key, kept);
      return kept.value;
    }
    const value = await ask();
    this.#entries.set(key, { value, askedAt: this.#clock.now() });
    for (const oldest of this.#entries.keys()) {
      if (this.#entries.size <= this.#bounds.entriesMax) break;
      this.#entries.delete(oldest);
    }
    return value;
  }
}
