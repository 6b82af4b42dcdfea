import type { GroupSettings, PartitionLag, Position } from "../../port.ts";
import { placeKey } from "../batches.ts";
import { findPosition } from "../partition/fence.ts";
import type { OffsetReader, Place } from "./offsets.ts";
import type { Reader } from "./reader.ts";

/** Where partitions stand. */
export interface LagParts {
  readonly offsets: OffsetReader;
  readonly reader: Reader;
  /** What this process committed last in a partition of its own; null: nothing yet; undefined: not ours. */
  readonly committed: (service: string, partition: number) => Position | null | undefined;
}

/** Gaps up to this are looked into: they may hold nothing but the markers of transactions. */
const inspectedMax = 256;

const placesOf = ({ sources, partitions }: GroupSettings): readonly Place[] =>
  Array.from({ length: partitions }, (_, partition) => partition).flatMap((partition) =>
    sources.map((topic) => ({ topic, partition })),
  );

/** Tells how far groups are behind, to the record. */
export class GroupLag {
  readonly #parts: LagParts;
  /** Stretches known to hold no record, by their end: asking again and again must not read them each time. */
  readonly #empty = new Map<string, { readonly from: number; readonly to: number }>();

  constructor(parts: LagParts) {
    this.#parts = parts;
  }

  /** See {@link Log.lag}. */
  async of(group: GroupSettings): Promise<readonly PartitionLag[]> {
    const { offsets } = this.#parts;
    const places = placesOf(group);
    const [starts, ends, positions] = await Promise.all([
      offsets.starts(places),
      offsets.ends(places),
      this.#positions(group),
    ]);
    const nextOf = ({ topic, partition }: Place) => positions[partition]?.sources[topic] ?? null;
    return Promise.all(
      places.map(async (place) => {
        const key = placeKey(place.topic, place.partition);
        const endOffset = ends.get(key) ?? 0;
        const nextOffset = nextOf(place);
        // What retention has taken is not waited for; whether it leaves a gap is for the poll to say.
        const from = Math.max(nextOffset ?? 0, starts.get(key) ?? 0);
        return { ...place, nextOffset, endOffset, lag: await this.#behind(place, from, endOffset) };
      }),
    );
  }

  async #positions(group: GroupSettings): Promise<readonly (Position | null)[]> {
    const { offsets, committed } = this.#parts;
    const partitions = Array.from({ length: group.partitions }, (_, partition) => partition);
    const ours = partitions.map((partition) => committed(group.service, partition));
    const others = partitions
      .filter((partition) => ours[partition] === undefined)
      .map((partition) => ({ topic: group.checkpoint, partition }));
    if (others.length === 0) return ours.map((position) => position ?? null);
    const [starts, ends] = await Promise.all([offsets.starts(others), offsets.ends(others)]);
    return Promise.all(
      partitions.map(async (partition) => {
        const known = ours[partition];
        if (known !== undefined) return known;
        const key = placeKey(group.checkpoint, partition);
        const bounds = { start: starts.get(key) ?? 0, end: ends.get(key) ?? 0 };
        return (
          (await findPosition(this.#parts, { topic: group.checkpoint, partition }, bounds))?.position ?? null
        );
      }),
    );
  }

  /** Offsets are given to the markers of transactions too: a short gap is counted by its records. */
  async #behind(place: Place, from: number, to: number): Promise<number> {
    const gap = Math.max(0, to - from);
    if (gap === 0 || gap > inspectedMax) return gap;
    const key = placeKey(place.topic, place.partition);
    const known = this.#empty.get(key);
    if (known?.from === from && known.to === to) return 0;
    let count = 0;
    for await (const records of this.#parts.reader.stream(place, from, to)) count += records.length;
    if (count === 0) this.#empty.set(key, { from, to });
    return count;
  }
}
