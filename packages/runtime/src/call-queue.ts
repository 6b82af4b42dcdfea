interface Line<Item> {
  readonly items: Item[];
  /** Index of the first item that still waits; the ones before it are gone. */
  head: number;
}

const slack = 1_024;

/**
 * Waiting items by line (organisation); lines are served in turn, so that a long one does not starve the
 * others.
 */
export class FairQueue<Item> {
  readonly #lines = new Map<string, Line<Item>>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  push(name: string, item: Item): void {
    const line = this.#lines.get(name);
    if (line) line.items.push(item);
    else this.#lines.set(name, { items: [item], head: 0 });
    this.#size += 1;
  }

  /** Takes the first item of the line whose turn it is; that line goes behind all others. */
  shift(): Item | undefined {
    const first = this.#lines.entries().next();
    if (first.done) return undefined;
    const [name, line] = first.value;
    const item = line.items[line.head];
    line.head += 1;
    this.#size -= 1;
    this.#lines.delete(name);
    if (line.head < line.items.length) this.#lines.set(name, line);
    if (line.head > slack && line.head * 2 > line.items.length) {
      line.items.splice(0, line.head);
      line.head = 0;
    }
    return item;
  }

  /** Takes out everything that `unwanted` says; returns what was taken out. */
  remove(unwanted: (item: Item) => boolean): readonly Item[] {
    const removed: Item[] = [];
    for (const [name, line] of this.#lines) {
      const waiting = line.items.slice(line.head);
      const kept = waiting.filter((item) => !unwanted(item));
      if (kept.length === waiting.length) continue;
      removed.push(...waiting.filter(unwanted));
      if (kept.length === 0) this.#lines.delete(name);
      else this.#lines.set(name, { items: kept, head: 0 });
    }
    this.#size -= removed.length;
    return removed;
  }
}
