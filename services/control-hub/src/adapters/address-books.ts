import { type Cancel, minutes, plus, type Scheduler } from "@hybrid/kernel";
import type { View } from "@hybrid/view";
import { AddressBook } from "./address-book.ts";

/** Without a search for this time a book is forgotten. */
const idleMs = minutes(15);

/** Entries of all books together; beyond them the one that was longest unused goes. 100 bytes or so each. */
const entriesMax = 2_000_000;

interface Kept {
  readonly book: AddressBook;
  readonly ending: AbortController;
  usedAt: number;
}

/** What address books are made from. */
export interface AddressBooksOptions {
  readonly view: View;
  readonly scheduler: Scheduler;
  readonly logger: { readonly error: (fields: object, message: string) => void };
}

/**
 * The address books of a process, made when somebody looks at users, and kept as the view changes. Addresses
 * may be sealed in the view's file, so what is searched is in memory alone ("How addresses are searched").
 */
export class AddressBooks {
  readonly #options: AddressBooksOptions;
  readonly #kept = new Map<string, Kept>();
  readonly #ending = new AbortController();
  #isFollowing = false;
  #sweep: Cancel | undefined;

  constructor(options: AddressBooksOptions) {
    this.#options = options;
  }

  /** The book of an organisation, which may not be whole yet. */
  of(org: string): AddressBook {
    const now = this.#options.scheduler.now();
    const known = this.#kept.get(org);
    if (known) {
      known.usedAt = now;
      // The first one in the map is the one that was longest unused.
      this.#kept.delete(org);
      this.#kept.set(org, known);
      return known.book;
    }
    this.#follow();
    const kept = {
      book: new AddressBook(this.#options.view, org),
      ending: new AbortController(),
      usedAt: now,
    };
    this.#kept.set(org, kept);
    kept.book
      .load(AbortSignal.any([kept.ending.signal, this.#ending.signal]))
      .then(() => this.#makeRoom())
      .catch((error: unknown) => {
        // The next search begins again.
        this.#forget(org);
        this.#options.logger.error({ err: error, org }, "addresses cannot be read to be searched");
      });
    this.#sweep ??= this.#sweepLater();
    return kept.book;
  }

  /** Forgets everything. */
  close(): void {
    this.#ending.abort();
    this.#sweep?.();
    this.#kept.clear();
  }

  #forget(org: string): void {
    this.#kept.get(org)?.ending.abort();
    this.#kept.delete(org);
  }

  #makeRoom(): void {
    let entries = [...this.#kept.values()].reduce((sum, { book }) => sum + book.size, 0);
    for (const [org, { book }] of this.#kept) {
      if (entries <= entriesMax || this.#kept.size === 1) return;
      entries -= book.size;
      this.#forget(org);
    }
  }

  #sweepLater(): Cancel {
    const { scheduler } = this.#options;
    return scheduler.at(plus(scheduler.now(), idleMs), () => {
      const now = scheduler.now();
      for (const [org, { usedAt }] of this.#kept) if (usedAt + idleMs <= now) this.#forget(org);
      this.#sweep = this.#kept.size === 0 ? undefined : this.#sweepLater();
    });
  }

  #follow(): void {
    if (this.#isFollowing) return;
    this.#isFollowing = true;
    const { view, logger } = this.#options;
    // From before anything is read: what changes meanwhile is told.
    this.#changes(view.token()).catch((error: unknown) => {
      this.#isFollowing = false;
      // Nobody keeps them up to date any more.
      for (const org of this.#kept.keys()) this.#forget(org);
      logger.error({ err: error }, "addresses to be searched are read again");
    });
  }

  async #changes(token: string): Promise<void> {
    for await (const { isReset, changes } of this.#options.view.changes(token, this.#ending.signal)) {
      if (isReset) for (const org of this.#kept.keys()) this.#forget(org);
      const keys = changes.filter(({ table }) => table === "users").map(({ key }) => key);
      const byOrganisation = Map.groupBy(keys, (key) => key.slice(0, key.indexOf("/")));
      for (const [org, own] of byOrganisation) await this.#kept.get(org)?.book.change(own);
    }
  }
}
