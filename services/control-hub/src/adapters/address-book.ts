import type { View } from "@hybrid/view";
import {
  AddressBlock,
  blockEntries,
  type Entry,
  firstWhere,
  inBlocks,
  isBefore,
  type Place,
} from "./address-block.ts";
import { type Row, textOf } from "./rows.ts";

/** Addresses that are opened together. */
const page = blockEntries;

/** Entries that changed and stand apart, until they are put in order with the others. */
const apartMax = 5_000;

const inOrder = (a: Place, b: Place): number => (isBefore(a, b) ? -1 : 1);

const columns = "key, address, mail_address, status_address, sealed_address, sealed_status_address";

/** Lets others have their turn. */
const breathe = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Addresses of rows, opened where they are sealed; empty for people who were erased. */
export const addressesOf = async (view: View, rows: readonly Row[]): Promise<readonly string[]> => {
  const opened = await view.openedAll(
    rows.map((row) => row["sealed_address"] ?? row["sealed_status_address"] ?? null),
  );
  return rows.map((row, n) => {
    const text = opened[n];
    if (typeof text === "string") return text;
    return textOf(row, "mail_address") || textOf(row, "status_address");
  });
};

const entriesOf = async (view: View, rows: readonly Row[]): Promise<readonly Entry[]> => {
  const addresses = await addressesOf(view, rows);
  return rows.map((row, n) => ({
    key: textOf(row, "key"),
    column: textOf(row, "address"),
    address: (addresses[n] ?? "").toLowerCase(),
  }));
};

/** Two lists that are in order, as one. */
const merged = (first: readonly Entry[], second: readonly Entry[]): Entry[] => {
  const all: Entry[] = [];
  let at = 0;
  for (const entry of first) {
    for (; at < second.length && isBefore(second[at] as Entry, entry); at++) all.push(second[at] as Entry);
    all.push(entry);
  }
  return all.concat(second.slice(at));
};

/**
 * The addresses of one organisation in memory, in the order of the list. They are never written anywhere: the
 * book ends with the process, or when nobody has searched for a while.
 */
export class AddressBook {
  readonly #view: View;
  readonly #org: string;
  #blocks: AddressBlock[] = [];
  /** What changed since: the entry as it is now; null where there is none any more. */
  #apart = new Map<string, Entry | null>();
  #isWhole = false;
  #moved = Promise.withResolvers<void>();

  constructor(view: View, org: string) {
    this.#view = view;
    this.#org = org;
  }

  /** Entries that it holds. */
  get size(): number {
    return this.#blocks.reduce((sum, { entries }) => sum + entries.length, 0);
  }

  /** Whether everybody is in it. */
  get isWhole(): boolean {
    return this.#isWhole;
  }

  /** Reads everybody, a page at a time. Rejects as the view does. */
  async load(signal: AbortSignal): Promise<void> {
    let place: Place = { column: "", key: "" };
    try {
      while (!signal.aborted) {
        const rows = this.#view.all(
          `SELECT ${columns} FROM users INDEXED BY users_by_org_address_key_attention ` +
            "WHERE org = ? AND attention IS NOT NULL AND (address, key) > (?, ?) " +
            "ORDER BY address, key LIMIT ?",
          this.#org,
          place.column,
          place.key,
          page,
        );
        const entries = await entriesOf(this.#view, rows);
        if (entries.length > 0) this.#blocks.push(new AddressBlock(entries));
        place = entries.at(-1) ?? place;
        if (rows.length < page) this.#isWhole = true;
        this.#tell();
        if (this.#isWhole) return;
        await breathe();
      }
    } catch (error) {
      this.#moved.promise.catch(() => undefined);
      this.#moved.reject(error);
      throw error;
    }
  }

  /** Resolves when more of it is there. Rejects as {@link load} does. */
  grown(): Promise<void> {
    return this.#isWhole ? Promise.resolve() : this.#moved.promise;
  }

  /** Takes users in as the view has them now. */
  async change(keys: readonly string[]): Promise<void> {
    const query = `SELECT ${columns} FROM users WHERE key = ? AND attention IS NOT NULL`;
    const entries = await entriesOf(
      this.#view,
      keys.flatMap((key) => this.#view.all(query, key)),
    );
    // A reader who goes through the book keeps what was so when that began.
    this.#apart = new Map(this.#apart);
    for (const key of keys) this.#apart.set(key, null);
    for (const entry of entries) this.#apart.set(entry.key, entry);
    if (this.#isWhole && this.#apart.size > apartMax) this.#settle();
  }

  /** Whose address holds `text`, in the order of the list, behind a place, as far as the book goes by now. */
  *matches(text: string, behind: Place | null): Generator<Entry> {
    const [blocks, apart, isWhole] = [this.#blocks, this.#apart, this.#isWhole];
    // It may grow while somebody goes through it.
    const { length } = blocks;
    const changed = this.#changed().filter(
      (entry) => entry.address.includes(text) && (behind === null || isBefore(behind, entry)),
    );
    const first = behind === null ? { block: 0, entry: 0 } : this.#firstBehind(behind);
    let at = 0;
    for (let n = first.block; n < length; n++) {
      const block = blocks[n] as AddressBlock;
      let found = block.find(text, n === first.block ? first.entry : 0);
      for (; found !== undefined; found = block.find(text, found + 1)) {
        const entry = block.entries[found] as Entry;
        for (; at < changed.length && isBefore(changed[at] as Entry, entry); at++) yield changed[at] as Entry;
        if (!apart.has(entry.key)) yield entry;
      }
    }
    if (isWhole) yield* changed.slice(at);
  }

  /** The last place that is in it so far. */
  get end(): Place | null {
    return this.#blocks.at(-1)?.entries.at(-1) ?? null;
  }

  #firstBehind(place: Place): { readonly block: number; readonly entry: number } {
    const blocks = this.#blocks;
    const block = firstWhere(blocks.length, (n) => isBefore(place, blocks[n]?.entries.at(-1) as Entry));
    const entries = blocks[block]?.entries ?? [];
    return { block, entry: firstWhere(entries.length, (n) => isBefore(place, entries[n] as Entry)) };
  }

  #changed(): Entry[] {
    return [...this.#apart.values()].filter((entry) => entry !== null).toSorted(inOrder);
  }

  #settle(): void {
    const stayed = this.#blocks.flatMap(({ entries }) => entries.filter(({ key }) => !this.#apart.has(key)));
    this.#blocks = inBlocks(merged(stayed, this.#changed()));
    this.#apart = new Map();
  }

  #tell(): void {
    const { resolve } = this.#moved;
    this.#moved = Promise.withResolvers<void>();
    resolve();
  }
}
