/** One holder's part of {@link SharedBytes}. */
export interface ByteShare {
  /** What it holds. */
  readonly bytes: number;
  /** What it may hold: much while little is held by all together, else an even part. */
  readonly room: number;
  /** What it should give up: all above its even part, as soon as all together hold too much. */
  readonly excess: number;
  /** Takes more, or gives some back when negative. */
  add(bytes: number): void;
  /** Gives all back, for good. */
  leave(): void;
}

/**
 * Memory that the partitions of a process share, in bytes. Nobody is refused: each asks what it may hold and
 * keeps to it, so that together they hold about `bytesMax` at most, and one alone may have half of it.
 */
export class SharedBytes {
  readonly #bytesMax: number;
  readonly #holders = new Set<ByteShare>();
  #used = 0;

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  /** What all together hold. */
  get used(): number {
    return this.#used;
  }

  /** A new holder, who holds nothing yet. */
  join(): ByteShare {
    let held = 0;
    const grow = (bytes: number): void => {
      held += bytes;
      this.#used += bytes;
    };
    const evenPart = (): number => Math.floor(this.#bytesMax / 2 / Math.max(1, this.#holders.size));
    const isTight = (): boolean => this.#used > this.#bytesMax / 2;
    const share: ByteShare = {
      get bytes() {
        return held;
      },
      get room() {
        return isTight() ? evenPart() : Number.POSITIVE_INFINITY;
      },
      get excess() {
        return isTight() ? Math.max(0, held - evenPart()) : 0;
      },
      add: (bytes) => {
        if (this.#holders.has(share)) grow(bytes);
      },
      leave: () => {
        if (this.#holders.delete(share)) grow(-held);
      },
    };
    this.#holders.add(share);
    return share;
  }
}
