import type { ActorId, EpochMs } from "@hybrid/kernel";
import type { View } from "@hybrid/view";
import type { ListedMeeting } from "../domain/join.ts";

/** Which part of a user's list. */
export interface PageOrder {
  readonly user: ActorId;
  readonly fromMs: number;
  readonly toMs: number;
  readonly limit: number;
  /** The last meeting of the page before. */
  readonly after: { readonly startAt: number; readonly id: string } | null;
}

/** A part of a user's list. */
export interface ListPage {
  readonly meetings: readonly ListedMeeting[];
  readonly hasMore: boolean;
}

/** Where a user's mailbox is. */
export interface MailboxRow {
  readonly tenantId: string;
  readonly objectId: string;
}

/** Lists are being made, or cannot be reached; half of one is never given. */
export class ListsNotReady extends Error {
  override readonly name = "ListsNotReady";
}

/** What changes, from a place on: see {@link View.changes}. */
export type MeetingFeed = Pick<View, "token" | "changes">;

/**
 * The lists of all users, one user's at a time; who asks for one names the user, and there is no other way to
 * a meeting. Every read rejects with {@link ListsNotReady} when it could give half a list only, and with
 * KeysUnavailableError when what is sealed cannot be opened. It has two adapters and one contract suite.
 */
export interface MeetingView {
  /** Why a list may be behind, in words for a person; null when it is not, as far as this process knows. */
  notReady(): string | null;
  /** A page, by start and id, and whether there is more. */
  page(order: PageOrder): Promise<ListPage>;
  one(user: ActorId, id: string): Promise<ListedMeeting | null>;
  /** What is on now or begins until a moment; one without length can be joined for a minute. */
  until(user: ActorId, now: EpochMs, untilAt: EpochMs): Promise<readonly ListedMeeting[]>;
  /** Null: it is not read now. */
  mailboxOf(user: ActorId): Promise<MailboxRow | null>;
  /** What changes in partitions, one feed for each; one for all where partitions do not matter. */
  readonly feeds: readonly MeetingFeed[];
  /** The feed that tells of a user's meetings. */
  feedOf(user: ActorId): MeetingFeed;
}
