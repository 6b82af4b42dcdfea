import type { ActorId } from "@hybrid/kernel";
import type { CheckpointEntry, Commit } from "../port.ts";

interface Dirty {
  /** Undefined while only the journal knows it: the former owner wrote it, nobody has said it since. */
  value: Uint8Array | null | undefined;
  /** The journal offset from which on the checkpoint no longer says the latest of this actor. */
  readonly since: number;
}

/** One actor on its way to the checkpoint. */
export interface CarriedEntry extends CheckpointEntry {
  /**
   * Set when the journal does not hold this: what it holds of the actor below this offset is older, and a
   * restore must not take it for the latest.
   */
  readonly covers?: number;
}

/** What a commit writes to the checkpoint, and what it leaves to the journal's tail. */
export interface CheckpointPlan {
  readonly carried: readonly CarriedEntry[];
  /** Where the tail begins once this commit is done; null when everything is in the checkpoint. */
  readonly tailFrom: number | null;
  /** To be called when the commit is durable. */
  readonly done: () => void;
}

/** An idle partition's actors reach the checkpoint in pieces of so many. */
const flushMax = 5_000;

/**
 * The actors of one partition whose latest state stands in the journal only, longest first. Each commit
 * carries along those that have been dirty for more than `tailRecordsMax` journal records, so that a restore
 * never reads a longer tail, and an actor that is busy reaches the checkpoint once for many steps.
 */
export class DirtyActors {
  readonly #tailRecordsMax: number;
  /** In the order of `since`, because an entry keeps its place while it is dirty. */
  #dirty = new Map<ActorId, Dirty>();
  #lastSince = 0;
  #isOrdered = true;
  /** Up to where the checkpoint speaks for actors whose latest the journal does not hold. */
  readonly #covered = new Map<ActorId, number>();
  /** The tail of the former owner begins here, and nobody has said yet whose it is. */
  #unreadFrom: number | null;

  /** The former owner's tail begins at `unreadFrom`; ours does so too until {@link allRead}. */
  constructor(tailRecordsMax: number, unreadFrom: number | null) {
    this.#tailRecordsMax = tailRecordsMax;
    this.#unreadFrom = unreadFrom;
  }

  get size(): number {
    return this.#dirty.size;
  }

  /** A checkpoint entry {@link CarriedEntry.covers} what the journal has of the actor below `journalNext`. */
  cover(key: ActorId, journalNext: number): void {
    if (this.#unreadFrom !== null && journalNext > this.#unreadFrom) this.#covered.set(key, journalNext);
  }

  /** A journal record of the tail; false when the checkpoint knows better. */
  inherit(key: ActorId, offset: number): boolean {
    if (offset < (this.#covered.get(key) ?? 0)) return false;
    if (!this.#dirty.has(key)) this.#add(key, { value: undefined, since: offset });
    return true;
  }

  /** The former owner's tail has been read to its end. */
  allRead(): void {
    this.#unreadFrom = null;
    this.#covered.clear();
  }

  /** Plans a commit whose journal records come at or behind `journalNext`. */
  plan({ journal, checkpoint }: Pick<Commit, "journal" | "checkpoint">, journalNext: number): CheckpointPlan {
    this.#order();
    const latest = new Map<ActorId, Uint8Array | null>();
    for (const { key, value } of checkpoint) latest.set(key, value);
    const threshold = journalNext + journal.length - this.#tailRecordsMax;
    const carried = this.#longestDirty((each) => each.since < threshold, latest);
    // What has no journal record of its own in this batch could not be found again in the tail.
    const journaled = new Set(journal.map(({ key }) => key));
    for (const [key, value] of latest) if (!journaled.has(key) && !carried.has(key)) carried.set(key, value);
    // So small a tail that even this batch is too long for it.
    if (threshold > journalNext) for (const [key, value] of latest) carried.set(key, value);
    const isAlone = (key: ActorId): boolean => latest.has(key) && !journaled.has(key);
    return this.#planOf(carried, latest, { journalNext, isAlone });
  }

  /** Plans a commit of nothing but actors that are dirty. */
  planFlush(): CheckpointPlan {
    this.#order();
    let left = flushMax;
    const carried = this.#longestDirty(({ value }) => value === undefined || left-- > 0, new Map());
    return this.#planOf(carried, new Map(), { journalNext: 0, isAlone: () => false });
  }

  #add(key: ActorId, dirty: Dirty): void {
    this.#dirty.set(key, dirty);
    this.#isOrdered &&= dirty.since >= this.#lastSince;
    this.#lastSince = dirty.since;
  }

  /** Who commits before the tail is read to its end meets older entries afterwards. */
  #order(): void {
    if (this.#isOrdered) return;
    this.#dirty = new Map([...this.#dirty].sort(([, a], [, b]) => a.since - b.since));
    this.#lastSince = [...this.#dirty.values()].at(-1)?.since ?? 0;
    this.#isOrdered = true;
  }

  #longestDirty(
    isDue: (dirty: Dirty) => boolean,
    latest: ReadonlyMap<ActorId, Uint8Array | null>,
  ): Map<ActorId, Uint8Array | null> {
    const carried = new Map<ActorId, Uint8Array | null>();
    for (const [key, dirty] of this.#dirty) {
      if (!isDue(dirty)) break;
      const value = latest.has(key) ? latest.get(key) : dirty.value;
      if (value !== undefined) carried.set(key, value);
    }
    return carried;
  }

  #planOf(
    carried: ReadonlyMap<ActorId, Uint8Array | null>,
    latest: ReadonlyMap<ActorId, Uint8Array | null>,
    { journalNext, isAlone }: { readonly journalNext: number; readonly isAlone: (key: ActorId) => boolean },
  ): CheckpointPlan {
    return {
      carried: [...carried].map(([key, value]) =>
        isAlone(key) ? { key, value, covers: journalNext } : { key, value },
      ),
      tailFrom: this.#tailFrom(carried, latest, journalNext),
      done: () => {
        for (const key of carried.keys()) this.#dirty.delete(key);
        for (const [key, value] of latest) {
          if (carried.has(key)) continue;
          const known = this.#dirty.get(key);
          if (known) known.value = value;
          else this.#add(key, { value, since: journalNext });
        }
      },
    };
  }

  #tailFrom(
    carried: ReadonlyMap<ActorId, unknown>,
    latest: ReadonlyMap<ActorId, unknown>,
    journalNext: number,
  ): number | null {
    if (this.#unreadFrom !== null) return this.#unreadFrom;
    for (const [key, { since }] of this.#dirty) if (!carried.has(key)) return since;
    for (const key of latest.keys()) if (!carried.has(key)) return journalNext;
    return null;
  }
}
