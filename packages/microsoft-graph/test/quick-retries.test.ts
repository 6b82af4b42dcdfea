import { ProviderError, plus, seconds } from "@hybrid/kernel";
import { VirtualClock } from "@hybrid/kernel/testing";
import fc from "fast-check";
import { expect, test } from "vitest";
import { withQuickRetries } from "../src/limits/quick-retries.ts";
import { failureOf, passing } from "./world.ts";

const limits = { quickAttemptsMax: 3, backoffBaseMs: 200, backoffMaxMs: 1_000 };
const unavailable = new ProviderError("down", { code: "unavailable", retryable: true });
const throttled = (retryAfterMs: number, status?: number) =>
  new ProviderError("wait", {
    code: "throttled",
    retryable: true,
    retryAfterMs,
    ...(status ? { status } : {}),
  });

/** Runs attempts that fail in turn; the times they were made at, and what came out. */
const run = async (errors: readonly Error[], more: { repeatable?: boolean; random?: () => number } = {}) => {
  const clock = new VirtualClock();
  const startedAt = clock.now();
  const madeAt: number[] = [];
  const options = {
    scheduler: clock,
    random: more.random ?? (() => 0.5),
    limits,
    budgetEndsAt: plus(startedAt, seconds(2)),
    signal: new AbortController().signal,
    what: "a call",
    repeatable: more.repeatable ?? true,
  };
  const work = withQuickRetries(options, async () => {
    madeAt.push(clock.now() - startedAt);
    const error = errors[madeAt.length - 1];
    if (error) throw error;
    return "done";
  });
  const outcome = await passing(
    clock,
    seconds(10),
    work.catch((error: unknown) => error),
  );
  return { outcome, madeAt };
};

test("failures that pass are tried again with growing jitter, and no more often than allowed", async () => {
  expect(await run([unavailable, unavailable])).toEqual({ outcome: "done", madeAt: [0, 200, 600] });
  expect(await run([unavailable, unavailable, unavailable])).toEqual({
    outcome: unavailable,
    madeAt: [0, 200, 600],
  });
});

test("what may have taken effect is not repeated when that is not safe, what was refused is", async () => {
  expect((await run([unavailable], { repeatable: false })).madeAt).toEqual([0]);
  expect((await run([throttled(500, 429)], { repeatable: false })).madeAt).toEqual([0, 500]);
});

test("a failed validation of our address is tried again, within attempts and budget", async () => {
  const invalid = new ProviderError("no answer", {
    code: "validationTimedOut",
    retryable: true,
    status: 400,
  });
  const once = await run([invalid], { repeatable: false });
  expect(once).toEqual({ outcome: "done", madeAt: [0, 200] });
  expect(await run([invalid, invalid, invalid])).toEqual({ outcome: invalid, madeAt: [0, 200, 600] });
});

test("a refusal of our own and a failure that stays are given back at once", async () => {
  const missing = new ProviderError("gone", { code: "notFound", retryable: false, status: 404 });
  const defect = new TypeError("a defect");
  for (const error of [throttled(10), missing, defect])
    expect(await run([error])).toEqual({ outcome: error, madeAt: [0] });
});

test("no attempt comes before a Retry-After has passed or after the budget has ended", async () => {
  const failures = fc.array(fc.option(fc.nat(3_000)), { maxLength: 3 });
  await fc.assert(
    fc.asyncProperty(failures, fc.double({ min: 0, max: 0.999, noNaN: true }), async (waits, drawn) => {
      const errors = waits.map((waitMs) => (waitMs === null ? unavailable : throttled(waitMs, 429)));
      const { madeAt } = await run(errors, { random: () => drawn });
      const last = madeAt.at(-1) ?? 0;
      expect(last).toBeLessThanOrEqual(seconds(2));
      for (const [before, at] of madeAt.slice(1).entries())
        expect(at - madeAt[before]!).toBeGreaterThanOrEqual(waits[before] ?? 0);
    }),
    { numRuns: 50 },
  );
});

test("a call that ends while it waits out a Retry-After is throttled", async () => {
  const clock = new VirtualClock();
  const deadline = new AbortController();
  const options = { scheduler: clock, random: () => 0.5, limits, repeatable: true, what: "a call" };
  const bounds = { ...options, budgetEndsAt: plus(clock.now(), seconds(2)), signal: deadline.signal };
  const refusal = throttled(1_000, 429);
  const failure = failureOf(
    withQuickRetries(bounds, async () => {
      throw refusal;
    }),
  );
  await new Promise((resolve) => setImmediate(resolve));
  deadline.abort();
  expect(await failure).toBe(refusal);
});

test("a call that ends while it waits fails with deadlineExceeded and makes no further attempt", async () => {
  const clock = new VirtualClock();
  const deadline = new AbortController();
  let made = 0;
  const options = { scheduler: clock, random: () => 0.5, limits, repeatable: true, what: "a call" };
  const bounds = { ...options, budgetEndsAt: plus(clock.now(), seconds(2)), signal: deadline.signal };
  const failure = failureOf(
    withQuickRetries(bounds, async () => {
      made++;
      throw unavailable;
    }),
  );
  await new Promise((resolve) => setImmediate(resolve));
  deadline.abort();
  expect(await failure).toMatchObject({ code: "deadlineExceeded", retryable: true });
  clock.advanceBy(seconds(5));
  expect([made, clock.nextDueAt()]).toEqual([1, null]);
});
