import fc from "fast-check";
import { expect, test } from "vitest";
import { DueIndex } from "../src/due-index.ts";

test("yields what is due, longest overdue first, each once", () => {
  const index = new DueIndex();
  index.set(3, 30);
  index.set(1, 10);
  index.set(2, 20);
  expect(index.nextAt()).toBe(10);
  expect(index.countDue(20)).toBe(2);
  expect([index.pop(25), index.pop(25), index.pop(25)]).toEqual([1, 2, undefined]);
  expect(index.size).toBe(1);
});

test("moving a time replaces it, and undefined takes it out", () => {
  const index = new DueIndex();
  index.set(1, 10);
  index.set(1, 50);
  index.set(2, 20);
  index.set(2, undefined);
  index.set(9, undefined);
  expect(index.size).toBe(1);
  expect(index.pop(49)).toBeUndefined();
  expect(index.pop(50)).toBe(1);
  expect(index.nextAt()).toBeUndefined();
});

test("property: behaves like a sorted list whatever is set, moved, taken out and popped", () => {
  const anyMove = fc.oneof(
    fc.record({
      slot: fc.integer({ min: 0, max: 40 }),
      dueAt: fc.option(fc.integer({ min: 0, max: 99 }), { nil: undefined }),
    }),
    fc.record({ now: fc.integer({ min: 0, max: 120 }) }),
  );
  fc.assert(
    fc.property(fc.array(anyMove, { maxLength: 200 }), (moves) => {
      const index = new DueIndex();
      const model = new Map<number, number>();
      for (const move of moves) {
        if ("slot" in move) {
          index.set(move.slot, move.dueAt);
          if (move.dueAt === undefined) model.delete(move.slot);
          else model.set(move.slot, move.dueAt);
        }
        const now = "now" in move ? move.now : -1;
        expect(index.countDue(now)).toBe([...model.values()].filter((at) => at <= now).length);
        const first = Math.min(...model.values());
        const slot = index.pop(now);
        expect(slot === undefined ? undefined : model.get(slot)).toBe(first <= now ? first : undefined);
        if (slot !== undefined) model.delete(slot);
        expect(index.size).toBe(model.size);
        expect(index.nextAt()).toBe(model.size === 0 ? undefined : Math.min(...model.values()));
      }
    }),
  );
});

test("a hundred thousand timers come out in order", () => {
  const index = new DueIndex();
  for (let slot = 0; slot < 100_000; slot++) index.set(slot, (slot * 7_919) % 100_003);
  let last = -1;
  for (let n = 0; n < 100_000; n++) {
    const dueAt = index.nextAt()!;
    index.pop(dueAt);
    if (dueAt < last) throw new Error(`${dueAt} came after ${last}`);
    last = dueAt;
  }
  expect(index.size).toBe(0);
});
