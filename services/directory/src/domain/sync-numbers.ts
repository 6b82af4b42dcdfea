import { days, hours, minutes } from "@hybrid/kernel";

/** Every number of the synchronisation of people. */
export const syncNumbers = {
  /** From the end of a run to the next one. */
  everyMs: hours(1),
  /** Changes do not tell who is gone from Webex: everybody is read again after this time. */
  fullEveryMs: days(1),
  /** The wait after the first failure of a step; it doubles with each. */
  retryMs: minutes(1),
  retryMaxMs: hours(1),
  /**
   * Full rounds that somebody may be missing from. A list at Webex shifts under the reader when somebody in
   * front is deleted, so one round may pass over a person; Graph's rounds are whole.
   */
  missesMax: { webex: 1, graph: 0 },
  /** How far behind the newest change a run of changes looks back, because clocks of servers differ. */
  overlapMs: minutes(10),
} as const;
