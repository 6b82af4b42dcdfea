import { type EpochMs, hours, instant, minutes, plus, seconds } from "@hybrid/kernel";
import fc from "fast-check";
import { expect, test } from "vitest";
import { createDeadLetterLimit } from "../src/dead-letter-limit.ts";

const start = instant(1_800_000_000_000);

const limitAt = (perMinute: number) => {
  let at: EpochMs = start;
  const limit = createDeadLetterLimit({ now: () => at }, perMinute);
  return { take: (wanted: number) => limit.take(wanted), wait: (ms: number) => (at = plus(at, ms)) };
};

test("gives what is wanted up to the bound, and again when the minute is over", () => {
  const { take, wait } = limitAt(10);
  expect([take(4), take(4), take(4), take(1)]).toEqual([4, 4, 2, 0]);
  wait(minutes(1) - 1);
  expect(take(1)).toBe(0);
  wait(1);
  expect(take(100)).toBe(10);
});

test("a bound of 0 gives nothing", () => {
  const { take, wait } = limitAt(0);
  wait(hours(1));
  expect(take(1)).toBe(0);
});

test.each([-hours(1), hours(1)])(
  "a clock that jumps by %d ms locks nobody out for over a minute",
  (jumpMs) => {
    const { take, wait } = limitAt(10);
    expect(take(10)).toBe(10);
    wait(jumpMs);
    // Back: the minute is not over. Forward: it is, as far as anybody can tell.
    expect(take(10)).toBe(jumpMs < 0 ? 0 : 10);
    wait(minutes(1));
    expect(take(10)).toBe(10);
  },
);

test("property: in no stretch of a minute more than the bound, and never less than is free", () => {
  const steps = fc.array(fc.record({ wantedCount: fc.nat(30), afterMs: fc.nat(seconds(40)) }), {
    maxLength: 60,
  });
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 40 }), steps, (perMinute, given) => {
      const { take, wait } = limitAt(perMinute);
      const taken: { at: number; count: number }[] = [];
      for (const { wantedCount, afterMs } of given) {
        const at = wait(afterMs);
        const recent = taken
          .filter((each) => at - each.at < minutes(1))
          .reduce((sum, { count }) => sum + count, 0);
        const count = take(wantedCount);
        expect(count).toBe(Math.min(wantedCount, perMinute - recent));
        taken.push({ at, count });
      }
    }),
    { numRuns: 200 },
  );
});
