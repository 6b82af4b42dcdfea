import { placeKey } from "../batches.ts";
import type { Place } from "./offsets.ts";

/**
 * How long open transactions keep records from being read. A transaction is open for milliseconds, or, when
 * its owner has died, until the brokers abort it; a stable offset that stands still for longer means that one
 * hangs, and with it everybody who reads the partition.
 */
export class StableOffsetAges {
  readonly #held = new Map<string, { readonly offset: number; readonly since: number }>();

  /** What a fetch said of a partition: records behind the stable offset are there, and not to be read yet. */
  note(
    { topic, partition }: Place,
    seen: { readonly lastStable: number; readonly highWatermark: number },
  ): void {
    const key = placeKey(topic, partition);
    if (seen.lastStable >= seen.highWatermark) {
      this.#held.delete(key);
      return;
    }
    if (this.#held.get(key)?.offset !== seen.lastStable)
      this.#held.set(key, { offset: seen.lastStable, since: performance.now() });
  }

  /** The partition is not watched any more. */
  forget({ topic, partition }: Place): void {
    this.#held.delete(placeKey(topic, partition));
  }

  /** The longest that any partition has been held up, milliseconds. */
  maxMs(): number {
    const now = performance.now();
    let max = 0;
    for (const { since } of this.#held.values()) max = Math.max(max, now - since);
    return max;
  }
}
