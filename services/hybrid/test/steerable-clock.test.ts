import fc from "fast-check";
import { expect, test } from "vitest";
import { SteerableClock } from "../src/simulate/steerable-clock.ts";

test("a clock that is held runs what falls due in order, at its time, and only when it is moved", () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 0, max: 1_000 })),
      fc.integer({ min: 0, max: 1_000 }),
      (dues, ms) => {
        const clock = new SteerableClock({ startAt: 0, isHeld: true });
        const ran: number[] = [];
        for (const due of dues) clock.at(due, () => ran.push(clock.now()));
        expect(ran).toEqual([]);
        clock.advance(ms);
        expect(ran).toEqual(dues.filter((due) => due <= ms).sort((a, b) => a - b));
        expect(clock.now()).toBe(ms);
      },
    ),
  );
});

test("what was taken back does not run, and what is added on the way does when it is due", () => {
  const clock = new SteerableClock({ startAt: 0, isHeld: true });
  const ran: string[] = [];
  clock.at(10, () => ran.push("taken back"))();
  clock.at(20, () => {
    ran.push("first");
    clock.at(30, () => ran.push("second"));
    clock.at(90, () => ran.push("too late"));
  });
  clock.advance(40);
  expect(ran).toEqual(["first", "second"]);
});

test("a running clock can be moved forward, and goes on from there", () => {
  const startAt = Date.UTC(2026, 0, 5, 7);
  const clock = new SteerableClock({ startAt, isHeld: false });
  const ran: number[] = [];
  clock.at(startAt + 3_600_000, () => ran.push(clock.now()));
  clock.advance(7_200_000);
  expect(ran).toHaveLength(1);
  expect(ran[0]).toBeGreaterThanOrEqual(startAt + 3_600_000);
  expect(clock.now()).toBeGreaterThanOrEqual(startAt + 7_200_000);
  clock.stop();
});
