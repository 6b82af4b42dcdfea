import { placeKey } from "../kafka/batches.ts";

/** Where the positions of services stand in one partition: what they were, what they have become. */
interface Wanted {
  readonly old: number;
  copied: number | undefined;
}

/**
 * What becomes of positions when records get other offsets: a position is the offset of the first record that
 * is not applied yet, so that it moves with that record, or to the end when there is none.
 */
export class OffsetMap {
  readonly #wanted = new Map<string, Wanted[]>();
  readonly #ends = new Map<string, number>();

  /** Asks for a position, before the partition is copied. */
  want(topic: string, partition: number, old: number): void {
    const key = placeKey(topic, partition);
    const known = this.#wanted.get(key) ?? [];
    if (!known.some((each) => each.old === old)) known.push({ old, copied: undefined });
    this.#wanted.set(key, known);
  }

  /** A record got another offset; to be called in the order of the records. */
  note(topic: string, partition: number, moved: { readonly old: number; readonly copied: number }): void {
    const key = placeKey(topic, partition);
    this.#ends.set(key, moved.copied + 1);
    for (const wanted of this.#wanted.get(key) ?? [])
      if (wanted.copied === undefined && wanted.old <= moved.old) wanted.copied = moved.copied;
  }

  /** The partition is copied, and this is its end: behind the marker of the last transaction. */
  close(topic: string, partition: number, end: number): void {
    this.#ends.set(placeKey(topic, partition), end);
  }

  /** Where the copied partition ends; 0 when it holds nothing. */
  end(topic: string, partition: number): number {
    return this.#ends.get(placeKey(topic, partition)) ?? 0;
  }

  /** The position in the copy, once the partition is copied. */
  translate(topic: string, partition: number, old: number): number {
    const wanted = this.#wanted.get(placeKey(topic, partition))?.find((each) => each.old === old);
    if (!wanted)
      throw new TypeError(`nobody has asked for offset ${old} of ${topic}, partition ${partition}`);
    return wanted.copied ?? this.end(topic, partition);
  }
}
