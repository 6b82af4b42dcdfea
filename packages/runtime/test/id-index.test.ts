import type { ActorId } from "@hybrid/kernel";
import fc from "fast-check";
import { expect, test } from "vitest";
import { IdIndex } from "../src/store/id-index.ts";

const id = (n: number): ActorId => `acme/u-${n}` as ActorId;

/** Gives slots as the store does: those that became free first. */
const move = (index: IdIndex, free: number[], actor: ActorId, out: boolean): void => {
  if (out) {
    const slot = index.delete(actor);
    if (slot !== undefined) free.push(slot);
    return;
  }
  const size = index.size;
  index.add(actor, free.at(-1) ?? index.slotsEnd);
  if (index.size > size) free.pop();
};

test("property: the index is a map of ids to slots that nobody shares", () => {
  const anyMove = fc.tuple(fc.nat(600), fc.boolean());
  fc.assert(
    fc.property(fc.array(anyMove, { maxLength: 1_500, size: "max" }), (moves) => {
      const index = new IdIndex();
      const free: number[] = [];
      const model = new Set<ActorId>();
      for (const [n, out] of moves) {
        move(index, free, id(n), out);
        if (out) model.delete(id(n));
        else model.add(id(n));
      }
      expect(index.size).toBe(model.size);
      expect([...index.ids()].sort()).toEqual([...model].sort());
      for (let n = 0; n <= 600; n++) {
        const slot = index.slotOf(id(n));
        const found = slot === undefined ? undefined : index.idAt(slot);
        expect(found).toBe(model.has(id(n)) ? id(n) : undefined);
      }
    }),
    { numRuns: 30 },
  );
});

test("many ids are found after growth, and those that go leave the others findable", () => {
  const index = new IdIndex();
  const count = 20_000;
  for (let n = 0; n < count; n++) expect(index.add(id(n), index.slotsEnd)).toBe(n);
  expect(index.add(id(7), index.slotsEnd)).toBe(7);
  for (let n = 0; n < count; n += 3) expect(index.delete(id(n))).toBe(n);
  expect(index.delete(id(0))).toBeUndefined();
  const wrong = Array.from({ length: count }, (_, n) => n).filter(
    (n) => index.slotOf(id(n)) !== (n % 3 === 0 ? undefined : n),
  );
  expect(wrong).toEqual([]);
  expect(index.size).toBe(count - Math.ceil(count / 3));
});
