import { type Clock, plus } from "@hybrid/kernel";
import { type Closures, createClosures } from "./closures.ts";
import type { Rate } from "./graph-limits.ts";

/** A rate that is counted under a name of its own, for example per tenant. */
export interface RateBucket extends Rate {
  readonly key: string;
}

/**
 * Whether a request may leave now; if not, when asking again is worth while, and which scope is closed when
 * it is not the rates that refuse.
 */
export type RateDecision =
  | { readonly allowed: true }
  | { readonly allowed: false; readonly retryAfterMs: number; readonly closedScope?: string };

/**
 * Paces requests over everybody who shares the limits, one process or a fleet through Redis, and tells all of
 * them what a provider asked to be left alone.
 */
export interface RateLimiter {
  /**
   * Takes `cost` from every bucket, or from none of them when one cannot give it: a storm that its own
   * tenant's bucket refuses must not use up what all tenants share. While one of `scopes` is closed nothing
   * is taken. A cost of 0 from no bucket asks after the scopes alone. A cost above a burst is never given.
   */
  take(buckets: readonly RateBucket[], cost: number, scopes?: readonly string[]): Promise<RateDecision>;
  /** Closes a scope for `forMs` to everybody who shares the limits; a later end that is known stays. */
  closeScope(scope: string, forMs: number): void;
}

/** Buckets that have run full again say nothing; they are swept when there are more than this. */
const sweepAbove = 10_000;

/** How far from full a bucket was at a moment, in milliseconds; a sum of both would lose digits. */
interface Level {
  readonly at: number;
  readonly owedMs: number;
}

/**
 * The generic cell rate algorithm (ITU-T I.371) within one process: in any stretch of t seconds a bucket
 * gives at most `burst + perSecond * t`. Holds one level per bucket that is not full. A clock that jumps back
 * finds the buckets as they were, never closed for the length of the jump.
 */
export const createGcraLimiter = (clock: Clock, closures: Closures = createClosures(clock)): RateLimiter => {
  const levels = new Map<string, Level>();
  let sweepAt = sweepAbove;

  const sweep = (now: number): void => {
    if (levels.size < sweepAt) return;
    for (const [key, { at, owedMs }] of levels) if (at + owedMs <= now) levels.delete(key);
    sweepAt = Math.max(sweepAbove, levels.size * 2);
  };

  const owedNow = (key: string, fullMs: number, now: number): number => {
    const known = levels.get(key);
    if (known === undefined) return 0;
    const owedMs = Math.max(0, Math.min(known.owedMs, fullMs) - Math.max(0, now - known.at));
    // Seen in a time that has not come yet: the clock was set back, and the bucket fills from here.
    if (known.at > now) levels.set(key, { at: now, owedMs });
    return owedMs;
  };

  return {
    take: async (buckets, cost, scopes = []) => {
      const closed = closures.longest(scopes);
      if (closed !== null) return { allowed: false, retryAfterMs: closed.forMs, closedScope: closed.scope };
      const now = clock.now();
      let waitMs = 0;
      const taken = buckets.map(({ key, perSecond, burst }) => {
        const fullMs = (burst * 1_000) / perSecond;
        const owedMs = owedNow(key, fullMs, now) + (cost * 1_000) / perSecond;
        waitMs = Math.max(waitMs, owedMs - fullMs);
        return [key, { at: now, owedMs }] as const;
      });
      // A nanosecond is rounding, not a limit.
      if (waitMs > 1e-6) return { allowed: false, retryAfterMs: Math.max(1, Math.ceil(waitMs - 1e-6)) };
      for (const [key, level] of taken) levels.set(key, level);
      sweep(now);
      return { allowed: true };
    },
    closeScope: (scope, forMs) => closures.close(scope, plus(clock.now(), Math.ceil(forMs))),
  };
};
