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
