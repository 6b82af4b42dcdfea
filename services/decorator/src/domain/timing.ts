import {
  type ActorId,
  type CallFailure,
  days,
  type EpochMs,
  later,
  minutes,
  murmur2,
  plus,
  seconds,
  timerAheadMsMax,
} from "@hybrid/kernel";

/** One change mostly comes as several notifications: each waits this long for another one. */
const quietMs = seconds(1);
/** However many keep coming, the calendar is read this long after the first. */
const changesWaitMsMax = seconds(30);

/** The window that is kept in step: join details are of use a day late and five months ahead. */
export const windowBackMs = days(1);
export const windowAheadMs = days(150);

/** After this long without success it does not get longer. */
const backoffMsMax = minutes(30);

const utf8 = new TextEncoder();

/** A number in [0, 1) that belongs to the actor for ever: spreads a crowd without randomness. */
const shareOf = (self: ActorId): number => murmur2(utf8.encode(self)) / 2 ** 32;

/** When changes are read: 1 to 2 seconds after the last one, at most 30 after the first. */
export const changesDueAt = (firstAt: EpochMs, now: EpochMs, self: ActorId): EpochMs => {
  const quietUntil = plus(now, quietMs * (1 + shareOf(self)));
  const latest = plus(firstAt, changesWaitMsMax);
  return quietUntil < latest ? quietUntil : latest;
};

/** The user's own moment of the day, the next time it comes. */
export const nextSweepAt = (now: EpochMs, self: ActorId): EpochMs => {
  const day = days(1);
  const moment = Math.floor(shareOf(self) * day);
  return plus(now, day - ((((now - moment) % day) + day) % day));
};

/**
 * When to try again after `failures` (1 or more) in a row: 1, 2, 4, … 30 minutes, never before
 * `retryAt`.
 */
export const retryDueAt = (
  failure: CallFailure,
  { failures, now, self }: { readonly failures: number; readonly now: EpochMs; readonly self: ActorId },
): EpochMs => {
  const backoffMs = Math.min(backoffMsMax, minutes(2 ** Math.min(failures - 1, 10)));
  // Up to a tenth later, so that users who failed together do not come back together.
  const spread = 1 + shareOf(self) / 10;
  if (failure.retryAt === null) return plus(now, backoffMs * spread);
  const asked = plus(failure.retryAt, seconds(10) * shareOf(self));
  const due = isWaiting(failure) ? asked : later(asked, plus(now, backoffMs * spread));
  const latest = plus(now, timerAheadMsMax);
  return due < latest ? due : latest;
};

/** Waiting for a limit or a breaker is no failure of the user. */
export const isWaiting = (failure: CallFailure): boolean =>
  failure.code === "throttled" || failure.code === "breakerOpen";
