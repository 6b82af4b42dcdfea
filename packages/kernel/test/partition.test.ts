import { actorIdOf, murmur2, partitionOf, partitionOfKey } from "@hybrid/kernel";
import fc from "fast-check";
import { expect, test } from "vitest";

// The signed values are the ones that Kafka's own client library asserts for its murmur2.
test.each([
  ["21", -973932308],
  ["foobar", -790332482],
  ["a-little-bit-long-string", -985981536],
  ["a-little-bit-longer-string", -1486304829],
  ["lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8", -58897971],
  ["abc", 479470107],
])("murmur2 of %j is Kafka's", (text, signed) => {
  expect(murmur2(new TextEncoder().encode(text)) | 0).toBe(signed);
});

test("all items of an entity share its partition", () => {
  const user = partitionOf(actorIdOf("acme/u-1"), 48);
  expect(partitionOf(actorIdOf("acme/u-1/AAMkAGI"), 48)).toBe(user);
});

test("a partition written into the id wins over the hash", () => {
  expect(partitionOf(actorIdOf("acme/t-1#37"), 48)).toBe(37);
});

test("property: every key has one partition within bounds", () => {
  fc.assert(
    fc.property(fc.string(), fc.integer({ min: 1, max: 500 }), (key, partitions) => {
      const partition = partitionOfKey(key, partitions);
      return Number.isInteger(partition) && partition >= 0 && partition < partitions;
    }),
  );
});

test("keys of an organisation spread over all partitions", () => {
  const used = new Set(Array.from({ length: 2_000 }, (_, n) => partitionOf(actorIdOf(`acme/u-${n}`), 48)));
  expect(used.size).toBe(48);
});
