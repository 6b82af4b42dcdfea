import type { ViewFile } from "./view-file.ts";

/** A key of a table whose row changed, came or went; ask the view what it is now. */
export interface ViewChange {
  readonly table: string;
  readonly key: string;
}

/** Changes that belong together, and where a reader goes on behind them. */
export interface ChangeBatch {
  /** To be given back by who comes again. */
  readonly token: string;
  /** Read everything again: changes before this place are not kept, or the view was rebuilt. */
  readonly isReset: boolean;
  /** Each key once, in the order of their last changes. */
  readonly changes: readonly ViewChange[];
}

const batchMax = 1_000;

const tokenOf = (epoch: string, seq: number): string => `${epoch}.${seq}`;

/** The number in a token of this epoch; undefined for none, or what is none. */
const seqIn = (token: string | null, epoch: string): number | undefined => {
  const [known, seq] = token?.split(".", 2) ?? [];
  return known === epoch && seq !== undefined && /^\d{1,15}$/.test(seq) ? Number(seq) : undefined;
};

const lastOfKeys = (changes: readonly ViewChange[]): readonly ViewChange[] => {
  const last = new Map<string, ViewChange>();
  for (const { table, key } of changes) {
    const name = `${table} ${key}`;
    last.delete(name);
    last.set(name, { table, key });
  }
  return [...last.values()];
};

/** The changes of a view, for any number of readers, each with its own place. */
export class ChangeFeed {
  readonly #file: ViewFile;
  readonly #watchers = new Set<() => void>();

  constructor(file: ViewFile) {
    this.#file = file;
  }

  /** Where somebody goes on who has read everything now. */
  token(): string {
    return tokenOf(this.#file.epoch, this.#file.changeBounds().last);
  }

  /** Wakes who waits. */
  moved(): void {
    for (const watcher of this.#watchers) watcher();
  }

  /** Batches behind a token, and then as they come, until the signal is aborted. Null begins with a reset. */
  async *after(token: string | null, signal: AbortSignal): AsyncGenerator<ChangeBatch, void, undefined> {
    let { epoch } = this.#file;
    let seq = this.#placeOf(token, epoch);
    while (!signal.aborted) {
      if (!this.#file.isBuilt) {
        seq = undefined;
        await this.#moves(signal);
        continue;
      }
      if (epoch !== this.#file.epoch) [epoch, seq] = [this.#file.epoch, undefined];
      if (seq === undefined) {
        seq = this.#file.changeBounds().last;
        yield { token: tokenOf(epoch, seq), isReset: true, changes: [] };
        continue;
      }
      const read = this.#file.changes(seq, batchMax);
      const last = read.at(-1);
      if (last === undefined) {
        await this.#moves(signal);
        continue;
      }
      // A slow reader was overtaken by the forgetting.
      if (seq + 1 < this.#file.changeBounds().first) {
        seq = undefined;
        continue;
      }
      seq = last.seq;
      yield { token: tokenOf(epoch, seq), isReset: false, changes: lastOfKeys(read) };
    }
  }

  #placeOf(token: string | null, epoch: string): number | undefined {
    const seq = seqIn(token, epoch);
    const { first, last } = this.#file.changeBounds();
    return seq !== undefined && seq + 1 >= first && seq <= last ? seq : undefined;
  }

  #moves(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        signal.removeEventListener("abort", done);
        this.#watchers.delete(done);
        resolve();
      };
      if (signal.aborted) return resolve();
      signal.addEventListener("abort", done, { once: true });
      this.#watchers.add(done);
      return undefined;
    });
  }
}

/**
 * A batch as server-sent events (html.spec.whatwg.org, "Server-sent events"): `reset`, or one `change` for
 * each key with `dataOf` it as JSON. The id stands with the last one: who breaks off before it gets all of
 * them again.
 */
export const serverSentEvents = (
  { token, isReset, changes }: ChangeBatch,
  dataOf: (change: ViewChange) => unknown,
): string => {
  if (isReset) return `id: ${token}\nevent: reset\ndata: {}\n\n`;
  return changes
    .map((change, at) => {
      const id = at === changes.length - 1 ? `id: ${token}\n` : "";
      return `${id}event: change\ndata: ${JSON.stringify(dataOf(change))}\n\n`;
    })
    .join("");
};
