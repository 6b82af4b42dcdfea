import { type Clock, type EpochMs, plus } from "@hybrid/kernel";

/** Scopes that a provider has asked to be left alone, and until when. */
export interface Closures {
  /** Closes a scope until `until`; a later end that is already known stays. */
  close(scope: string, until: EpochMs): void;
  /** How long the latest of these scopes stays closed, milliseconds; 0 when all are open. */
  closedForMs(scopes: readonly string[]): number;
  /** Which of these scopes is closed the longest; null when all are open. */
  longest(scopes: readonly string[]): ClosedScope | null;
  /** Every scope that is closed now. */
  all(): readonly ClosedScope[];
}

/** A scope that is closed, and for how many milliseconds more. */
export interface ClosedScope {
  readonly scope: string;
  readonly forMs: number;
}

const sweepAbove = 1_000;

interface Closure {
  readonly from: EpochMs;
  readonly until: EpochMs;
}

/**
 * After a Retry-After nothing of the scope leaves until then (docs/DESIGN.md, "Retries"). Holds only
 * the scopes that were closed lately. When the clock jumps back, a scope stays closed for its whole time from
 * then on: never too short, and never for the length of the jump.
 */
export const createClosures = (clock: Clock): Closures => {
  const closures = new Map<string, Closure>();
  let sweepAt = sweepAbove;

  const current = (scope: string, now: EpochMs): Closure | undefined => {
    const known = closures.get(scope);
    if (known === undefined || known.from <= now) return known;
    const moved = { from: now, until: plus(now, known.until - known.from) };
    closures.set(scope, moved);
    return moved;
  };

  const longest = (scopes: Iterable<string>): ClosedScope | null => {
    const now = clock.now();
    let found: ClosedScope | null = null;
    for (const scope of scopes) {
      const forMs = (current(scope, now)?.until ?? now) - now;
      if (forMs > (found?.forMs ?? 0)) found = { scope, forMs };
    }
    return found;
  };

  return {
    close: (scope, until) => {
      const now = clock.now();
      const known = current(scope, now);
      if (known === undefined || known.until < until) closures.set(scope, { from: now, until });
      if (closures.size < sweepAt) return;
      for (const [each, closure] of closures) if (closure.until <= now) closures.delete(each);
      sweepAt = Math.max(sweepAbove, closures.size * 2);
    },
    closedForMs: (scopes) => longest(scopes)?.forMs ?? 0,
    longest,
    all: () => [...closures.keys()].flatMap((scope) => longest([scope]) ?? []),
  };
};
