import { minutes, seconds } from "@hybrid/kernel";

/** How often an organisation's webhooks are looked at. */
export const lookEveryMs = minutes(5);
/** How soon again while one waits until it may be enabled. */
export const lookAgainMs = minutes(1);
/** The longest pause after looks that failed. */
export const lookAfterFailuresMsMax = minutes(60);
/** The feed is read up to so long ago: what comes late is in it by then. */
export const feedSettledMs = seconds(60);
/** Hints in one outcome, which must stay below 64 KiB. */
export const hintsMax = 60;
/** Stretches of missed time that are remembered at once; the oldest ones become one beyond it. */
export const stretchesMax = 16;
