import { type ActorId, actorIdOf } from "@hybrid/kernel";
import fc from "fast-check";
import { expect, test } from "vitest";
import {
  type CarriedEntry,
  type CheckpointPlan,
  DirtyActors,
} from "../../src/kafka/partition/dirty-actors.ts";
import { SharedBytes } from "../../src/kafka/shared-bytes.ts";

const plenty = 1_000_000_000;

/** An owner's, that shares its bytes with nobody. */
const dirtyActors = (max: number, unreadFrom: number | null, bytesMax = plenty): DirtyActors =>
  new DirtyActors(max, unreadFrom, new SharedBytes(bytesMax).join());

const actor = (n: number): ActorId => actorIdOf(`acme/u-${n}`);
const bytes = (value: string | null): Uint8Array | null => (value === null ? null : Buffer.from(value));
const text = (value: Uint8Array | null): string | null => (value ? Buffer.from(value).toString() : null);

/** The journal and the checkpoint of one partition as a broker would hold them, and who owns it. */
class Partition {
  readonly journal: { readonly offset: number; readonly key: ActorId; readonly value: string | null }[] = [];
  readonly checkpoint = new Map<ActorId, CarriedEntry>();
  readonly latest = new Map<ActorId, string | null>();
  tailFrom: number | null = null;
  journalNext = 0;
  longestTail = 0;
  longestBatch = 0;
  readonly #tailRecordsMax: number;
  readonly #bytesMax: number;
  #owner: DirtyActors;

  constructor(tailRecordsMax: number, bytesMax = plenty) {
    this.#tailRecordsMax = tailRecordsMax;
    this.#bytesMax = bytesMax;
    this.#owner = dirtyActors(tailRecordsMax, null, bytesMax);
  }

  /** Every entry is journaled but those that are said to stand in the checkpoint alone. */
  commit(entries: readonly (readonly [number, string | null])[], alone: ReadonlySet<number>): void {
    const journal = entries
      .filter(([n]) => !alone.has(n))
      .map(([n, value]) => ({ key: actor(n), value: Buffer.from(value ?? "") }));
    const latest = new Map(entries);
    const checkpoint = [...latest].map(([n, value]) => ({ key: actor(n), value: bytes(value) }));
    const plan = this.#owner.plan({ journal, checkpoint }, this.journalNext);
    const journaled = entries.filter(([n]) => !alone.has(n));
    for (const [index, [n, value]] of journaled.entries())
      this.journal.push({ offset: this.journalNext + index, key: actor(n), value });
    for (const [n, value] of latest) this.latest.set(actor(n), value);
    if (journaled.length > 0) this.journalNext += journaled.length + 1;
    this.longestBatch = Math.max(this.longestBatch, journaled.length);
    this.#take(plan);
  }

  flush(): CheckpointPlan {
    const plan = this.#owner.planFlush();
    this.#take(plan);
    return plan;
  }

  /** Another owner, that has not read yet what it found. */
  change(): { readonly restore: () => ReadonlyMap<ActorId, string | null> } {
    const { tailFrom, journal } = this;
    const owner = dirtyActors(this.#tailRecordsMax, tailFrom, this.#bytesMax);
    this.#owner = owner;
    const stood = [...this.checkpoint];
    const until = journal.length;
    return {
      restore: () => {
        const states = new Map<ActorId, string | null>();
        for (const [key, { value, covers }] of stood) {
          states.set(key, text(value));
          if (covers !== undefined) owner.cover(key, covers);
        }
        if (tailFrom === null) return states;
        for (const { offset, key, value } of journal.slice(0, until))
          if (offset >= tailFrom && owner.inherit(key, offset)) states.set(key, value);
        owner.allRead();
        return states;
      },
    };
  }

  /** What the tail holds, once its new owner has said it again. */
  catchUp(): void {
    const { tailFrom } = this;
    if (tailFrom === null) return;
    const keys = new Set(this.journal.filter(({ offset }) => offset >= tailFrom).map(({ key }) => key));
    const checkpoint = [...keys].map((key) => ({ key, value: bytes(this.latest.get(key) ?? null) }));
    this.#take(this.#owner.plan({ journal: [], checkpoint }, this.journalNext));
  }

  get tailRecords(): number {
    const { tailFrom } = this;
    return tailFrom === null ? 0 : this.journal.filter(({ offset }) => offset >= tailFrom).length;
  }

  #take({ carried, tailFrom, done }: CheckpointPlan): void {
    for (const entry of carried) this.checkpoint.set(entry.key, entry);
    this.tailFrom = tailFrom;
    done();
    this.longestTail = Math.max(this.longestTail, this.tailRecords);
  }
}

