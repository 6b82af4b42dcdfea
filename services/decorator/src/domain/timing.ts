import { days, type Quiet, seconds } from "@hybrid/kernel";

/** One change mostly comes as several notifications. */
export const changesQuiet: Quiet = { quietMs: seconds(1), waitMsMax: seconds(30) };

/** The window that is kept in step: join details are of use a day late and five months ahead. */
export const windowBackMs = days(1);
export const windowAheadMs = days(150);
