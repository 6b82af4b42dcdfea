import { days, type EpochMs, instant, type Quiet, seconds } from "@hybrid/kernel";
import type { Window } from "#domain/list-state";

/** The window of the list (Webex Hybrid Calendar keeps the same). */
export const windowBackMs = days(7);
export const windowAheadMs = days(31);

/** One change mostly comes as several notifications. */
export const changesQuiet: Quiet = { quietMs: 250, waitMsMax: seconds(3) };

/** From the midnight (UTC) of a week ago to the one after 31 more days: the same all day long. */
export const windowAt = (now: EpochMs): Window => {
  const day = days(1);
  return {
    startAt: instant(Math.floor((now - windowBackMs) / day) * day),
    endAt: instant(Math.ceil((now + windowAheadMs) / day) * day + day),
  };
};
