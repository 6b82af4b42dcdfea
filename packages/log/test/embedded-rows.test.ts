import fc from "fast-check";
import { expect, test } from "vitest";
import { checkpointCrc, type RecordHead, recordCrc } from "../src/embedded/rows.ts";

const text = fc.option(fc.string({ unit: "grapheme", maxLength: 40 }));
const heads: fc.Arbitrary<RecordHead> = fc.record({
  slot: fc.nat(8_000),
  offset: fc.maxSafeNat(),
  timestamp: fc.maxSafeInteger(),
  key: text,
  headers: text,
});
const values = fc.option(fc.uint8Array({ maxLength: 200 }));

test("a record with any one part changed has another check", () => {
  const changes = fc.oneof(
    fc.tuple(fc.constant("slot"), fc.nat(8_000)),
    fc.tuple(fc.constant("offset"), fc.maxSafeNat()),
    fc.tuple(fc.constant("timestamp"), fc.maxSafeInteger()),
    fc.tuple(fc.constantFrom("key", "headers"), text),
  );
  fc.assert(
    fc.property(heads, values, changes, (head, value, [part, next]) => {
      fc.pre(head[part as keyof RecordHead] !== next);
      expect(recordCrc({ ...head, [part]: next }, value)).not.toBe(recordCrc(head, value));
    }),
  );
});

test("one flipped bit of a value, a missing byte or none at all changes the check", () => {
  const some = fc.uint8Array({ minLength: 1, maxLength: 200 });
  fc.assert(
    fc.property(heads, some, fc.nat(), (head, value, place) => {
      const flipped = Uint8Array.from(value);
      flipped[(place >> 3) % value.length]! ^= 1 << (place & 7);
      const checks = [value, flipped, value.subarray(1), value.subarray(0, -1), null].map((each) =>
        recordCrc(head, each),
      );
      expect(checks.slice(1)).not.toContain(checks[0]);
    }),
  );
});

test("characters that change their places change the check", () => {
  const head = { slot: 1, offset: 2, timestamp: 3, headers: null };
  const checks = ["acme/u-12", "acme/u-21", "acme/u-1", "acme/u-12 ", "", null].map((key) =>
    recordCrc({ ...head, key }, null),
  );
  expect(new Set(checks).size).toBe(checks.length);
  // Moved from the key to the headers, or to the next column.
  expect(recordCrc({ ...head, key: "ab", headers: "c" }, null)).not.toBe(
    recordCrc({ ...head, key: "a", headers: "bc" }, null),
  );
});

test("text that is not well-formed has the check of what the file gives back", () => {
  const head = { slot: 1, offset: 2, timestamp: 3, headers: null };
  const stored = "acme/u-\ud800".toWellFormed();
  expect(recordCrc({ ...head, key: "acme/u-\ud800" }, null)).toBe(recordCrc({ ...head, key: stored }, null));
});

test("a checkpoint entry with any one part changed has another check", () => {
  const value = new Uint8Array([1, 2, 3]);
  const checks = [
    checkpointCrc(1, "acme/u-1", 5, value),
    checkpointCrc(2, "acme/u-1", 5, value),
    checkpointCrc(1, "acme/u-2", 5, value),
    checkpointCrc(1, "acme/u-1", 6, value),
    checkpointCrc(1, "acme/u-1", 5 + 2 ** 32, value),
    checkpointCrc(1, "acme/u-1", 5, new Uint8Array([1, 2, 4])),
  ];
  expect(new Set(checks).size).toBe(checks.length);
});
