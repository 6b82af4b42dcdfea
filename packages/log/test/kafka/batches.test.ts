import fc from "fast-check";
import { expect, test } from "vitest";
import { batchBytesMax, fittingPart } from "../../src/kafka/batches.ts";
import { batchBound } from "../../src/kafka/wire/record-batch-writer.ts";
import { t0 } from "../kafka-wire/batches.ts";

const recordOf = (bytes: number) => ({ key: "acme/u-1", value: new Uint8Array(bytes), timestamp: t0 });

test("a batch takes what fits and one record at least, and its bound is that of its records", () => {
  const sizes = fc.array(fc.integer({ min: 0, max: 400_000 }), { minLength: 1, maxLength: 8 });
  const play = fc.property(sizes, fc.nat({ max: 7 }), (bytes, start) => {
    const records = bytes.map(recordOf);
    const from = Math.min(start, records.length - 1);
    const { count, bound } = fittingPart(records, from);
    expect(bound).toBe(batchBound(records.slice(from, from + count)));
    const hasRoom = count === 1 || bound <= batchBytesMax;
    const withNext = batchBound(records.slice(from, from + count + 1));
    expect({ hasRoom, isFull: from + count === records.length || withNext > batchBytesMax }).toEqual({
      hasRoom: true,
      isFull: true,
    });
  });
  fc.assert(play, { numRuns: 100 });
});

test("a record that is too large for a batch goes alone", () => {
  const records = [recordOf(batchBytesMax + 1), recordOf(10)];
  expect(fittingPart(records, 0)).toEqual({ count: 1, bound: batchBound(records.slice(0, 1)) });
});

test("the journal records of a full commit go out in one batch, which brokers take as they come", () => {
  const key = "5f0c2f0a-9a5e-4a6b-9d5c-000000000000/user-1234";
  const full = Array.from({ length: 1_000 }, () => ({ key, value: new Uint8Array(780), timestamp: t0 }));
  const { count, bound } = fittingPart(full, 0);
  expect(count).toBe(1_000);
  expect(bound).toBeGreaterThan(900_000);
  expect(batchBytesMax).toBeLessThan(1_048_588);
});
