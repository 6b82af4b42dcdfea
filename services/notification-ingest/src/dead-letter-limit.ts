import { type Clock, type EpochMs, minutes } from "@hybrid/kernel";

/** Bounds how many dead letters strangers can make us write. */
export interface DeadLetterLimit {
  /** How many of `wanted` dead letters may be written now; the rest is to be counted only. */
  take(wanted: number): number;
}

const windowMs = minutes(1);

/**
 * Allows at most `perMinute` dead letters in any stretch of one minute. Anybody on the internet can post to
 * the notification addresses, and the dead-letter topics are kept for weeks: without a bound a stranger could
 * fill the disk. A clock that jumps back keeps nobody out for longer than a minute from then on.
 */
export const createDeadLetterLimit = (clock: Clock, perMinute: number): DeadLetterLimit => {
  let taken: { at: EpochMs; readonly count: number }[] = [];
  let used = 0;

  const forget = (now: EpochMs): void => {
    const newest = taken.at(-1);
    // What was taken in a time that has not come yet was taken before the clock was set back.
    if (newest !== undefined && newest.at > now) for (const each of taken) if (each.at > now) each.at = now;
    const keptFrom = taken.findIndex(({ at }) => now - at < windowMs);
    const gone = keptFrom < 0 ? taken : taken.slice(0, keptFrom);
    if (gone.length === 0) return;
    taken = taken.slice(gone.length);
    used -= gone.reduce((sum, { count }) => sum + count, 0);
  };

  return {
    take: (wanted) => {
      const now = clock.now();
      forget(now);
      const given = Math.min(wanted, perMinute - used);
      if (given <= 0) return 0;
      used += given;
      taken.push({ at: now, count: given });
      return given;
    },
  };
};
