import { VirtualClock } from "@hybrid/kernel/testing";
import { CorruptLogError, FencedError, LogUnavailableError, OffsetOutOfRangeError } from "@hybrid/log";
import { beforeEach, expect, test } from "vitest";
import { StoredStateError } from "../src/index.ts";
import { circlingAfterMs, Trouble } from "../src/partition/trouble.ts";

let clock: VirtualClock;
let trouble: Trouble;

beforeEach(() => {
  clock = new VirtualClock();
  trouble = new Trouble(clock);
});

const minute = 60_000;

test.each([
  ["fenced", new FencedError("another owner")],
  ["passing", new LogUnavailableError("no broker")],
  ["unknown", new TypeError("x is not a function")],
  ["unknown", undefined],
] as const)("what is %s is tried again for as long as it takes", (kind, error) => {
  for (let time = 0; time < 100; time++) expect(trouble.judge(error)).toEqual({ kind, stop: false });
});

test.each([
  ["a damaged record", () => new CorruptLogError("offset 7 is damaged")],
  ["a gap", () => new OffsetOutOfRangeError("offset 7 is gone")],
  ["an unreadable state", () => new StoredStateError("acme/u-1 cannot be decoded")],
])("%s stops a partition when it was met three times in a row, whatever comes between", (_what, error) => {
  expect(trouble.judge(error()).stop).toBe(false);
  trouble.judge(new LogUnavailableError("no broker"));
  trouble.runs();
  clock.advanceBy(minute - 1);
  expect(trouble.judge(error()).stop).toBe(false);
  expect(trouble.judge(error())).toEqual({ kind: "damage", stop: true });
});

test("damage somewhere else each time, or after a calm minute, is of the way and not in the log", () => {
  for (let offset = 0; offset < 10; offset++)
    expect(trouble.judge(new CorruptLogError(`offset ${offset} is damaged`)).stop).toBe(false);
  for (let time = 0; time < 10; time++) {
    expect(trouble.judge(new CorruptLogError("offset 7 is damaged")).stop).toBe(false);
    trouble.runs();
    clock.advanceBy(minute);
  }
});

test("a partition goes in circles when errors follow each other for five minutes, until a calm one", () => {
  trouble.judge(new LogUnavailableError("no broker"));
  clock.advanceBy(circlingAfterMs);
  expect(trouble.isCircling).toBe(false);
  clock.advanceBy(1);
  expect(trouble.isCircling).toBe(true);
  trouble.runs();
  clock.advanceBy(minute - 1);
  expect(trouble.isCircling).toBe(true);
  clock.advanceBy(1);
  expect(trouble.isCircling).toBe(false);
  trouble.judge(new LogUnavailableError("no broker"));
  expect(trouble.isCircling).toBe(false);
});

test("a first error after a long life is no circle", () => {
  trouble.runs();
  clock.advanceBy(10 * circlingAfterMs);
  trouble.judge(new FencedError("another owner"));
  expect(trouble.isCircling).toBe(false);
});
