import type { OrgId } from "@hybrid/kernel";
import { DueHeap, DueTable } from "./due-heap.ts";

interface Line {
  readonly org: OrgId;
  readonly heap: DueHeap;
}

const noLine = -1;

/**
 * When each actor is next due, and whose turn it is: a heap for each organisation, 20 bytes an actor, and a
 * heap of organisations by their first. Actors are known by their slot, a small whole number. What is due is
 * given out organisation by organisation in turn, one actor each, however many are overdue in one of them.
 */
export class DueIndex {
  readonly #actors = new DueTable();
  readonly #firsts = new DueHeap(new DueTable());
  /** By number; a line without actors is dropped and its number given to another one. */
  readonly #lines: (Line | undefined)[] = [];
  readonly #freeNumbers: number[] = [];
  readonly #numbers = new Map<OrgId, number>();
  /** The line of each slot. */
  #lineOf = new Int32Array(0);
  /** Numbers of lines that were found due, in the order of their turns. */
  readonly #turns = new Set<number>();
  #size = 0;

  /** Actors that are due at some time. */
  get size(): number {
    return this.#size;
  }

  /** The actor in `slot` is due at this time from now on; it belongs to `org`. */
  set(slot: number, dueAt: number, org: OrgId): void {
    const number = this.#numberOf(org);
    const before = this.#lineOf[slot] ?? noLine;
    if (before !== noLine && before !== number) this.clear(slot);
    this.#reserve(slot);
    if (this.#lineOf[slot] === noLine) this.#size += 1;
    this.#lineOf[slot] = number;
    const line = this.#lines[number] as Line;
    line.heap.set(slot, dueAt);
    this.#firsts.set(number, line.heap.nextAt ?? dueAt);
  }

  /** The actor in `slot` is due no more. */
  clear(slot: number): void {
    const number = this.#lineOf[slot] ?? noLine;
    const line = this.#lines[number];
    if (!line) return;
    this.#lineOf[slot] = noLine;
    this.#size -= 1;
    line.heap.remove(slot);
    const { nextAt } = line.heap;
    if (nextAt !== undefined) {
      this.#firsts.set(number, nextAt);
      return;
    }
    this.#firsts.remove(number);
    this.#turns.delete(number);
    this.#numbers.delete(line.org);
    this.#lines[number] = undefined;
    this.#freeNumbers.push(number);
  }

  /** When the first actor is due, or undefined when none is. */
  nextAt(): number | undefined {
    return this.#firsts.nextAt;
  }

  /** Organisations that have become due by `now` get a turn, behind those that wait for theirs already. */
  gather(now: number): void {
    this.#firsts.eachDue(now, (number) => this.#turns.add(number));
  }

  /**
   * Takes out and returns a slot that is due by `now`, if one is: of the organisation whose turn it is, the
   * one that has been due longest.
   */
  pop(now: number): number | undefined {
    const slot = this.#nextInTurn(now);
    if (slot !== undefined) return slot;
    this.gather(now);
    return this.#nextInTurn(now);
  }

  #nextInTurn(now: number): number | undefined {
    for (const number of this.#turns) {
      this.#turns.delete(number);
      const { first: slot, nextAt } = this.#lines[number]?.heap ?? {};
      if (slot === undefined || nextAt === undefined || nextAt > now) continue;
      this.clear(slot);
      const next = this.#lines[number]?.heap.nextAt;
      if (next !== undefined && next <= now) this.#turns.add(number);
      return slot;
    }
    return undefined;
  }

  /** How many are due by `now`; visits only those and their children. */
  countDue(now: number): number {
    let count = 0;
    this.#firsts.eachDue(now, (number) => {
      this.#lines[number]?.heap.eachDue(now, () => {
        count += 1;
      });
    });
    return count;
  }

  #numberOf(org: OrgId): number {
    const known = this.#numbers.get(org);
    if (known !== undefined) return known;
    const number = this.#freeNumbers.pop() ?? this.#lines.length;
    this.#lines[number] = { org, heap: new DueHeap(this.#actors) };
    this.#numbers.set(org, number);
    return number;
  }

  #reserve(slot: number): void {
    const held = this.#lineOf.length;
    if (slot < held) return;
    const lineOf = new Int32Array(Math.max(slot + 1, Math.ceil(held * 1.5), 1_024)).fill(noLine, held);
    lineOf.set(this.#lineOf);
    this.#lineOf = lineOf;
  }
}
