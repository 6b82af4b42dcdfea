import type { Meeting, ResyncRequest, UserState } from "@hybrid/contracts";
import type { CallFailure, EpochMs, ErrorCode } from "@hybrid/kernel";

/** Whose calendar it is. */
export interface Mailbox {
  readonly tenantId: string;
  readonly objectId: string;
}

/** A stretch of time. */
export interface Window {
  readonly startAt: EpochMs;
  readonly endAt: EpochMs;
}

/** What the topic holds of the user: by the id of a meeting, a digest of its record. */
export type Known = Readonly<Record<string, string>>;

/** A page of the calendar; `skip`: the number of its events that have been dealt with. */
export type Page =
  | { readonly kind: "first"; readonly window: Window; readonly skip: number }
  | { readonly kind: "link"; readonly link: string; readonly skip: number };

/** A reading of the whole window, page by page. */
export interface Round {
  /** Tells outcomes of this round from late ones of an earlier one. */
  readonly startedAt: EpochMs;
  readonly page: Page;
  /** Pages ordered so far. */
  readonly pages: number;
  /** Ids of the meetings that its pages held. */
  readonly seen: readonly string[];
  /** When the change was told because of which it is read; null: because of none. */
  readonly changedAt: EpochMs | null;
}

/** Why nothing is read at present. */
export type Hold =
  | { readonly kind: "retry"; readonly dueAt: EpochMs }
  /** A person must act; only the daily reading or a sign of life tries again. */
  | { readonly kind: "stopped"; readonly code: ErrorCode };

/** What the actor of a user knows. */
export type State = { readonly kind: "absent" } | InactiveState | ActiveState;

/** The mailbox is not read now; a list that is there stays until the user is no longer wanted. */
export interface InactiveState {
  readonly kind: "inactive";
  /** Number of the last transition seen; an older one is late. */
  readonly transition: number;
  readonly objectId: string;
  readonly callInFlight: boolean;
  readonly known: Known;
}

/** The mailbox is read. */
export interface ActiveState {
  readonly kind: "active";
  readonly transition: number;
  readonly mailbox: Mailbox;
  /** At most one call at a time, so at most one request of this service per mailbox. */
  readonly callInFlight: boolean;
  readonly known: Known;
  readonly round: Round | null;
  /** A round is to follow. */
  readonly isWanted: boolean;
  /** When the first change was told that this round is for; null: none was. */
  readonly changedAt: EpochMs | null;
  /** Changes that wait for more to come. */
  readonly changes: { readonly firstAt: EpochMs; readonly dueAt: EpochMs } | null;
  readonly hold: Hold | null;
  /** In a row; throttling is none. */
  readonly failures: number;
  /** When the window moves on by a day. */
  readonly sweepAt: EpochMs;
  /** There are more meetings in the window than a list holds. */
  readonly isCutShort: boolean;
}

/** Facts in the past tense. */
export type Input =
  | {
      readonly kind: "statusChanged";
      readonly to: UserState;
      readonly transition: number;
      readonly mailbox: Mailbox;
    }
  | { readonly kind: "calendarChanged" }
  | { readonly kind: "resyncRequested"; readonly reason: ResyncRequest["reason"] }
  | { readonly kind: "timerFired"; readonly timer: TimerName }
  | PageRead
  | { readonly kind: "callFailed"; readonly order: Call; readonly failure: CallFailure };

/** What a page held. */
export interface PageRead {
  readonly kind: "pageRead";
  readonly roundStartedAt: EpochMs;
  /** Those that the list does not have, or has in another version. */
  readonly meetings: readonly Meeting[];
  /** Digests of those that are as the order said: they are neither sealed nor journaled once more. */
  readonly unchanged: readonly string[];
  /** Ids of events that say too little to be listed; what is known of them stays. */
  readonly unread: readonly string[];
  readonly next:
    | { readonly kind: "page"; readonly link: string }
    /** The same page again, for what comes after its first `skip` events. */
    | { readonly kind: "rest"; readonly skip: number }
    | { readonly kind: "end" };
}

/** Names of timers. */
export type TimerName = "changes" | "sweep" | "retry";

/** Orders to the outside world. */
export type Call = {
  readonly kind: "readPage";
  readonly mailbox: Mailbox;
  readonly roundStartedAt: EpochMs;
  readonly page: Page;
  /** Of the round; it is measured how long a change takes. */
  readonly changedAt: EpochMs | null;
  /** Digests of the meetings that the list has: what is read of these need not be told. */
  readonly known: readonly string[];
};
