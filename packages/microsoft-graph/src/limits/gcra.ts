import type { Clock } from "@hybrid/kernel";
import type { Rate } from "./graph-limits.ts";

/** A rate that is counted under a name of its own, for example per tenant. */
export interface RateBucket extends Rate {
  readonly key: string;
}

/** Whether a request may leave now; if not, when asking again is worth while. */
export type RateDecision =
  | { readonly allowed: true }
  | { readonly allowed: false; readonly retryAfterMs: number };

/** Paces requests over everybody who shares the limits: one process, or a fleet through Redis. */
export interface RateLimiter {
  /**
   * Takes `cost` from every bucket, or from none of them when one cannot give it: a storm that its own
   * tenant's bucket refuses must not use up what all tenants share.
   */
  take(buckets: readonly RateBucket[], cost: number): Promise<RateDecision>;
}

/** Buckets that have run full again say nothing; they are swept when there are more than this. */
const sweepAbove = 10_000;

/**
 * The generic cell rate algorithm (ITU-T I.371) within one process: in any stretch of t seconds a bucket
 * gives at most `burst + perSecond * t`. Holds one number per bucket that is not full. A clock that jumps
 * back finds the buckets empty at worst, never closed for the length of the jump.
 */
export const createGcraLimiter = (clock: Clock): RateLimiter => {
  /** Per bucket, when it would be full again: the theoretical arrival time. */
  const fullAt = new Map<string, number>();
  let sweepAt = sweepAbove;

  const sweep = (now: number): void => {
    if (fullAt.size < sweepAt) return;
    for (const [key, at] of fullAt) if (at <= now) fullAt.delete(key);
    sweepAt = Math.max(sweepAbove, fullAt.size * 2);
  };

  return {
    take: async (buckets, cost) => {
      const now = clock.now();
      let waitMs = 0;
      const taken = buckets.map(({ key, perSecond, burst }) => {
        const spacingMs = 1_000 / perSecond;
        // No bucket is ever further from full than empty; one that seems so saw the clock jump back.
        const emptyAt = now + burst * spacingMs;
        if ((fullAt.get(key) ?? now) > emptyAt) fullAt.set(key, emptyAt);
        const known = fullAt.get(key) ?? now;
        const at = Math.max(known, now) + cost * spacingMs;
        waitMs = Math.max(waitMs, at - burst * spacingMs - now);
        return [key, at] as const;
      });
      // A billionth of a millisecond is rounding, not a limit.
      if (waitMs > 1e-6) return { allowed: false, retryAfterMs: Math.max(1, Math.ceil(waitMs)) };
      for (const [key, at] of taken) fullAt.set(key, at);
      sweep(now);
      return { allowed: true };
    },
  };
};
