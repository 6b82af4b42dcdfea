import { type Clock, hours, seconds } from "@hybrid/kernel";
import fc from "fast-check";
import { expect, test } from "vitest";
import type { RateLimiter } from "../src/index.ts";
import { settable } from "./settable-clock.ts";

/** A limiter that the contract has opened and ends again. */
export type OpenLimiter = RateLimiter & { readonly close?: () => Promise<void> };

const arrivals = fc.array(fc.record({ afterMs: fc.nat(400), cost: fc.integer({ min: 1, max: 3 }) }), {
  maxLength: 120,
  size: "max",
});
const rates = fc.record({
  perSecond: fc.integer({ min: 1, max: 50 }),
  burst: fc.integer({ min: 3, max: 20 }),
});

interface Grant {
  readonly at: number;
  readonly cost: number;
}

/** By how much the most generous stretch of time went beyond the burst and what flowed in meanwhile. */
const excessOf = (rate: { perSecond: number; burst: number }, grants: readonly Grant[]): number => {
  let excess = Number.NEGATIVE_INFINITY;
  for (const [from, first] of grants.entries()) {
    let sum = 0;
    for (const { at, cost } of grants.slice(from)) {
      sum += cost;
      excess = Math.max(excess, sum - rate.burst - (rate.perSecond * (at - first.at)) / 1_000);
    }
  }
  return excess;
};

/**
 * What every RateLimiter keeps to, as tests. `open` makes one of its own that knows of nothing yet and goes
 * by the given clock; `numRuns` is the number of histories per property.
 */
