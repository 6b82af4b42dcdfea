import { days, hours, minutes, seconds } from "@hybrid/kernel";

/** Every number of the archive's life; durations in milliseconds. */
export const numbers = {
  /** How far behind now a round ends, so that the feed has settled. */
  lagMs: seconds(10),
  /** How far before the cursor a round begins: events that came late are found there. */
  overlapMs: minutes(10),
  /** How old the feed can be read (Webex: 90 days); a minute less, for the way there. */
  historyMs: days(90) - minutes(1),
  /** The widest stretch of the feed in one call of a round; halved while one holds too much. */
  chunkMs: days(1),
  chunkMsMin: 1,
  /** Events of one answer: ids only, so that the outcome keeps within 64 KiB. */
  sliceMax: 100,
  /** Items that may be with spaces and mailboxes before the next slice is read. */
  openItemsMax: 150,
  /** Event ids that are remembered within the overlap; what is forgotten is found as a duplicate later. */
  seenMax: 4_000,
  /** Items that are rendered in one call, and copies that are imported in one. */
  prepareMax: 10,
  importMax: 10,
  /** Copies that one step hands out, unless a single item has more receivers. */
  handMax: 2_000,
  /** Members of a space that one answer names, so that the outcome keeps within 64 KiB. */
  lookMax: 200,
  /** How long a done item is kept for a member whose joining is told late, and how many of a space. */
  lateMs: minutes(10),
  lateItemsMax: 60,
  /** Members of a space, those who left included, that are known at once. */
  membersMax: 1_200,
  /** How often a space tells what is done, and a connector's status is published. */
  reportMs: seconds(1),
  publishMs: seconds(5),
  /** How long a file may be scanned, or a text be undecipherable, before the item goes without it. */
  scanMs: hours(1),
  /** First wait after a failure, doubled up to the greatest. */
  retryMs: seconds(30),
  retryMsMax: minutes(15),
  /** Failures that nothing can cure, of one item alone, before it counts as failed. */
  hopelessMax: 5,
  /** How long somebody without mailbox is taken as still without. */
  missingMs: hours(1),
  /** Days that the status log keeps. */
  logDays: 30,
} as const;

/** The wait after the first failure in a row, the second, and so on. */
export const backoffMs = (failures: number): number =>
  Math.min(numbers.retryMs * 2 ** Math.min(failures - 1, 10), numbers.retryMsMax);
