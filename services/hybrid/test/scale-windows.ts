/** Moments on the virtual clock, in the order in which they were noted, in eight bytes each. */
export class Moments {
  #times: Float64Array;
  #size = 0;

  constructor(expected: number) {
    this.#times = new Float64Array(expected);
  }

  get size(): number {
    return this.#size;
  }

  note(at: number): void {
    if (this.#size === this.#times.length) {
      const grown = new Float64Array(2 * this.#times.length + 16);
      grown.set(this.#times);
      this.#times = grown;
    }
    this.#times[this.#size++] = at;
  }

  /** The most moments that any window of `windowMs` holds; a moment a whole window later is outside. */
  busiest(windowMs: number): number {
    let most = 0;
    let first = 0;
    for (let last = 0; last < this.#size; last++) {
      const at = this.#times[last] ?? 0;
      while (at - (this.#times[first] ?? 0) >= windowMs) first++;
      most = Math.max(most, last - first + 1);
    }
    return most;
  }

  /** How many lie within the `windowMs` that end now, `now` included. */
  within(windowMs: number, now: number): number {
    let first = this.#size;
    while (first > 0 && now - (this.#times[first - 1] ?? 0) < windowMs) first--;
    return this.#size - first;
  }

  /** When the oldest one of the `windowMs` that end now leaves them. */
  roomAt(windowMs: number, now: number): number {
    const oldest = this.#times[this.#size - this.within(windowMs, now)];
    return oldest === undefined ? now : oldest + windowMs;
  }
}
