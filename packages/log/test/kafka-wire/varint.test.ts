import fc from "fast-check";
import { expect, test } from "vitest";
import { readInt64, readVarint, varintBytes, writeInt64, writeVarint } from "../../src/kafka/wire/varint.ts";

/** The numbers on both sides of every change of length, and the ends. */
const edges = [6, 13, 20, 27, 34, 41, 48, 53].flatMap((bits) => [2 ** bits - 1, -(2 ** bits - 1)]);
const numbers = [
  ...edges,
  ...edges.map((edge) => (Number.isSafeInteger(edge * 2) ? edge + 1 : edge - 1)),
  0,
  -1,
];

/** The bytes by the definition: zigzag, then groups of seven bits. */
const byDefinition = (value: bigint): number[] => {
  let rest = BigInt.asUintN(64, (value << 1n) ^ (value >> 63n));
  const bytes = [];
  for (; rest >= 128n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128);
  return [...bytes, Number(rest)];
};

const check = (value: number): void => {
  const bytes = Buffer.alloc(12, 0xee);
  const sink = { bytes, at: 1 };
  writeVarint(sink, value);
  const expected = byDefinition(BigInt(value));
  expect([...bytes.subarray(1, sink.at)]).toStrictEqual(expected);
  expect(varintBytes(value)).toBe(expected.length);
  const cursor = { bytes, at: 1 };
  expect(readVarint(cursor)).toBe(value);
  expect(cursor.at).toBe(sink.at);
};

test.each(numbers)("the varint of %d is zigzag in groups of seven bits", check);

test("varints of all safe integers are zigzag in groups of seven bits", () => {
  fc.assert(fc.property(fc.maxSafeInteger(), check));
});

test.each([2n ** 53n, -(2n ** 53n) - 1n, 2n ** 63n - 1n, -(2n ** 63n)])(
  "the varlong of %d, which no number holds, is refused",
  (value) => {
    expect(() => readVarint({ bytes: Buffer.from(byDefinition(value)), at: 0 })).toThrow(RangeError);
  },
);

test("a varint that never ends is refused", () => {
  expect(() => readVarint({ bytes: Buffer.alloc(64, 0x80), at: 0 })).toThrow(RangeError);
});

test("64-bit numbers are written and read as far as numbers are exact", () => {
  const bytes = Buffer.alloc(8);
  fc.assert(
    fc.property(fc.maxSafeInteger(), (value) => {
      writeInt64(bytes, 0, value);
      expect(bytes.readBigInt64BE(0)).toBe(BigInt(value));
      expect(readInt64(bytes, 0)).toBe(value);
    }),
  );
  bytes.writeBigInt64BE(2n ** 53n, 0);
  expect(() => readInt64(bytes, 0)).toThrow(RangeError);
});
