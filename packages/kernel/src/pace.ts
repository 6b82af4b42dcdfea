import type { ActorId } from "./ids.ts";
import type { CallFailure } from "./machine.ts";
import { murmur2 } from "./partition.ts";
import { days, type EpochMs, later, minutes, plus, seconds } from "./time.ts";
import { timerAheadMsMax } from "./topology.ts";

const utf8 = new TextEncoder();

/**
 * A number in [0, 1) that is always the same for an actor and a purpose: it spreads a crowd in time without
 * randomness, and equal crowds of two purposes apart.
 */
export const spread = (self: ActorId, purpose?: string): number =>
  murmur2(utf8.encode(purpose === undefined ? self : `${purpose} ${self}`)) / 2 ** 32;

/** How long an actor waits for more of the same before it acts. */
export interface Quiet {
  /** One to two of these pass after the last input. */
  readonly quietMs: number;
  /** However many keep coming, it acts this long after the first. */
  readonly waitMsMax: number;
}

/** When an actor acts on inputs that mostly come several at a time, the first of them at `firstAt`. */
export const settledAt = (
  { quietMs, waitMsMax }: Quiet,
  { firstAt, now, self }: { readonly firstAt: EpochMs; readonly now: EpochMs; readonly self: ActorId },
): EpochMs => {
  const quietUntil = plus(now, quietMs * (1 + spread(self)));
  const latest = plus(firstAt, waitMsMax);
  return quietUntil < latest ? quietUntil : latest;
};

/** The actor's own moment of the day (UTC), the next time it comes; later than `now`. */
export const nextDailyAt = (now: EpochMs, self: ActorId): EpochMs => {
  const day = days(1);
  const moment = Math.floor(spread(self) * day);
  return plus(now, day - ((((now - moment) % day) + day) % day));
};

/** A wait for a limit or an open breaker: the other side is busy, and nothing is wrong with the actor. */
export const isWaiting = ({ code }: CallFailure): boolean => code === "throttled" || code === "breakerOpen";

/** After this long without success it does not get longer. */
const backoffMsMax = minutes(30);

/**
 * When to try again after `failures` in a row (0 counts as 1): 1, 2, 4, … 30 minutes, never before the
 * failure's `retryAt`, and at most `timerAheadMsMax` ahead. A wait ends at `retryAt`. Actors that failed
 * together come back up to a tenth (of `retryAt`: 10 seconds) apart.
 */
export const retryDueAt = (
  failure: CallFailure,
  { failures, now, self }: { readonly failures: number; readonly now: EpochMs; readonly self: ActorId },
): EpochMs => {
  const backoffMs = Math.min(backoffMsMax, minutes(2 ** Math.min(Math.max(failures, 1) - 1, 10)));
  const backedOff = plus(now, backoffMs * (1 + spread(self) / 10));
  if (failure.retryAt === null) return backedOff;
  const asked = plus(failure.retryAt, seconds(10) * spread(self));
  const due = isWaiting(failure) ? asked : later(asked, backedOff);
  const latest = plus(now, timerAheadMsMax);
  return due < latest ? due : latest;
};
