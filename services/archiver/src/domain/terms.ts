import type { ArchiveTerms } from "@hybrid/contracts";
import type { Participant } from "./members.ts";

/** What a connector archives, and where to; complete, never a difference. */
export type Terms = ArchiveTerms;

/** What happened to the message. */
export type ItemKind = "created" | "updated" | "deleted" | "submitted";

/**
 * One thing to archive: a version of a message. Ids and times only; what was said waits in the blob store
 * under `eventId`. Ids are UUIDs where Webex's ids hold one, whatever cluster they were written with.
 */
export interface Item {
  readonly eventId: string;
  readonly kind: ItemKind;
  readonly messageId: string;
  /** Who wrote, changed, deleted or submitted. */
  readonly personId: string;
  /** The author's address as the event has it; null where it has none. */
  readonly email: string | null;
  /** When it happened, milliseconds since 1970. */
  readonly at: number;
  /** Somebody sent it to these alone; left out: everybody who was there read it. */
  readonly only?: readonly Participant[];
}

/** What became of one copy. */
export type CopyOutcome = "success" | "partial" | "skipped" | "failed";

/** What became of a copy that was handed to a mailbox: one of somebody out of scope is none. */
export type CopyEnd = CopyOutcome | "outOfScope";

/** Why a copy failed; the fields of the status log's "failed item detail". */
export interface FailedCopy {
  readonly itemId: string;
  readonly sourceUserId: string;
  readonly userPrincipalName: string | null;
  readonly reason: string;
}

/** Counts of the status log, for items that are done. */
export interface Tally {
  /** Items that came from the source. */
  readonly source: number;
  /** Copies after fan-out, one for each participant: success + partial + skipped + failed. */
  readonly available: number;
  readonly success: number;
  readonly partial: number;
  readonly skipped: number;
  readonly failed: number;
}

/** Nothing yet. */
export const emptyTally: Tally = { source: 0, available: 0, success: 0, partial: 0, skipped: 0, failed: 0 };

/** Both together. */
export const addTallies = (one: Tally, other: Tally): Tally => ({
  source: one.source + other.source,
  available: one.available + other.available,
  success: one.success + other.success,
  partial: one.partial + other.partial,
  skipped: one.skipped + other.skipped,
  failed: one.failed + other.failed,
});

/** One more copy with this outcome. */
export const countCopy = (tally: Tally, end: CopyEnd): Tally =>
  end === "outOfScope" ? tally : { ...tally, available: tally.available + 1, [end]: tally[end] + 1 };
