import {
  type ActorId,
  type CallFailure,
  days,
  type EpochMs,
  instant,
  later,
  minutes,
  murmur2,
  plus,
  seconds,
  timerAheadMsMax,
} from "@hybrid/kernel";
import type { Window } from "#domain/list-state";

/** The window of the list (Webex Hybrid Calendar keeps the same). */
export const windowBackMs = days(7);
export const windowAheadMs = days(31);

/** One change mostly comes as several notifications: each waits this long for another one. */
const quietMs = 250;
/** However many keep coming, the calendar is read this long after the first. */
const changesWaitMsMax = seconds(3);
/** After this long without success it does not get longer. */
const backoffMsMax = minutes(30);

const utf8 = new TextEncoder();

/** A number in [0, 1) that belongs to the actor for ever: spreads a crowd without randomness. */
const shareOf = (self: ActorId): number => murmur2(utf8.encode(self)) / 2 ** 32;

/** When changes are read: 250 to 500 ms after the last one, at most 3 s after the first. */
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

/** From the midnight (UTC) of a week ago to the one after 31 more days: the same all day long. */
export const windowAt = (now: EpochMs): Window => {
  const day = days(1);
  return {
    startAt: instant(Math.floor((now - windowBackMs) / day) * day),
    endAt: instant(Math.ceil((now + windowAheadMs) / day) * day + day),
  };
};

/** Waiting for a limit or a breaker is no failure of the user. */
export const isWaiting = ({ code }: CallFailure): boolean => code === "throttled" || code === "breakerOpen";

/** When to try again after `failures` in a row: 1, 2, 4, … 30 minutes, never before `retryAt`. */
export const retryDueAt = (
  failure: CallFailure,
  { failures, now, self }: { readonly failures: number; readonly now: EpochMs; readonly self: ActorId },
): EpochMs => {
  const backoffMs = Math.min(backoffMsMax, minutes(2 ** Math.min(Math.max(failures, 1) - 1, 10)));
  // Up to a tenth later, so that users who failed together do not come back together.
  const backedOff = plus(now, backoffMs * (1 + shareOf(self) / 10));
  if (failure.retryAt === null) return backedOff;
  const asked = plus(failure.retryAt, seconds(10) * shareOf(self));
  const due = isWaiting(failure) ? asked : later(asked, backedOff);
  const latest = plus(now, timerAheadMsMax);
  return due < latest ? due : latest;
};
