/** A user as searches go through them. */
export interface Entry {
  readonly key: string;
  /** Orders the list, together with the key: the address where it is clear, else empty. */
  readonly column: string;
  /** In lower case; opened where it is sealed. */
  readonly address: string;
}

/** Where a list stands. */
export type Place = Pick<Entry, "column" | "key">;

/** Entries of a block. */
export const blockEntries = 1_000;

/** Whether a place stands before another one. */
export const isBefore = (a: Place, b: Place): boolean =>
  a.column === b.column ? a.key < b.key : a.column < b.column;

/** The first number below `count` for which it is so; `count` where it is for none. */
export const firstWhere = (count: number, isSo: (n: number) => boolean): number => {
  let [from, to] = [0, count];
  while (from < to) {
    const middle = (from + to) >>> 1;
    if (isSo(middle)) to = middle;
    else from = middle + 1;
  }
  return from;
};

const end = "\n";

/** Some entries of a book in order, with all their addresses in one text: that is searched as a whole. */
export class AddressBlock {
  readonly entries: readonly Entry[];
  readonly #text: string;
  /** Where each address begins in the text. */
  readonly #starts: Uint32Array;

  constructor(entries: readonly Entry[]) {
    this.entries = entries;
    this.#starts = new Uint32Array(entries.length);
    let at = 0;
    // One address is one line, whatever it holds.
    const lines = entries.map(({ address }, n) => {
      this.#starts[n] = at;
      at += address.length + end.length;
      return address.replaceAll(end, " ");
    });
    this.#text = lines.join(end) + end;
  }

  /** The number of the first entry, from `from` on, whose address holds a text; undefined for none. */
  find(text: string, from: number): number | undefined {
    if (from >= this.entries.length) return undefined;
    if (text === "") return from;
    const at = text.includes(end) ? -1 : this.#text.indexOf(text, this.#starts[from]);
    if (at < 0) return undefined;
    return firstWhere(this.entries.length, (n) => (this.#starts[n] ?? 0) > at) - 1;
  }
}

/** Entries in order, as blocks. */
export const inBlocks = (entries: readonly Entry[]): AddressBlock[] =>
  Array.from(
    { length: Math.ceil(entries.length / blockEntries) },
    (_, n) => new AddressBlock(entries.slice(n * blockEntries, (n + 1) * blockEntries)),
  );
