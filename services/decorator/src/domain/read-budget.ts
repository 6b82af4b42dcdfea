import { type EpochMs, hours, plus } from "@hybrid/kernel";
import type { ActiveState, Reads } from "#domain/mailbox-state";

/** Pages of one mailbox that are read within an hour; a calendar of 20,000 events is read at once. */
export const readsPerHourMax = 400;
/** A round of more pages than this does not end: Graph gives one page after the other, for ever. */
export const pagesPerRoundMax = 2_000;
/** Events named by notifications that are kept in mind until a round has seen them. */
export const namedMax = 50;

const hourMs = hours(1);

/** One more page within the hour; null when the hour's pages are used up. */
export const withOneRead = ({ reads }: ActiveState, now: EpochMs): Reads | null => {
  // An hour that begins in a time to come is of before the clock was set back.
  if (now >= plus(reads.from, hourMs) || now < reads.from) return { from: now, count: 1 };
  return reads.count < readsPerHourMax ? { ...reads, count: reads.count + 1 } : null;
};

/** When the next hour's pages may be read. */
export const nextHourAt = ({ reads }: ActiveState): EpochMs => plus(reads.from, hourMs);
