const never = Number.POSITIVE_INFINITY;
const nowhere = -1;

const grown = (needed: number, held: number, least: number): number =>
  Math.max(needed, Math.ceil(held * 1.5), least);

/** When each item of some heaps is due, and its place in its heap; items are small whole numbers. */
export class DueTable {
  #placeOf = new Int32Array(0);
  #dueAt = new Float64Array(0);

  dueOf(item: number): number {
    return this.#dueAt[item] ?? never;
  }

  /** Undefined: it is in no heap. */
  placeOf(item: number): number | undefined {
    const place = this.#placeOf[item] ?? nowhere;
    return place === nowhere ? undefined : place;
  }

  /** The item is due at this time from now on. */
  setDue(item: number, dueAt: number): void {
    this.#reserve(item);
    this.#dueAt[item] = dueAt;
  }

  /** The item stands there in its heap. */
  put(item: number, place: number): void {
    this.#placeOf[item] = place;
  }

  /** The item is in no heap any more. */
  clear(item: number): void {
    this.#placeOf[item] = nowhere;
    this.#dueAt[item] = never;
  }

  #reserve(item: number): void {
    const held = this.#placeOf.length;
    if (item < held) return;
    const length = grown(item + 1, held, 1_024);
    const placeOf = new Int32Array(length).fill(nowhere, held);
    placeOf.set(this.#placeOf);
    const dueAt = new Float64Array(length).fill(never, held);
    dueAt.set(this.#dueAt);
    this.#placeOf = placeOf;
    this.#dueAt = dueAt;
  }
}

/**
 * Items by when they are due: an indexed binary heap in typed arrays, over a table that several heaps may
 * share. Moving or cancelling changes the entry in place, so nothing stale is ever kept. Set, move and remove
 * cost O(log n).
 */
export class DueHeap {
  readonly #table: DueTable;
  #heap = new Int32Array(0);
  #size = 0;

  constructor(table: DueTable) {
    this.#table = table;
  }

  get size(): number {
    return this.#size;
  }

  /** The item that is due first. */
  get first(): number | undefined {
    return this.#size === 0 ? undefined : this.#heap[0];
  }

  /** When the first item is due, or undefined when there is none. */
  get nextAt(): number | undefined {
    const { first } = this;
    return first === undefined ? undefined : this.#table.dueOf(first);
  }

  /** Adds the item, or moves it; it is in no other heap of the same table. */
  set(item: number, dueAt: number): void {
    const place = this.#table.placeOf(item);
    this.#table.setDue(item, dueAt);
    if (place !== undefined) {
      this.#settle(place, item);
      return;
    }
    if (this.#size === this.#heap.length) {
      const heap = new Int32Array(grown(this.#size + 1, this.#heap.length, 16));
      heap.set(this.#heap);
      this.#heap = heap;
    }
    this.#size += 1;
    this.#settle(this.#size - 1, item);
  }

  remove(item: number): void {
    const place = this.#table.placeOf(item);
    if (place === undefined) return;
    this.#table.clear(item);
    this.#size -= 1;
    const last = this.#heap[this.#size];
    if (place < this.#size && last !== undefined) this.#settle(place, last);
  }

  /** Visits every item that is due by `now`, in no order; looks only at those and their children. */
  eachDue(now: number, visit: (item: number) => void): void {
    const open = [0];
    for (let place = open.pop(); place !== undefined; place = open.pop()) {
      const item = this.#heap[place];
      if (place >= this.#size || item === undefined || this.#table.dueOf(item) > now) continue;
      visit(item);
      open.push(2 * place + 1, 2 * place + 2);
    }
  }

  /** Puts the item where it belongs, starting from a place that is free for it. */
  #settle(from: number, item: number): void {
    const table = this.#table;
    const dueAt = table.dueOf(item);
    let place = from;
    while (place > 0) {
      const parent = (place - 1) >> 1;
      const above = this.#heap[parent] ?? 0;
      if (table.dueOf(above) <= dueAt) break;
      this.#put(place, above);
      place = parent;
    }
    if (place === from) place = this.#sink(place, dueAt);
    this.#put(place, item);
  }

  #sink(from: number, dueAt: number): number {
    const table = this.#table;
    let place = from;
    for (;;) {
      const left = 2 * place + 1;
      if (left >= this.#size) return place;
      const right = left + 1;
      const leftItem = this.#heap[left] ?? 0;
      const rightItem = right < this.#size ? (this.#heap[right] ?? 0) : leftItem;
      const child = table.dueOf(rightItem) < table.dueOf(leftItem) ? right : left;
      const below = child === right ? rightItem : leftItem;
      if (table.dueOf(below) >= dueAt) return place;
      this.#put(place, below);
      place = child;
    }
  }

  #put(place: number, item: number): void {
    this.#heap[place] = item;
    this.#table.put(item, place);
  }
}
