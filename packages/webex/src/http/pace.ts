import { type Clock, type EpochMs, minutes } from "@hybrid/kernel";

/** Keeps the requests of one token below what Webex grants it. */
export interface Pace {
  /** Takes a place when there is one and gives 0; else how long until there is one, milliseconds. */
  take(): number;
}

const minuteMs = minutes(1);

/**
 * Lets at most `perMinute` requests leave in any stretch of a minute: half of them at once, the others as
 * time passes. A clock that is set back costs nobody anything but the time until it has caught up.
 */
export const createPace = (clock: Clock, perMinute: number): Pace => {
  const placesMax = Math.max(1, Math.floor(perMinute / 2));
  const perMs = Math.max(1, perMinute - placesMax) / minuteMs;
  let places = placesMax;
  let countedAt: EpochMs = clock.now();
  return {
    take: () => {
      const now = clock.now();
      if (now > countedAt) {
        places = Math.min(placesMax, places + (now - countedAt) * perMs);
        countedAt = now;
      }
      if (!Number.isFinite(perMinute)) return 0;
      if (places < 1) return Math.ceil((1 - places) / perMs);
      places -= 1;
      return 0;
    },
  };
};
