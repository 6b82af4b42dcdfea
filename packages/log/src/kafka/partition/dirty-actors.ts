import type { ActorId } from "@hybrid/kernel";
import type { CheckpointEntry, Commit } from "../../port.ts";
import type { ByteShare } from "../shared-bytes.ts";

interface Dirty {
  /** Undefined while only the journal has it: the former owner wrote it, and this one has not yet. */
  value: Uint8Array | null | undefined;
  /** The journal offset from which on the checkpoint no longer says the latest of this actor. */
  readonly since: number;
  /** What the plan of this number says of it; until that plan is done, `value` is what holds. */
  said: Uint8Array | null;
  saidBy: number;
  /** The plan of this number carries it to the checkpoint. */
  carriedBy: number;
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

/** What a plan is made of. */
interface Plan {
  readonly number: number;
  readonly journalNext: number;
  readonly entries: readonly CheckpointEntry[];
  /** Whom it carries though they were not dirty before. */
  readonly fresh: Set<ActorId>;
}

interface Keyed {
  readonly key: ActorId;
}

/** Whether all of `some` are met in their order on a walk through `all`, as nearly every batch has them. */
const isWithin = (some: readonly Keyed[], all: readonly Keyed[]): boolean => {
  let at = 0;
  for (const { key } of some) {
    while (at < all.length && all[at]?.key !== key) at++;
    if (at++ === all.length) return false;
  }
  return true;
};

/** The most actors that an idle partition brings to the checkpoint in one transaction. */
const flushMax = 5_000;

/** Bytes of other actors that one transaction carries along, about; or twice what its own batch has. */
const carriedBytesMax = 4 * 1_024 * 1_024;

const bytesOf = (key: ActorId, value: Dirty["value"]): number => key.length + (value?.length ?? 0);

const bytesOfAll = (entries: readonly CheckpointEntry[]): number =>
  entries.reduce((sum, { key, value }) => sum + bytesOf(key, value), 0);

/**
 * The actors of one partition whose latest state stands in the journal only, longest first. Each commit
 * carries along those that have been dirty for more than `tailRecordsMax` journal records, so that a restore
 * reads no longer tail, and an actor that is busy reaches the checkpoint once for many steps. When all
 * partitions together hold more bytes than they may, the longest dirty go earlier; of large actors a
 * transaction carries some only, and the tail is longer meanwhile.
 */
export class DirtyActors {
  readonly #tailRecordsMax: number;
  readonly #share: ByteShare;
  /** In the order of `since`, because an entry keeps its place while it is dirty. */
  #dirty = new Map<ActorId, Dirty>();
  #lastSince = 0;
  #isOrdered = true;
  /** Of the last plan; an entry's marks are those of a plan when they bear its number. */
  #number = 0;
  /** Up to where the checkpoint speaks for actors whose latest the journal does not hold. */
  readonly #covered = new Map<ActorId, number>();
  /** The tail of the former owner begins here, and nobody has said yet whose it is. */
  #unreadFrom: number | null;

  /** The former owner's tail begins at `unreadFrom`; ours does so too until {@link allRead}. */
  constructor(tailRecordsMax: number, unreadFrom: number | null, share: ByteShare) {
    this.#tailRecordsMax = tailRecordsMax;
    this.#share = share;
    this.#unreadFrom = unreadFrom;
  }

  get size(): number {
    return this.#dirty.size;
  }

  /** What it holds in memory, about. */
  get bytes(): number {
    return this.#share.bytes;
  }