const present = (states: ReadonlyMap<ActorId, string | null>): Readonly<Record<string, string>> =>
  Object.fromEntries([...states].filter((entry): entry is [ActorId, string] => entry[1] !== null));

type Move =
  | { readonly kind: "commit"; readonly actors: readonly number[]; readonly alone: readonly number[] }
  | { readonly kind: "end"; readonly actors: readonly number[] }
  | { readonly kind: "flush" }
  | { readonly kind: "change"; readonly restores: "first" | "later" | "never" };

const actors = fc.array(fc.nat({ max: 12 }), { maxLength: 8 });
const move: fc.Arbitrary<Move> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant("commit" as const),
      actors,
      alone: fc.array(fc.nat({ max: 12 }), { maxLength: 2 }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("end" as const), actors }) },
  { weight: 1, arbitrary: fc.constant({ kind: "flush" as const }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant("change" as const),
      restores: fc.constantFrom("first" as const, "later" as const, "never" as const),
    }),
  },
);

test("checkpoint and tail give every actor's latest, whatever was committed, flushed and handed over", () => {
  /*
   * Goal: what an owner restores is right at any time, also when it commits before it restores or restores
   *   never, and when an actor's latest has no journal record.
   * Method: random histories; after every move the next owner's restore is compared with the last commits.
   */
  const play = fc.property(
    fc.integer({ min: 0, max: 15 }),
    fc.constantFrom(plenty, 100, 0),
    fc.array(move, { maxLength: 40 }),
    (max, bytesMax, moves) => {
      const partition = new Partition(max, bytesMax);
      const later: (() => unknown)[] = [];
      for (const [number, one] of moves.entries()) {
        if (one.kind === "commit")
          partition.commit(
            one.actors.map((n) => [n, `${n} at ${number}`]),
            new Set(one.alone),
          );
        else if (one.kind === "end")
          partition.commit(
            one.actors.map((n) => [n, null]),
            new Set(),
          );
        else if (one.kind === "flush") partition.flush();
        else {
          const { restore } = partition.change();
          later.length = 0;
          if (one.restores === "first") restore();
          else if (one.restores === "later") later.push(restore);
        }
        if (later.length > 0 && number % 3 === 0) later.pop()?.();
        const looker = dirtyActors(max, partition.tailFrom);
        expect(present(restoredBy(looker, partition))).toEqual(present(partition.latest));
      }
    },
  );
  fc.assert(play, { numRuns: 300 });
});

/** A restore that changes nothing. */
const restoredBy = (looker: DirtyActors, partition: Partition): ReadonlyMap<ActorId, string | null> => {
  const states = new Map<ActorId, string | null>();
  for (const [key, { value, covers }] of partition.checkpoint) {
    states.set(key, text(value));
    if (covers !== undefined) looker.cover(key, covers);
  }
  const { tailFrom } = partition;
  for (const { offset, key, value } of partition.journal)
    if (tailFrom !== null && offset >= tailFrom && looker.inherit(key, offset)) states.set(key, value);
  return states;
};

test("the tail is never longer than its limit and one batch, when each owner says again what it found", () => {
  const commits = fc.array(fc.array(fc.nat({ max: 200 }), { maxLength: 30 }), { maxLength: 60 });
  const play = fc.property(
    fc.integer({ min: 0, max: 50 }),
    commits,
    fc.nat({ max: 20 }),
    (max, batches, changeEvery) => {
      const partition = new Partition(max);
      for (const [number, batch] of batches.entries()) {
        partition.commit(
          batch.map((n) => [n, `${n} at ${number}`]),
          new Set(),
        );
        if (changeEvery === 0 || number % changeEvery !== 0) continue;
        partition.change().restore();
        partition.catchUp();
        expect(partition.tailRecords).toBe(0);
      }
      expect(partition.longestTail).toBeLessThanOrEqual(max + partition.longestBatch);
    },
  );
  fc.assert(play, { numRuns: 200 });
});

test("a busy actor reaches the checkpoint once for many steps", () => {
  const partition = new Partition(100);
  let carried = 0;
  const dirty = dirtyActors(100, null);
  for (let step = 0; step < 1_000; step++) {
    const entry = { key: actor(1), value: Buffer.from(String(step)) };
    const plan = dirty.plan({ journal: [entry], checkpoint: [entry] }, step);
    carried += plan.carried.length;
    plan.done();
  }
  expect(carried).toBeGreaterThanOrEqual(9);
  expect(carried).toBeLessThanOrEqual(10);
  expect(partition.tailRecords).toBe(0);
});

