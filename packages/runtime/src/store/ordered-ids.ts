import type { ActorId } from "@hybrid/kernel";

const chunkMax = 1_024;

/** The first index whose element is not less than `id`. */
const lowerBound = (sorted: readonly string[], id: string): number => {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] ?? "") < id) low = middle + 1;
    else high = middle;
  }
  return low;
};

/** Ids in order (UTF-16 code units), in chunks, so that adding and removing do not move a million of them. */
export class OrderedIds {
  readonly #chunks: ActorId[][] = [];

  constructor(ids: Iterable<ActorId>) {
    const sorted = [...ids].sort((a, b) => (a < b ? -1 : Number(a > b)));
    for (let at = 0; at < sorted.length; at += chunkMax / 2)
      this.#chunks.push(sorted.slice(at, at + chunkMax / 2));
  }

  add(id: ActorId): void {
    const place = this.#chunkFor(id);
    const chunk = this.#chunks[place];
    if (!chunk) {
      this.#chunks.push([id]);
      return;
    }
    const at = lowerBound(chunk, id);
    if (chunk[at] === id) return;
    chunk.splice(at, 0, id);
    if (chunk.length > chunkMax) this.#chunks.splice(place + 1, 0, chunk.splice(chunkMax / 2));
  }

  delete(id: ActorId): void {
    const place = this.#chunkFor(id);
    const chunk = this.#chunks[place];
    if (!chunk) return;
    const at = lowerBound(chunk, id);
    if (chunk[at] !== id) return;
    chunk.splice(at, 1);
    if (chunk.length === 0) this.#chunks.splice(place, 1);
  }

  /** Ids that start with `prefix`, behind `after`, at most `limit`. */
  list(prefix: string, after: string | null, limit: number): readonly ActorId[] {
    const found: ActorId[] = [];
    const from = after !== null && after > prefix ? after : prefix;
    for (let place = this.#chunkFor(from); place < this.#chunks.length; place++) {
      const chunk = this.#chunks[place] ?? [];
      for (let at = lowerBound(chunk, from); at < chunk.length; at++) {
        const id = chunk[at];
        if (id === undefined || id === after) continue;
        if (!id.startsWith(prefix) || found.length >= limit) return found;
        found.push(id);
      }
    }
    return found;
  }

  /** The chunk in which `id` is, or would be: the last one that does not begin behind it. */
  #chunkFor(id: string): number {
    let low = 0;
    let high = this.#chunks.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#chunks[middle]?.[0] ?? "") <= id) low = middle + 1;
      else high = middle;
    }
    return Math.max(0, low - 1);
  }
}
