import fc from "fast-check";
import { expect, test } from "vitest";
import {
  actorIdOf,
  type CallFailure,
  days,
  type EpochMs,
  instant,
  minutes,
  nextDailyAt,
  plus,
  retryDueAt,
  seconds,
  settledAt,
  spread,
  timerAheadMsMax,
} from "../src/index.ts";

const self = fc.uuid().map((id) => actorIdOf(`acme/u-${id}`));
const moment = fc.integer({ min: 0, max: Date.UTC(2100, 0, 1) }).map((ms) => instant(ms));
const failed = (code: CallFailure["code"], retryAt: EpochMs | null): CallFailure => ({
  code,
  retryable: true,
  retryAt,
  status: 503,
});

test("the share of an actor is its own, and each purpose has another", () => {
  const anna = actorIdOf("acme/u-anna");
  expect(spread(anna)).toBe(spread(anna));
  expect(new Set([spread(anna), spread(anna, "retry"), spread(anna, "look")]).size).toBe(3);
  fc.assert(fc.property(self, (actor) => spread(actor) >= 0 && spread(actor, "retry") < 1));
});

test("changes that keep coming are acted on between one and two quiet times, and at the longest wait", () => {
  const quiet = { quietMs: seconds(1), waitMsMax: seconds(30) };
  const gaps = fc.array(fc.integer({ min: 0, max: 900 }), { minLength: 1, maxLength: 100 });
  fc.assert(
    fc.property(self, moment, gaps, (actor, firstAt, between) => {
      const now = plus(
        firstAt,
        between.reduce((sum, ms) => sum + ms, 0),
      );
      const at = settledAt(quiet, { firstAt, now, self: actor });
      const latest = plus(firstAt, quiet.waitMsMax);
      expect(at <= latest && at <= plus(now, 2 * quiet.quietMs)).toBe(true);
      expect(at === latest || at >= plus(now, quiet.quietMs)).toBe(true);
    }),
  );
});

test("an actor's moment of the day comes within a day, and again a day later", () => {
  fc.assert(
    fc.property(self, moment, (actor, now) => {
      const at = nextDailyAt(now, actor);
      expect(at > now && at <= plus(now, days(1))).toBe(true);
      expect(nextDailyAt(at, actor)).toBe(plus(at, days(1)));
    }),
  );
});

test("tries are 1, 2, 4, ... 30 minutes apart, up to a tenth more, and never before the asked time", () => {
  const actor = actorIdOf("acme/u-anna");
  const now = instant(0);
  const waits = [0, 1, 2, 3, 4, 5, 6, 50].map((failures) =>
    Math.floor(retryDueAt(failed("unavailable", null), { failures, now, self: actor }) / minutes(1)),
  );
  const share = 1 + spread(actor) / 10;
  expect(waits).toEqual([1, 1, 2, 4, 8, 16, 30, 30].map((whole) => Math.floor(whole * share)));
  fc.assert(
    fc.property(self, moment, moment, fc.nat(60), (each, at, retryAt, failures) => {
      const due = retryDueAt(failed("unavailable", retryAt), { failures, now: at, self: each });
      const latest = plus(at, timerAheadMsMax);
      expect(due === latest || due >= retryAt).toBe(true);
      expect(due > at && due <= latest).toBe(true);
    }),
  );
});

test("a wait for a limit ends when it was said to end, within ten seconds", () => {
  const retryAt = instant(minutes(3));
  for (const code of ["throttled", "breakerOpen"] as const) {
    const due = retryDueAt(failed(code, retryAt), {
      failures: 9,
      now: instant(0),
      self: actorIdOf("acme/u-a"),
    });
    expect(due >= retryAt && due < plus(retryAt, seconds(10))).toBe(true);
  }
});
