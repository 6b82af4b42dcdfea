/** A map that keeps the `max` entries used last. */
export class LruMap<Key, Value> {
  readonly #max: number;
  readonly #evicted: (value: Value) => void;
  readonly #entries = new Map<Key, Value>();

  /** `evicted` is told every value that had to go. */
  constructor(max: number, evicted: (value: Value) => void = () => undefined) {
    this.#max = max;
    this.#evicted = evicted;
  }

  get size(): number {
    return this.#entries.size;
  }

  /** The value, which counts as a use. */
  get(key: Key): Value | undefined {
    const value = this.#entries.get(key);
    if (value === undefined) return undefined;
    this.#entries.delete(key);
    this.#entries.set(key, value);
    return value;
  }

  set(key: Key, value: Value): void {
    this.#entries.delete(key);
    this.#entries.set(key, value);
    for (const [oldest, old] of this.#entries) {
      if (this.#entries.size <= this.#max) return;
      this.#entries.delete(oldest);
      this.#evicted(old);
    }
  }

  delete(key: Key): void {
    this.#entries.delete(key);
  }

  /** All values, the one not used for longest first. */
  values(): IterableIterator<Value> {
    return this.#entries.values();
  }
}