export const limiterContract = (open: (clock: Clock) => Promise<OpenLimiter>, numRuns = 100): void => {
  const fresh = async (
    check: (limiter: RateLimiter, clock: ReturnType<typeof settable>) => Promise<void>,
  ) => {
    const clock = settable();
    const limiter = await open(clock);
    try {
      await check(limiter, clock);
    } finally {
      await limiter.close?.();
    }
  };

  test("property: in no stretch of time does a bucket give more than its burst and its rate", async () => {
    await fc.assert(
      fc.asyncProperty(rates, arrivals, (rate, requests) =>
        fresh(async (limiter, clock) => {
          const given: Grant[] = [];
          for (const { afterMs, cost } of requests) {
            clock.pass(afterMs);
            if ((await limiter.take([{ key: "k", ...rate }], cost)).allowed)
              given.push({ at: clock.now(), cost });
          }
          expect(excessOf(rate, given)).toBeLessThanOrEqual(1e-6);
        }),
      ),
      { numRuns },
    );
  });

  test("property: the time that a refusal names is the earliest one at which asking again succeeds", async () => {
    await fc.assert(
      fc.asyncProperty(rates, arrivals, (rate, requests) =>
        fresh(async (limiter, clock) => {
          const buckets = [{ key: "k", ...rate }];
          for (const { afterMs, cost } of requests) {
            clock.pass(afterMs);
            const decision = await limiter.take(buckets, cost);
            if (decision.allowed) continue;
            clock.pass(decision.retryAfterMs - 1);
            expect((await limiter.take(buckets, cost)).allowed).toBe(false);
            clock.pass(1);
            expect((await limiter.take(buckets, cost)).allowed).toBe(true);
          }
        }),
      ),
      { numRuns },
    );
  });

  test("a refusal by the tenant's bucket takes nothing from the one that all tenants share", async () => {
    await fresh(async (limiter) => {
      const shared = { key: "shared", perSecond: 1, burst: 2 };
      const storm = { key: "storm", perSecond: 0.001, burst: 1 };
      expect((await limiter.take([shared, storm], 1)).allowed).toBe(true);
      for (let asked = 0; asked < 100; asked++)
        expect((await limiter.take([shared, storm], 1)).allowed).toBe(false);
      expect((await limiter.take([shared], 1)).allowed).toBe(true);
      expect(await limiter.take([shared], 1)).toEqual({ allowed: false, retryAfterMs: 1_000 });
    });
  });

  test("ten thousand units of a rate that is no whole number of microseconds are counted exactly", async () => {
    await fresh(async (limiter) => {
      const bucket = { key: "global", perSecond: 10_400, burst: 10_000 };
      const asked = Array.from({ length: 10_010 }, () => limiter.take([bucket], 1));
      const given = (await Promise.all(asked)).filter(({ allowed }) => allowed);
      expect(given).toHaveLength(10_000);
      expect(await limiter.take([bucket], 1)).toEqual({ allowed: false, retryAfterMs: 1 });
    });
  });

  test.each([-hours(1), hours(1)])(
    "no negative wait is named and nobody locked out when the clock jumps %d ms",
    async (ms) => {
      await fresh(async (limiter, clock) => {
        const bucket = { key: "k", perSecond: 2, burst: 3 };
        for (let taken = 0; taken < 3; taken++) expect((await limiter.take([bucket], 1)).allowed).toBe(true);
        clock.jump(ms);
        const next = await limiter.take([bucket], 1);
        // Forward, an hour seems to have passed; back, the bucket is empty and fills as it would have.
        expect(next).toEqual(ms > 0 ? { allowed: true } : { allowed: false, retryAfterMs: 500 });
        clock.pass(500);
        expect((await limiter.take([bucket], 1)).allowed).toBe(true);
      });
    },
  );

  test("property: however often the clock is set back, no bucket gives more than its rate nor stays shut", async () => {
    const steps = fc.array(
      fc.record({ afterMs: fc.nat(900), backMs: fc.nat(hours(2)), jumps: fc.boolean() }),
      { maxLength: 80, size: "max" },
    );
    await fc.assert(
      fc.asyncProperty(steps, (given) =>
        fresh(async (limiter, clock) => {
          const bucket = { key: "k", perSecond: 2, burst: 4 };
          const grants: Grant[] = [];
          for (const { afterMs, backMs, jumps } of given) {
            clock.pass(afterMs);
            if (jumps) clock.jump(-backMs);
            const decision = await limiter.take([bucket], 1);
            const waitMs = decision.allowed ? 1 : decision.retryAfterMs;
            expect(waitMs).toBeGreaterThan(0);
            expect(waitMs).toBeLessThanOrEqual(500);
            if (decision.allowed) grants.push({ at: clock.passedMs(), cost: 1 });
          }
          expect(excessOf(bucket, grants)).toBeLessThanOrEqual(1e-6);
        }),
      ),
      { numRuns: Math.ceil(numRuns * 0.6) },
    );
  });

  test("while a scope is closed nothing is taken for it, and for others all goes on", async () => {
    await fresh(async (limiter, clock) => {
      const bucket = { key: "k", perSecond: 1, burst: 2 };
      const scopes = ["application", "tenant a"];
      limiter.closeScope("tenant a", 5_000);
      limiter.closeScope("tenant a", 2_000);
      const refused = { allowed: false, retryAfterMs: 5_000, closedScope: "tenant a" };
      for (let asked = 0; asked < 10; asked++)
        expect(await limiter.take([bucket], 1, scopes)).toEqual(refused);
      expect(await limiter.take([], 0, scopes)).toEqual(refused);
      // Nothing was taken so far: the bucket still holds two.
      for (let taken = 0; taken < 2; taken++)
        expect(await limiter.take([bucket], 1, ["application", "tenant b"])).toEqual({ allowed: true });
      clock.pass(4_999);
      expect(await limiter.take([bucket], 1, scopes)).toEqual({ ...refused, retryAfterMs: 1 });
      clock.pass(1);
      expect(await limiter.take([bucket], 1, scopes)).toEqual({ allowed: true });
      limiter.closeScope("application", 400);
      limiter.closeScope("tenant a", 300);
      expect(await limiter.take([bucket], 1, scopes)).toMatchObject({ closedScope: "application" });
    });
  });

  test("a closed scope opens neither early nor an hour late when the clock is set back", async () => {
    await fresh(async (limiter, clock) => {
      limiter.closeScope("tenant a", seconds(60));
      expect((await limiter.take([], 0, ["tenant a"])).allowed).toBe(false);
      clock.pass(seconds(20));
      clock.jump(-hours(1));
      expect(await limiter.take([], 0, ["tenant a"])).toMatchObject({ retryAfterMs: seconds(60) });
      clock.pass(seconds(40));
      limiter.closeScope("tenant a", seconds(5));
      expect(await limiter.take([], 0, ["tenant a"])).toMatchObject({ retryAfterMs: seconds(20) });
      clock.pass(seconds(20));
      expect(await limiter.take([], 0, ["tenant a"])).toEqual({ allowed: true });
    });
  });
};
