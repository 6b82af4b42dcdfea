import type { Clock, EpochMs } from "@hybrid/kernel";

/** Scopes that a provider has asked to be left alone, and until when. */
export interface Closures {
  /** Closes a scope until `until`; a later end that is already known stays. */
  close(scope: string, until: EpochMs): void;
  /** How long the latest of these scopes stays closed, milliseconds; 0 when all are open. */
  closedForMs(scopes: readonly string[]): number;
}

const sweepAbove = 1_000;

/**
 * After a Retry-After nothing of the scope leaves until then ("never tried earlier than it says", DESIGN
 * section 5). Holds only the scopes that were closed lately.
 */
export const createClosures = (clock: Clock): Closures => {
  const untilByScope = new Map<string, EpochMs>();
  let sweepAt = sweepAbove;
  return {
    close: (scope, until) => {
      const known = untilByScope.get(scope);
      if (known === undefined || known < until) untilByScope.set(scope, until);
      if (untilByScope.size < sweepAt) return;
      const now = clock.now();
      for (const [each, end] of untilByScope) if (end <= now) untilByScope.delete(each);
      sweepAt = Math.max(sweepAbove, untilByScope.size * 2);
    },
    closedForMs: (scopes) => {
      const now = clock.now();
      return Math.max(0, ...scopes.map((scope) => (untilByScope.get(scope) ?? 0) - now));
    },
  };
};
