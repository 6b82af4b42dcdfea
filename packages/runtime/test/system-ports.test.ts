import { instant, plus } from "@hybrid/kernel";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { seededRandom, systemDeadlineTimer, systemRandom, systemScheduler } from "../src/index.ts";

beforeEach(() => {
  vi.useFakeTimers({ now: Date.UTC(2026, 0, 5) });
});

afterEach(() => {
  vi.useRealTimers();
});

test("runs a callback at its time, later than the call that asks for it, and never after a cancel", () => {
  const scheduler = systemScheduler();
  const ran: string[] = [];
  scheduler.at(scheduler.now(), () => ran.push("now"));
  scheduler.at(plus(scheduler.now(), 1_000), () => ran.push("later"));
  const cancel = scheduler.at(plus(scheduler.now(), 500), () => ran.push("cancelled"));
  cancel();
  cancel();
  expect(ran).toEqual([]);
  vi.advanceTimersByTime(999);
  expect(ran).toEqual(["now"]);
  vi.advanceTimersByTime(1);
  expect(ran).toEqual(["now", "later"]);
});

test("waits longer than the 24.8 days that setTimeout can", () => {
  const scheduler = systemScheduler();
  const dueAt = instant(Date.UTC(2026, 1, 1));
  let ranAt = 0;
  scheduler.at(dueAt, () => {
    ranAt = scheduler.now();
  });
  vi.advanceTimersByTime(dueAt - Date.now() - 1);
  expect(ranAt).toBe(0);
  vi.advanceTimersByTime(1);
  expect(ranAt).toBe(dueAt);
});

test("a clock that was set back meanwhile does not make a callback run early", () => {
  const scheduler = systemScheduler();
  let ran = false;
  scheduler.at(plus(scheduler.now(), 1_000), () => {
    ran = true;
  });
  vi.setSystemTime(Date.now() - 60_000);
  vi.advanceTimersByTime(1_000);
  expect(ran).toBe(false);
  vi.advanceTimersByTime(60_000);
  expect(ran).toBe(true);
});

test("a clock that was put forward meanwhile makes a callback run within a minute", () => {
  const scheduler = systemScheduler();
  let ran = false;
  scheduler.at(plus(scheduler.now(), 3_600_000), () => {
    ran = true;
  });
  vi.setSystemTime(Date.now() + 3_600_000);
  vi.advanceTimersByTime(60_001);
  expect(ran).toBe(true);
});

test("the deadline timer runs once, unless it is cancelled", () => {
  let runs = 0;
  systemDeadlineTimer(100, () => runs++);
  systemDeadlineTimer(100, () => runs++)();
  vi.advanceTimersByTime(1_000);
  expect(runs).toBe(1);
});

test("a seed gives the same numbers every time, spread over [0, 1)", () => {
  const numbers = (seed: number) => Array.from({ length: 1_000 }, seededRandom(seed));
  expect(numbers(7)).toEqual(numbers(7));
  expect(numbers(7)).not.toEqual(numbers(8));
  const drawn = numbers(1);
  expect(Math.min(...drawn)).toBeGreaterThanOrEqual(0);
  expect(Math.max(...drawn)).toBeLessThan(1);
  const mean = drawn.reduce((sum, each) => sum + each, 0) / drawn.length;
  expect(mean).toBeGreaterThan(0.45);
  expect(mean).toBeLessThan(0.55);
  expect(systemRandom()).toBeLessThan(1);
});
