import type { ActorId } from "@hybrid/kernel";
import fc from "fast-check";
import { expect, test } from "vitest";
import { ActorStore } from "../src/store/actor-store.ts";
import { ByteSlabs } from "../src/store/byte-slabs.ts";
import { OrderedIds } from "../src/store/ordered-ids.ts";

const id = (n: number): ActorId => `acme/u-${n}` as ActorId;
const bytes = (text: string): Uint8Array => Buffer.from(text);
const text = (held: Uint8Array | undefined): string | undefined => held && Buffer.from(held).toString();

test("property: the store is a map of ids to bytes, and lists ids in order", () => {
  const anyMove = fc.record({
    actor: fc.integer({ min: 0, max: 30 }).map(id),
    value: fc.option(fc.string({ maxLength: 300 }), { nil: undefined }),
  });
  fc.assert(
    fc.property(fc.array(anyMove, { maxLength: 200 }), fc.boolean(), (moves, listedEarly) => {
      const store = new ActorStore();
      const model = new Map<ActorId, string>();
      if (listedEarly) store.list("", null, 1);
      for (const { actor, value } of moves) {
        if (value === undefined) {
          store.delete(actor);
          model.delete(actor);
        } else {
          const slot = store.set(actor, bytes(value));
          if (store.idAt(slot) !== actor) throw new Error(`slot ${slot} is not that of ${actor}`);
          model.set(actor, value);
        }
      }
      expect(store.size).toBe(model.size);
      for (let n = 0; n <= 30; n++) expect(text(store.get(id(n)))).toBe(model.get(id(n)));
      const sorted = [...model.keys()].sort();
      expect(store.list("acme/u-", null, 1_000)).toEqual(sorted);
      expect(store.list("acme/u-1", "acme/u-12", 3)).toEqual(
        sorted.filter((each) => each.startsWith("acme/u-1") && each > "acme/u-12").slice(0, 3),
      );
    }),
  );
});

test("ids stay in order across many chunks", () => {
  const ids = new OrderedIds([]);
  const all = Array.from({ length: 5_000 }, (_, n) => id((n * 7_919) % 5_003));
  for (const each of all) ids.add(each);
  for (const each of all.slice(0, 2_000)) ids.delete(each);
  const sorted = all.slice(2_000).sort();
  expect(ids.list("acme/", null, 10_000)).toEqual(sorted);
  expect(ids.list("acme/", sorted[1_499]!, 2)).toEqual(sorted.slice(1_500, 1_502));
  expect(ids.list("other/", null, 10)).toEqual([]);
});

test("bytes that are written over and over do not make the slabs grow, and old views stay as they were", () => {
  const slabs = new ByteSlabs();
  const value = (slot: number, round: number) => bytes(`${slot}-${round}-`.padEnd(200, "."));
  for (let slot = 0; slot < 1_000; slot++) slabs.set(slot, value(slot, 0));
  const view = slabs.get(5);
  for (let round = 1; round <= 100; round++)
    for (let slot = 0; slot < 1_000; slot++) slabs.set(slot, value(slot, round));
  for (let slot = 0; slot < 1_000; slot++) expect(text(slabs.get(slot))).toBe(text(value(slot, 100)));
  expect(text(view)).toBe(text(value(5, 0)));
  expect(slabs.heldBytes).toBeLessThan(2 * 200_000 + 2 * 1024 * 1024);
  for (let slot = 0; slot < 1_000; slot++) slabs.delete(slot);
  expect(slabs.get(5)).toBeUndefined();
  expect(slabs.heldBytes).toBeLessThan(1024 * 1024);
});

test("a value larger than a slab is held too", () => {
  const slabs = new ByteSlabs();
  const large = new Uint8Array(10_000_000).fill(7);
  slabs.set(0, bytes("small"));
  slabs.set(1, large);
  slabs.set(2, new Uint8Array(0));
  expect(text(slabs.get(0))).toBe("small");
  expect(Buffer.compare(slabs.get(1)!, large)).toBe(0);
  expect(slabs.get(2)).toHaveLength(0);
});
