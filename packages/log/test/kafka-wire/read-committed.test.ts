import fc from "fast-check";
import { expect, test } from "vitest";
import type { AbortedTransaction } from "../../src/kafka/wire/aborted-transactions.ts";
import { decodeRecordSet } from "../../src/kafka/wire/record-batch-reader.ts";
import { batchOf, bytesOf, fromKafkajs, letters, markerOf, place } from "./batches.ts";

/** A record of a log whose fate is known from its making. */
interface KnownRecord {
  readonly offset: number;
  readonly key: Uint8Array;
  readonly producerId: bigint | undefined;
  readonly transactional: boolean;
  readonly marker: "abort" | "commit" | undefined;
  /** Whether a reader of committed records sees it. */
  visible: boolean;
}

interface KnownTransaction {
  readonly producerId: bigint;
  readonly firstOffset: number;
  readonly records: KnownRecord[];
}

interface KnownBatch {
  readonly bytes: Buffer;
  readonly records: readonly KnownRecord[];
}

interface KnownLog {
  readonly batches: readonly KnownBatch[];
  readonly aborted: readonly (AbortedTransaction & { readonly markerOffset: number })[];
  readonly nextOffset: number;
}

/** Numbers below `bound`, the same ones for the same seed (mulberry32). */
const dice = (seed: number): ((bound: number) => number) => {
  let state = seed;
  return (bound) => {
    state = (state + 0x6d_2b_79_f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % bound;
  };
};

/** The key of a marker of an abort, which an ordinary record may have as well. */
const zeroKey = new Uint8Array(4);

/**
 * Writes a log of 2 to 4 transactional producers and one without transactions; half of the transactions
 * are aborted, some batches have lost records to compaction, and all transactions have ended.
 */
const writeLog = (roll: (bound: number) => number): KnownLog => {
  const batches: KnownBatch[] = [];
  const aborted: (AbortedTransaction & { markerOffset: number })[] = [];
  const open = new Map<bigint, KnownTransaction>();
  let nextOffset = roll(5);
  const append = (producerId: bigint | undefined, transactional: boolean): void => {
    const transaction = producerId === undefined ? undefined : open.get(producerId);
    const lastOffsetDelta = roll(4);
    const kept = Array.from({ length: lastOffsetDelta + 1 }, (_, delta) => delta).filter(() => roll(6) > 0);
    const records = kept.map((delta): KnownRecord => {
      const offset = nextOffset + delta;
      const key = roll(8) === 0 ? zeroKey : bytesOf(`k${offset}`);
      return { offset, key, producerId, transactional, marker: undefined, visible: !transactional };
    });
    const bytes = batchOf({
      baseOffset: nextOffset,
      lastOffsetDelta,
      attributes: transactional ? 0x10 : 0,
      records: records.map(({ offset, key }) => ({ offsetDelta: offset - nextOffset, key })),
      ...(producerId === undefined ? {} : { producerId }),
    });
    batches.push({ bytes, records });
    transaction?.records.push(...records);
    nextOffset += lastOffsetDelta + 1;
  };
  const end = (transaction: KnownTransaction): void => {
    const { producerId, firstOffset } = transaction;
    const marker = roll(2) === 0 ? "abort" : "commit";
    const offset = nextOffset++;
    if (marker === "abort") aborted.push({ producerId, firstOffset, markerOffset: offset });
    else for (const record of transaction.records) record.visible = true;
    const key = Uint8Array.of(0, 0, 0, marker === "abort" ? 0 : 1);
    const control = { offset, key, producerId, transactional: true, marker, visible: false } as const;
    batches.push({ bytes: markerOf(marker, offset, producerId), records: [control] });
    open.delete(producerId);
  };
  const producers = BigInt(2 + roll(3));
  for (let turns = 8 + roll(16); turns > 0; turns--) {
    const producerId = BigInt(roll(Number(producers)));
    const transaction = open.get(producerId);
    const deed = roll(10);
    if (deed === 0) append(undefined, false);
    else if (deed === 1) append(1_000n, false);
    else if (transaction !== undefined && deed < 5) end(transaction);
    else {
      if (transaction === undefined)
        open.set(producerId, { producerId, firstOffset: nextOffset, records: [] });
      append(producerId, true);
    }
  }
  for (const transaction of open.values()) end(transaction);
  return { batches, aborted, nextOffset };
};

/** What a broker answers: whole batches from the one with the offset on, and who was aborted in them. */
const fetchFrom = (log: KnownLog, roll: (bound: number) => number) => {
  const first = roll(log.batches.length);
  const batches = log.batches.slice(first, first + 1 + roll(log.batches.length));
  const start = Number(batches[0]!.bytes.readBigInt64BE(0));
  const last = batches.at(-1)!.bytes;
  const end = Number(last.readBigInt64BE(0)) + last.readInt32BE(23) + 1;
  const fetchOffset = start + roll(batches[0]!.bytes.readInt32BE(23) + 1);
  // Its index has them in the order of their ends.
  const aborted = log.aborted.filter(
    ({ firstOffset, markerOffset }) => markerOffset >= fetchOffset && firstOffset < end,
  );
  const records = batches.flatMap(({ records }) => records).filter(({ offset }) => offset >= fetchOffset);
  return { bytes: Buffer.concat(batches.map(({ bytes }) => bytes)), fetchOffset, end, aborted, records };
};

/** The offsets that kafkajs would hand out, given the list in the order that suits it best. */
const offsetsOfKafkajs = (fetched: ReturnType<typeof fetchFrom>): number[] => {
  const filter = fromKafkajs("kafkajs/src/consumer/filterAbortedMessages.js");
  const messages = fetched.records.map(({ offset, key, producerId = -1n, transactional, marker }) => ({
    offset: String(offset),
    key: Buffer.from(key),
    isControlRecord: marker !== undefined,
    batchContext: { producerId: String(producerId), inTransaction: transactional },
  }));
  const abortedTransactions = fetched.aborted
    .toSorted((a, b) => a.firstOffset - b.firstOffset)
    .map(({ producerId, firstOffset }) => ({
      producerId: String(producerId),
      firstOffset: String(firstOffset),
    }));
  return filter({ messages, abortedTransactions })
    .filter(({ isControlRecord }: any) => !isControlRecord)
    .map(({ offset }: any) => Number(offset));
};

test("committed records alone are read, of any producers, wherever a fetch begins and ends (F1)", () => {
  // Goal: every record of an aborted transaction is left out and no other. Method: random logs whose
  // records know their fate from the writing; kafkajs's filter fails in some, so the logs are hard enough.
  let wrongInKafkajs = 0;
  let leftOut = 0;
  const runs = 5_000;
  fc.assert(
    fc.property(fc.integer(), (seed) => {
      const roll = dice(seed);
      const fetched = fetchFrom(writeLog(roll), roll);
      const visible = fetched.records.filter(({ visible }) => visible).map(({ offset }) => offset);
      const read = decodeRecordSet(fetched.bytes, { ...place, ...fetched });
      expect(read.records.map(({ offset }) => offset)).toStrictEqual(visible);
      expect(read.nextOffset).toBe(fetched.end);
      if (fetched.records.some(({ visible, marker }) => !visible && marker === undefined)) leftOut++;
      if (offsetsOfKafkajs(fetched).join() !== visible.join()) wrongInKafkajs++;
    }),
    { numRuns: runs },
  );
  expect(leftOut).toBeGreaterThan(runs / 4);
  expect(wrongInKafkajs).toBeGreaterThan(runs / 100);
}, 60_000);

test("three aborted transactions that begin before the fetch offset are all left out (F1)", () => {
  const transaction = (key: string, offset: number, producerId: bigint): Buffer =>
    letters(key, offset, { producerId, attributes: 0x10 });
  const bytes = Buffer.concat([
    transaction("a", 50, 1n),
    transaction("b", 51, 2n),
    transaction("c", 52, 3n),
    transaction("d", 53, 4n),
    markerOf("abort", 54, 1n),
    markerOf("abort", 55, 2n),
    markerOf("abort", 56, 3n),
    markerOf("commit", 57, 4n),
  ]);
  const aborted = [30, 20, 10].map((firstOffset, index) => ({ producerId: BigInt(3 - index), firstOffset }));
  const read = decodeRecordSet(bytes, { ...place, fetchOffset: 50, aborted });
  expect(read.records.map(({ key }) => key)).toStrictEqual(["d"]);
  expect(read.nextOffset).toBe(58);
});

test("a record with a marker's key does not end an aborted transaction (F1)", () => {
  const shape = { producerId: 1n, attributes: 0x10 };
  const zero = batchOf({ ...shape, baseOffset: 11, records: [{ offsetDelta: 0, key: zeroKey }] });
  const bytes = Buffer.concat([
    letters("a", 10, shape),
    zero,
    letters("b", 12, shape),
    markerOf("abort", 13, 1n),
    letters("c", 14, shape),
    markerOf("commit", 15, 1n),
  ]);
  const aborted = [{ producerId: 1n, firstOffset: 10 }];
  const read = decodeRecordSet(bytes, { ...place, fetchOffset: 10, aborted });
  expect(read.records.map(({ key }) => key)).toStrictEqual(["c"]);
});

test("what a producer of aborted transactions writes outside of transactions is read", () => {
  const bytes = Buffer.concat([
    letters("a", 10, { producerId: 1n, attributes: 0x10 }),
    letters("b", 11, { producerId: 1n }),
  ]);
  const aborted = [{ producerId: 1n, firstOffset: 10 }];
  const read = decodeRecordSet(bytes, { ...place, fetchOffset: 10, aborted });
  expect(read.records.map(({ key }) => key)).toStrictEqual(["b"]);
});

test("a control batch that compaction has emptied ends nothing and is passed", () => {
  const bytes = Buffer.concat([
    letters("a", 10, { producerId: 1n, attributes: 0x10 }),
    letters("", 11, { producerId: 1n, attributes: 0x30 }),
    letters("b", 12, { producerId: 1n, attributes: 0x10 }),
  ]);
  const aborted = [{ producerId: 1n, firstOffset: 10 }];
  const read = decodeRecordSet(bytes, { ...place, fetchOffset: 10, aborted });
  expect(read).toStrictEqual({ records: [], nextOffset: 13 });
});
