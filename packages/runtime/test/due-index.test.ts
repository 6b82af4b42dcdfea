import { type OrgId, orgIdOf } from "@hybrid/kernel";
import fc from "fast-check";
import { expect, test } from "vitest";
import { DueIndex } from "../src/store/due-index.ts";

const acme = orgIdOf("acme");
const storm = orgIdOf("storm");
const calm = orgIdOf("calm");

test("yields what is due, longest overdue first, each once", () => {
  const index = new DueIndex();
  index.set(3, 30, acme);
  index.set(1, 10, acme);
  index.set(2, 20, acme);
  expect(index.nextAt()).toBe(10);
  expect(index.countDue(20)).toBe(2);
  expect([index.pop(25), index.pop(25), index.pop(25)]).toEqual([1, 2, undefined]);
  expect(index.size).toBe(1);
});

test("moving a time replaces it, also to another organisation, and clearing takes it out", () => {
  const index = new DueIndex();
  index.set(1, 10, acme);
  index.set(1, 50, storm);
  index.set(2, 20, acme);
  index.clear(2);
  index.clear(9);
  expect(index.size).toBe(1);
  expect(index.pop(49)).toBeUndefined();
  expect(index.pop(50)).toBe(1);
  expect(index.nextAt()).toBeUndefined();
});

test("organisations take turns, however many of one are overdue; a newcomer's turn comes after those waiting", () => {
  const index = new DueIndex();
  for (let slot = 0; slot < 1_000; slot++) index.set(slot, slot, storm);
  for (let slot = 0; slot < 3; slot++) index.set(2_000 + slot, 5_000 + slot, calm);
  expect(Array.from({ length: 4 }, () => index.pop(10_000))).toEqual([0, 2_000, 1, 2_001]);
  index.set(3_000, 1, acme);
  index.gather(10_000);
  expect(Array.from({ length: 5 }, () => index.pop(10_000))).toEqual([2, 2_002, 3_000, 3, 4]);
  expect(index.countDue(10_000)).toBe(995);
});

test("property: yields what is due and nothing else, each organisation's in its order, nobody waiting long", () => {
  const orgs = [acme, storm, calm] as const;
  const anyMove = fc.oneof(
    fc.record({
      slot: fc.integer({ min: 0, max: 40 }),
      dueAt: fc.option(fc.integer({ min: 0, max: 99 }), { nil: undefined }),
      org: fc.constantFrom(...orgs),
    }),
    fc.record({ now: fc.integer({ min: 0, max: 120 }) }),
  );
  fc.assert(
    fc.property(fc.array(anyMove, { maxLength: 200 }), (moves) => {
      const index = new DueIndex();
      const model = new Map<number, { readonly dueAt: number; readonly org: OrgId }>();
      const firstOf = (org: OrgId): number =>
        Math.min(...[...model.values()].filter((each) => each.org === org).map(({ dueAt }) => dueAt));
      // How often each was passed over while it was due.
      const passed = new Map<OrgId, number>();
      for (const move of moves) {
        if ("slot" in move) {
          const { slot, dueAt, org } = move;
          if (dueAt === undefined) index.clear(slot);
          else index.set(slot, dueAt, org);
          if (dueAt === undefined) model.delete(slot);
          else model.set(slot, { dueAt, org });
          continue;
        }
        const { now } = move;
        const all = [...model.values()];
        expect(index.countDue(now)).toBe(all.filter(({ dueAt }) => dueAt <= now).length);
        expect(index.nextAt()).toBe(
          all.length === 0 ? undefined : Math.min(...all.map(({ dueAt }) => dueAt)),
        );
        const due = orgs.filter((org) => firstOf(org) <= now);
        index.gather(now);
        const slot = index.pop(now);
        const taken = slot === undefined ? undefined : model.get(slot);
        expect(taken === undefined).toBe(due.length === 0);
        if (slot === undefined || taken === undefined) continue;
        expect(taken.dueAt).toBe(firstOf(taken.org));
        for (const org of orgs)
          passed.set(org, due.includes(org) && org !== taken.org ? (passed.get(org) ?? 0) + 1 : 0);
        expect(Math.max(...passed.values())).toBeLessThan(orgs.length);
        model.delete(slot);
        expect(index.size).toBe(model.size);
      }
    }),
  );
});

test("a hundred thousand timers come out in order", () => {
  const index = new DueIndex();
  for (let slot = 0; slot < 100_000; slot++) index.set(slot, (slot * 7_919) % 100_003, acme);
  let last = -1;
  for (let n = 0; n < 100_000; n++) {
    const dueAt = index.nextAt()!;
    index.pop(dueAt);
    if (dueAt < last) throw new Error(`${dueAt} came after ${last}`);
    last = dueAt;
  }
  expect(index.size).toBe(0);
});
