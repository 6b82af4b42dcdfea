import { placeKey } from "./batches.ts";
import type { FetchLoop } from "./fetch-loop.ts";
import type { OffsetReader, Place } from "./offsets.ts";
import { SourceBuffer } from "./source-feed.ts";

/** One partition that somebody waits for. */
interface Watched {
  readonly buffer: SourceBuffer;
  readonly waiting: Set<() => void>;
}

/** Wakes those who wait for records, however many wait for the same partition. */
export class Watch {
  readonly #offsets: OffsetReader;
  readonly #fetchLoop: FetchLoop;
  readonly #watched = new Map<string, Watched>();

  constructor(offsets: OffsetReader, fetchLoop: FetchLoop) {
    this.#offsets = offsets;
    this.#fetchLoop = fetchLoop;
  }

  /** See {@link Log.waitForRecords}. */
  async wait(
    positions: readonly (Place & { readonly offset: number })[],
    signal: AbortSignal,
  ): Promise<void> {
    while (!signal.aborted && positions.length > 0) {
      const ends = await this.#offsets.ends(positions);
      const endOf = ({ topic, partition }: Place): number => ends.get(placeKey(topic, partition)) ?? 0;
      if (positions.some((position) => endOf(position) > position.offset)) return;
      await this.#arrival(
        positions.map(({ topic, partition }) => ({ topic, partition, offset: endOf({ topic, partition }) })),
        signal,
      );
    }
  }

  async close(): Promise<void> {
    await this.#fetchLoop.close();
    for (const { waiting } of this.#watched.values()) for (const wake of waiting) wake();
  }

  #arrival(places: readonly (Place & { readonly offset: number })[], signal: AbortSignal): Promise<void> {
    if (signal.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const watched = places.map((place) => this.#watch(place));
      const end = (): void => {
        signal.removeEventListener("abort", end);
        for (const each of watched) this.#leave(each, end);
        resolve();
      };
      for (const { waiting } of watched) waiting.add(end);
      signal.addEventListener("abort", end, { once: true });
    });
  }

  #watch(place: Place & { readonly offset: number }): Watched {
    const key = placeKey(place.topic, place.partition);
    const known = this.#watched.get(key);
    if (known) return known;
    const waiting = new Set<() => void>();
    const buffer = new SourceBuffer(place, () => {
      for (const wake of waiting) wake();
    });
    const made = { buffer, waiting };
    this.#watched.set(key, made);
    this.#fetchLoop.add([buffer]);
    return made;
  }

  #leave({ buffer, waiting }: Watched, end: () => void): void {
    waiting.delete(end);
    if (waiting.size > 0 && buffer.isEmpty && buffer.failure === undefined) return;
    const key = placeKey(buffer.topic, buffer.partition);
    if (this.#watched.get(key)?.buffer === buffer) this.#watched.delete(key);
    this.#fetchLoop.remove([buffer]);
  }
}
