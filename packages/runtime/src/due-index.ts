const never = Number.POSITIVE_INFINITY;
const nowhere = -1;

const grown = (needed: number, held: number): number => Math.max(needed, Math.ceil(held * 1.5), 1_024);

/**
 * When each actor is next due: an indexed binary heap in typed arrays, one entry an actor at most, 16 bytes
 * each. Moving or cancelling changes the entry in place, so nothing stale is ever kept. Actors are known by
 * their slot, a small whole number. Set, move and remove cost O(log n).
 */
export class DueIndex {
  #heap = new Int32Array(0);
  #placeOf = new Int32Array(0);
  #dueAt = new Float64Array(0);
  #size = 0;

  /** Actors that are due at some time. */
  get size(): number {
    return this.#size;
  }

  /** Sets when the actor in `slot` is due; undefined takes it out. */
  set(slot: number, dueAt: number | undefined): void {
    const place = this.#placeOf[slot] ?? nowhere;
    if (dueAt === undefined) {
      if (place !== nowhere) this.#remove(place, slot);
      return;
    }
    this.#reserve(slot);
    this.#dueAt[slot] = dueAt;
    if (place !== nowhere) {
      this.#settle(place, slot);
      return;
    }
    if (this.#size === this.#heap.length) {
      const heap = new Int32Array(grown(this.#size + 1, this.#heap.length));
      heap.set(this.#heap);
      this.#heap = heap;
    }
    this.#size += 1;
    this.#settle(this.#size - 1, slot);
  }

  /** When the first actor is due, or undefined when none is. */
  nextAt(): number | undefined {
    return this.#size === 0 ? undefined : this.#dueOf(this.#heap[0] ?? 0);
  }

  /** Takes out and returns the slot that has been due longest, if one is due by `now`. */
  pop(now: number): number | undefined {
    const slot = this.#heap[0];
    if (this.#size === 0 || slot === undefined || this.#dueOf(slot) > now) return undefined;
    this.#remove(0, slot);
    return slot;
  }

  /** How many are due by `now`; visits only those and their children. */
  countDue(now: number): number {
    let count = 0;
    const open = [0];
    for (let place = open.pop(); place !== undefined; place = open.pop()) {
      if (place >= this.#size || this.#dueOf(this.#heap[place] ?? 0) > now) continue;
      count += 1;
      open.push(2 * place + 1, 2 * place + 2);
    }
    return count;
  }

  #dueOf(slot: number): number {
    return this.#dueAt[slot] ?? never;
  }

  #reserve(slot: number): void {
    const held = this.#placeOf.length;
    if (slot < held) return;
    const length = grown(slot + 1, held);
    const placeOf = new Int32Array(length).fill(nowhere, held);
    placeOf.set(this.#placeOf);
    const dueAt = new Float64Array(length).fill(never, held);
    dueAt.set(this.#dueAt);
    this.#placeOf = placeOf;
    this.#dueAt = dueAt;
  }

  #remove(place: number, slot: number): void {
    this.#placeOf[slot] = nowhere;
    this.#dueAt[slot] = never;
    this.#size -= 1;
    const last = this.#heap[this.#size];
    if (place < this.#size && last !== undefined) this.#settle(place, last);
  }

  /** Puts `slot` where it belongs, starting from a place that is free for it. */
  #settle(from: number, slot: number): void {
    const dueAt = this.#dueOf(slot);
    let place = from;
    while (place > 0) {
      const parent = (place - 1) >> 1;
      const above = this.#heap[parent] ?? 0;
      if (this.#dueOf(above) <= dueAt) break;
      this.#put(place, above);
      place = parent;
    }
    if (place === from) place = this.#sink(place, dueAt);
    this.#put(place, slot);
  }

  #sink(from: number, dueAt: number): number {
    let place = from;
    for (;;) {
      const left = 2 * place + 1;
      if (left >= this.#size) return place;
      const right = left + 1;
      const leftSlot = this.#heap[left] ?? 0;
      const rightSlot = right < this.#size ? (this.#heap[right] ?? 0) : leftSlot;
      const child = this.#dueOf(rightSlot) < this.#dueOf(leftSlot) ? right : left;
      const below = child === right ? rightSlot : leftSlot;
      if (this.#dueOf(below) >= dueAt) return place;
      this.#put(place, below);
      place = child;
    }
  }

  #put(place: number, slot: number): void {
    this.#heap[place] = slot;
    this.#placeOf[slot] = place;
  }
}
