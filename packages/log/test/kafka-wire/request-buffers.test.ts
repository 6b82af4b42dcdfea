import fc from "fast-check";
import { expect, test } from "vitest";
import { RequestBuffers } from "../../src/kafka/wire/request-buffers.ts";

const large = 1_000_000;

test("memory for a large request is used again once it is given back, for any large request", () => {
  const buffers = new RequestBuffers();
  const first = buffers.take(large);
  expect(first.length).toBeGreaterThanOrEqual(large);
  buffers.give(first);
  expect(buffers.take(64 * 1024)).toBe(first);
  buffers.give(first);
  expect(buffers.take(2 * 1024 * 1024)).toBe(first);
  expect(first.length).toBeGreaterThanOrEqual(2 * 1024 * 1024);
});

test.each([0, 1, 64 * 1024 - 1, 2 * 1024 * 1024 + 1, 5_000_000])(
  "memory for %d bytes is not kept",
  (bytes) => {
    const buffers = new RequestBuffers();
    const once = buffers.take(bytes);
    expect(once.length).toBe(bytes);
    buffers.give(once);
    expect(buffers.take(bytes) === once).toBe(false);
    expect(buffers.take(large) === once).toBe(false);
  },
);

test("eight are kept at most", () => {
  const buffers = new RequestBuffers();
  const taken = new Set(Array.from({ length: 12 }, () => buffers.take(large)));
  expect(taken.size).toBe(12);
  for (const buffer of taken) buffers.give(buffer);
  const again = Array.from({ length: 12 }, () => buffers.take(large));
  expect(again.filter((buffer) => taken.has(buffer))).toHaveLength(8);
});

/** Small ones share Node's pool, but never the same bytes of it. */
const overlap = (one: Buffer, other: Buffer): boolean =>
  one.buffer === other.buffer &&
  one.byteOffset < other.byteOffset + other.length &&
  other.byteOffset < one.byteOffset + one.length;

test("memory that is taken is nobody else's, in whatever order it is taken and given back", () => {
  const sizes = fc.constantFrom(0, 10, 70_000, large, 2 * 1024 * 1024, 2 * 1024 * 1024 + 1);
  const move = fc.oneof(fc.record({ take: sizes }), fc.record({ give: fc.nat({ max: 11 }) }));
  fc.assert(
    fc.property(fc.array(move, { maxLength: 40 }), (moves) => {
      const buffers = new RequestBuffers();
      const out: Buffer[] = [];
      for (const move of moves) {
        if ("give" in move) {
          const [buffer] = out.splice(move.give, 1);
          if (buffer) buffers.give(buffer);
          continue;
        }
        const buffer = buffers.take(move.take);
        expect(buffer.length).toBeGreaterThanOrEqual(move.take);
        expect(out.filter((other) => overlap(other, buffer))).toHaveLength(0);
        out.push(buffer);
      }
    }),
    { numRuns: 30 },
  );
});
