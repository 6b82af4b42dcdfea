import type { Clock, EpochMs } from "@hybrid/kernel";
import { LRUCache } from "lru-cache";

/** How much is kept, and how long. */
export interface CacheBounds {
  readonly keepMs: number;
  readonly entriesMax: number;
}

/**
 * Answers that are asked for again and again; the entry used longest ago makes room. Ages are ours: lru-cache
 * would believe an entry whose clock was set back.
 */
export class TimedCache<Value> {
  readonly #clock: Clock;
  readonly #keepMs: number;
  readonly #entries: LRUCache<string, { readonly value: Value; readonly askedAt: EpochMs }>;

  constructor(clock: Clock, bounds: CacheBounds) {
    this.#clock = clock;
    this.#keepMs = bounds.keepMs;
    this.#entries = new LRUCache({ max: bounds.entriesMax });
  }

  /** The kept value, or what `ask` brings; a rejection is passed on and not kept. */
  async get(key: string, ask: () => Promise<Value>): Promise<Value> {
    const kept = this.#entries.get(key);
    // An age below zero means that the clock was set back: nobody knows how old the value is.
    const ageMs = kept ? this.#clock.now() - kept.askedAt : -1;
    if (kept && ageMs >= 0 && ageMs < this.#keepMs) return kept.value;
    this.#entries.delete(key);
    const value = await ask();
    this.#entries.set(key, { value, askedAt: this.#clock.now() });
    return value;
  }
}