test("after a flush everything is in the checkpoint, in pieces when there is much", () => {
  const partition = new Partition(1_000_000);
  partition.commit(
    Array.from({ length: 12_000 }, (_, n) => [n, String(n)]),
    new Set(),
  );
  const pieces = [partition.flush(), partition.flush(), partition.flush()].map(
    ({ carried }) => carried.length,
  );
  expect(pieces).toEqual([5_000, 5_000, 2_000]);
  expect(partition.tailFrom).toBeNull();
  expect(partition.flush().carried).toEqual([]);
});

test("what was found in the tail and not said again keeps its place there, however much is flushed", () => {
  const partition = new Partition(1_000_000);
  partition.commit(
    Array.from({ length: 6_000 }, (_, n) => [n, "found"]),
    new Set(),
  );
  partition.change().restore();
  partition.commit([[7_000, "own"]], new Set());
  expect(partition.flush().carried.map(({ key }) => key)).toEqual([actor(7_000)]);
  expect(partition.tailFrom).toBe(0);
});

test("a commit that fails leaves the plan of the next one as it was", () => {
  const dirty = dirtyActors(2, null);
  const entry = { key: actor(1), value: Buffer.from("one") };
  dirty.plan({ journal: [entry], checkpoint: [entry] }, 0);
  expect(dirty.size).toBe(0);
  expect(dirty.planFlush()).toMatchObject({ carried: [], tailFrom: null });
});

const large = (n: number, bytes: number) => ({ key: actor(n), value: Buffer.alloc(bytes, n) });

const megabyte = 1_024 * 1_024;

/** Commits each actor by itself, in order; returns what was carried, by commit. */
const commitEach = (dirty: DirtyActors, entries: readonly ReturnType<typeof large>[]): number[][] =>
  entries.map((entry, at) => {
    const plan = dirty.plan({ journal: [entry], checkpoint: [entry] }, 2 * at);
    plan.done();
    return plan.carried.map(({ value }) => value?.length ?? 0);
  });

test("what dirty actors hold stays within the bytes that partitions share, in any order of commits", () => {
  /*
   * Goal: large states do not fill the memory before the number of journal records is reached.
   * Method: three partitions of large actors, far below the tail's limit in records, commit in turns.
   */
  const shared = new SharedBytes(16 * megabyte);
  const partitions = [0, 1, 2].map(() => new DirtyActors(1_000_000, null, shared.join()));
  let most = 0;
  for (let step = 0; step < 300; step++) {
    const entry = large(step, 256 * 1_024);
    const dirty = partitions[step % 3]!;
    dirty.plan({ journal: [entry], checkpoint: [entry] }, 2 * step).done();
    most = Math.max(most, shared.used);
  }
  expect(most).toBeGreaterThan(4 * megabyte);
  expect(most).toBeLessThanOrEqual(16 * megabyte);
  for (const dirty of partitions) dirty.close();
  expect(shared.used).toBe(0);
});

test("one commit carries a bounded part of large actors that are due together, and the rest follow", () => {
  const dirty = dirtyActors(100, null);
  const crowd = Array.from({ length: 80 }, (_, n) => large(n, 256 * 1_024));
  dirty.plan({ journal: crowd, checkpoint: crowd }, 0).done();
  const small = Array.from({ length: 150 }, (_, n) => large(1_000 + n, 10));
  const carried = small.map((entry, at) => {
    const plan = dirty.plan({ journal: [entry], checkpoint: [entry] }, 81 + 2 * at);
    plan.done();
    return plan.carried.reduce((sum, { value }) => sum + (value?.length ?? 0), 0);
  });
  expect(Math.max(...carried)).toBeLessThanOrEqual(4 * megabyte + 256 * 1_024);
  expect(carried.reduce((sum, each) => sum + each, 0)).toBeGreaterThanOrEqual(80 * 256 * 1_024);
  const flushed = dirtyActors(1_000, null);
  flushed.plan({ journal: crowd, checkpoint: crowd }, 0).done();
  expect(flushed.planFlush().carried.length).toBeLessThanOrEqual(17);
});

test("the bytes held are those of the latest values, and none when all is in the checkpoint", () => {
  const dirty = dirtyActors(1_000, null);
  const key = actor(1).length;
  commitEach(dirty, [large(1, 100), large(1, 300)]);
  expect(dirty.bytes).toBe(key + 300);
  dirty.planFlush().done();
  expect(dirty.bytes).toBe(0);
});