  /** A checkpoint entry {@link CarriedEntry.covers} what the journal has of the actor below `journalNext`. */
  cover(key: ActorId, journalNext: number): void {
    if (this.#unreadFrom !== null && journalNext > this.#unreadFrom) this.#covered.set(key, journalNext);
  }

  /** A journal record of the tail; false when the checkpoint knows better. */
  inherit(key: ActorId, offset: number): boolean {
    if (offset < (this.#covered.get(key) ?? 0)) return false;
    if (!this.#dirty.has(key)) this.#add(key, undefined, offset);
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
    const plan: Plan = { number: ++this.#number, journalNext, entries: checkpoint, fresh: new Set() };
    const known = this.#hear(plan);
    const threshold = journalNext + journal.length - this.#tailRecordsMax;
    const journaled = isWithin(checkpoint, journal) ? undefined : new Set(journal.map(({ key }) => key));
    const isAlone = (key: ActorId): boolean => journaled !== undefined && !journaled.has(key);
    const carry = ({ key, value }: CheckpointEntry, isSaid: boolean): CarriedEntry =>
      isSaid && isAlone(key) ? { key, value, covers: journalNext } : { key, value };
    let excess = this.#share.excess;
    let bytesLeft = Math.max(carriedBytesMax, 2 * bytesOfAll(checkpoint));
    const isDue = ({ since }: Dirty): boolean => bytesLeft > 0 && (since < threshold || excess > 0);
    const carried = this.#longestDirty(plan, isDue, (entry, isSaid) => {
      const bytes = bytesOf(entry.key, entry.value);
      excess -= bytes;
      bytesLeft -= bytes;
      return carry(entry, isSaid);
    });
    // So small a tail that even this batch is too long for it.
    const isTooLong = threshold > journalNext;
    if (isTooLong || journaled)
      for (const [index, entry] of checkpoint.entries()) {
        // What has no journal record of its own in this batch could not be found again in the tail.
        if (!isTooLong && !isAlone(entry.key)) continue;
        if (markCarried(plan, entry.key, known[index])) carried.push(carry(entry, true));
      }
    return this.#planOf(plan, carried, known);
  }

  /** Plans a commit of nothing but actors that are dirty. */
  planFlush(): CheckpointPlan {
    this.#order();
    const plan: Plan = { number: ++this.#number, journalNext: 0, entries: [], fresh: new Set() };
    let left = flushMax;
    let bytesLeft = carriedBytesMax;
    const isDue = ({ value }: Dirty): boolean => value === undefined || (bytesLeft > 0 && left-- > 0);
    const carried = this.#longestDirty(plan, isDue, (entry) => {
      bytesLeft -= bytesOf(entry.key, entry.value);
      return entry;
    });
    return this.#planOf(plan, carried, []);
  }

  /** Its owner is closed: what it holds is nobody's any more. */
  close(): void {
    this.#share.leave();
  }

  /** Notes what the plan says of actors that are dirty; returns these, by the entry's place. */
  #hear({ number, entries }: Plan): readonly (Dirty | undefined)[] {
    return entries.map(({ key, value }) => {
      const dirty = this.#dirty.get(key);
      if (!dirty) return undefined;
      dirty.said = value;
      dirty.saidBy = number;
      return dirty;
    });
  }

  #forget(key: ActorId): void {
    const dirty = this.#dirty.get(key);
    if (!dirty) return;
    this.#share.add(-bytesOf(key, dirty.value));
    this.#dirty.delete(key);
  }

  #add(key: ActorId, value: Dirty["value"], since: number): void {
    this.#dirty.set(key, { value, since, said: null, saidBy: 0, carriedBy: 0 });
    this.#share.add(bytesOf(key, value));
    this.#isOrdered &&= since >= this.#lastSince;
    this.#lastSince = since;
  }

  /** Who commits before the tail is read to its end meets older entries afterwards. */
  #order(): void {
    if (this.#isOrdered) return;
    this.#dirty = new Map([...this.#dirty].sort(([, a], [, b]) => a.since - b.since));
    this.#lastSince = [...this.#dirty.values()].at(-1)?.since ?? 0;
    this.#isOrdered = true;
  }

  #longestDirty(
    { number }: Plan,
    isDue: (dirty: Dirty) => boolean,
    carry: (entry: CheckpointEntry, isSaid: boolean) => CarriedEntry,
  ): CarriedEntry[] {
    const carried: CarriedEntry[] = [];
    for (const [key, dirty] of this.#dirty) {
      if (!isDue(dirty)) break;
      const isSaid = dirty.saidBy === number;
      const value = isSaid ? dirty.said : dirty.value;
      if (value === undefined) continue;
      dirty.carriedBy = number;
      carried.push(carry({ key, value }, isSaid));
    }
    return carried;
  }

  #planOf(
    plan: Plan,
    carried: readonly CarriedEntry[],
    known: readonly (Dirty | undefined)[],
  ): CheckpointPlan {
    const { number, journalNext, entries, fresh } = plan;
    return {
      carried,
      tailFrom: this.#tailFrom(plan, known),
      done: () => {
        for (const { key } of carried) this.#forget(key);
        for (let at = 0; at < entries.length; at++) {
          const { key, value } = entries[at] as CheckpointEntry;
          const dirty = known[at];
          if (!dirty) {
            if (!fresh.has(key)) this.#add(key, value, journalNext);
          } else if (dirty.carriedBy !== number) {
            this.#share.add(bytesOf(key, value) - bytesOf(key, dirty.value));
            dirty.value = value;
          }
        }
      },
    };
  }

  #tailFrom(
    { number, journalNext, entries, fresh }: Plan,
    known: readonly (Dirty | undefined)[],
  ): number | null {
    if (this.#unreadFrom !== null) return this.#unreadFrom;
    for (const { since, carriedBy } of this.#dirty.values()) if (carriedBy !== number) return since;
    for (const [at, { key }] of entries.entries()) if (!known[at] && !fresh.has(key)) return journalNext;
    return null;
  }
}

/** Notes that the plan carries an actor; false when it has been noted before. */
const markCarried = ({ number, fresh }: Plan, key: ActorId, dirty: Dirty | undefined): boolean => {
  const isNew = dirty ? dirty.carriedBy !== number : !fresh.has(key);
  if (dirty) dirty.carriedBy = number;
  else fresh.add(key);
  return isNew;
};
