import type { SimulatorClock } from "./clock.ts";

interface Entry {
  readonly dueAt: number;
  readonly order: number;
  run: (() => void) | null;
}

const before = (a: Entry, b: Entry): boolean =>
  a.dueAt < b.dueAt || (a.dueAt === b.dueAt && a.order < b.order);

/**
 * Everything the simulator has to do later, on its clock. One timer of the clock is armed for the
 * earliest entry, so ten thousand subscription expiries cost one timer; and the earliest due time can be
 * told.
 */
export class Agenda {
  readonly #clock: SimulatorClock;
  readonly #heap: Entry[] = [];
  #order = 0;
  #armed: { readonly dueAt: number; readonly cancel: () => void } | null = null;
  #stopped = false;

  constructor(clock: SimulatorClock) {
    this.#clock = clock;
  }

  /** Runs `run` at `dueAt`; the result cancels it. */
  at(dueAt: number, run: () => void): () => void {
    const entry: Entry = { dueAt, order: this.#order++, run };
    this.#push(entry);
    this.#arm();
    return () => {
      entry.run = null;
    };
  }

  /** When the earliest entry is due; null when there is none. */
  nextDueAt(): number | null {
    this.#dropCancelled();
    return this.#heap[0]?.dueAt ?? null;
  }

  /** Forgets everything. */
  stop(): void {
    this.#stopped = true;
    this.#armed?.cancel();
    this.#heap.length = 0;
  }

  #arm(): void {
    const dueAt = this.nextDueAt();
    if (this.#stopped || dueAt === null || (this.#armed !== null && this.#armed.dueAt <= dueAt)) return;
    this.#armed?.cancel();
    this.#armed = { dueAt, cancel: this.#clock.at(dueAt, () => this.#fire()) };
  }

  #fire(): void {
    this.#armed = null;
    const now = this.#clock.now();
    for (let due = this.nextDueAt(); due !== null && due <= now; due = this.nextDueAt()) this.#pop()?.run?.();
    this.#arm();
  }

  #dropCancelled(): void {
    while (this.#heap[0]?.run === null) this.#pop();
  }

  #push(entry: Entry): void {
    const heap = this.#heap;
    let at = heap.push(entry) - 1;
    while (at > 0) {
      const parentAt = (at - 1) >> 1;
      const parent = heap[parentAt];
      if (parent === undefined || !before(entry, parent)) break;
      heap[at] = parent;
      at = parentAt;
    }
    heap[at] = entry;
  }

  #pop(): Entry | undefined {
    const heap = this.#heap;
    const first = heap[0];
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return first;
    let at = 0;
    for (;;) {
      const left = heap[2 * at + 1];
      const right = heap[2 * at + 2];
      const child = left && right && before(right, left) ? right : left;
      if (child === undefined || !before(child, last)) break;
      heap[at] = child;
      at = child === right ? 2 * at + 2 : 2 * at + 1;
    }
    heap[at] = last;
    return first;
  }
}
