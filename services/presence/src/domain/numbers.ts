import { days, hours, minutes, seconds } from "@hybrid/kernel";

/** Every number of presence; milliseconds unless the name says otherwise. */
export interface Numbers {
  /** A group's mailboxes are read once in this time, at a moment of the group's own. */
  readonly pollEveryMs: number;
  /** A reading out of turn leaves the group's moment alone, but the next one comes no sooner than this. */
  readonly pollGapMs: number;
  /** A new member is read this soon, together with others who came meanwhile. */
  readonly joinWaitMs: number;
  /** A look within this time after a reading is shown what was read. */
  readonly freshMs: number;
  /** A reading that failed comes again after this, doubled each time, at most after `pollEveryMs`. */
  readonly retryMs: number;
  /** When Graph throttles, a group's time grows up to this many times. */
  readonly slowdownMax: number;
  /** When a reading must have ended, so that a lost outcome starts it again. */
  readonly readingMs: number;
  /** A status lasts this long without a word of the service; it is refreshed at half of it. */
  readonly ttlMs: number;
  /** Replies without an end are believed for this long when the mailbox cannot be read. */
  readonly trustMs: number;
  /** Without the person's own token Webex is asked again after this. */
  readonly tokenRetryMs: number;
  /** Webex, after a failure; doubled each time up to the second. */
  readonly webexRetryMs: number;
  readonly webexRetryMsMax: number;
  /** Changes of a calendar within this time are one look at it. */
  readonly eventsWaitMs: number;
  /** How far ahead events are read, and how often at least. */
  readonly eventsAheadMs: number;
  readonly eventsEveryMs: number;
}

/** The numbers as designed. */
export const designNumbers: Numbers = {
  pollEveryMs: minutes(12),
  pollGapMs: minutes(3),
  joinWaitMs: seconds(20),
  freshMs: minutes(1),
  retryMs: minutes(1),
  slowdownMax: 4,
  readingMs: minutes(2),
  ttlMs: minutes(60),
  trustMs: hours(24),
  tokenRetryMs: hours(1),
  webexRetryMs: minutes(1),
  webexRetryMsMax: minutes(15),
  eventsWaitMs: seconds(30),
  eventsAheadMs: days(2),
  eventsEveryMs: days(1),
};

/** Mailboxes of a group: what one batch holds. */
export const groupSizeMax = 20;
/** Windows of events that are remembered of a user, the next ones. */
export const eventsMax = 50;
/** Free places that a roster remembers; beyond it they are found again when groups are empty. */
export const holesMax = 1_000;
