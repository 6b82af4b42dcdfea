import type { ActorId, CallFailure, Effect, EpochMs } from "@hybrid/kernel";
import type { Numbers } from "./numbers.ts";
import type { ChosenStatus, Mailbox } from "./state.ts";
import type { Replies, Window } from "./windows.ts";

/** What a decision needs besides state and input. */
export interface Moment {
  readonly now: EpochMs;
  readonly self: ActorId;
  readonly numbers: Numbers;
  /** Whether the organisation wants events that are shown as out of office to count. */
  readonly countsEvents: boolean;
}

/** What was read of one mailbox. */
export type Reading = { readonly objectId: string } & (
  | { readonly replies: Replies; readonly failure?: never }
  | { readonly failure: Pick<CallFailure, "code" | "retryable" | "retryAt">; readonly replies?: never }
);

/** What reaches a user. */
export type UserInput =
  /** `mailbox` null: it is watched no more. */
  | { readonly kind: "mailboxChanged"; readonly mailbox: Mailbox | null }
  | { readonly kind: "personChanged"; readonly personId: string | null; readonly removed: boolean }
  | { readonly kind: "placed"; readonly group: number }
  | { readonly kind: "repliesChanged"; readonly replies: Replies }
  | { readonly kind: "repliesUnreadable" }
  | { readonly kind: "calendarChanged" }
  | { readonly kind: "looked" }
  | { readonly kind: "eventsRead"; readonly number: number; readonly windows: readonly Window[] }
  | {
      readonly kind: "webexShown";
      readonly number: number;
      readonly until: EpochMs;
      readonly previous: ChosenStatus | null;
    }
  | { readonly kind: "webexLeftAlone"; readonly number: number }
  | { readonly kind: "webexCleared"; readonly number: number }
  | { readonly kind: "tokenMissing"; readonly number: number }
  | {
      readonly kind: "callFailed";
      readonly call: "readEvents" | "showAtWebex" | "clearAtWebex";
      readonly number: number;
      readonly failure: CallFailure;
    };

/** What reaches a tenant's roster. */
export type RosterInput =
  | { readonly kind: "userJoined"; readonly user: ActorId; readonly objectId: string }
  | { readonly kind: "userLeft"; readonly user: ActorId; readonly group: number }
  | { readonly kind: "readingWanted"; readonly group: number };

/** What reaches a group. */
export type GroupInput =
  | { readonly kind: "memberJoined"; readonly user: ActorId; readonly objectId: string }
  | { readonly kind: "memberLeft"; readonly user: ActorId }
  | { readonly kind: "lookedAt" }
  | { readonly kind: "repliesRead"; readonly number: number; readonly readings: readonly Reading[] }
  | { readonly kind: "readingFailed"; readonly number: number; readonly failure: CallFailure };

/** Any input of the service. */
export type Input = UserInput | RosterInput | GroupInput | { readonly kind: "timerFired" };

/** What is ordered outside. */
export type Call =
  | {
      readonly kind: "readReplies";
      readonly number: number;
      readonly tenantId: string;
      readonly objectIds: readonly string[];
    }
  | {
      readonly kind: "readEvents";
      readonly number: number;
      readonly mailbox: Mailbox;
      readonly from: EpochMs;
      readonly until: EpochMs;
    }
  | {
      readonly kind: "showAtWebex";
      readonly number: number;
      readonly personId: string;
      readonly until: EpochMs;
      readonly askedAt: EpochMs;
      /** Until when we have said so already; null: nothing of ours should be there. */
      readonly saidUntil: EpochMs | null;
    }
  | {
      readonly kind: "clearAtWebex";
      readonly number: number;
      readonly personId: string;
      readonly saidUntil: EpochMs;
      readonly previous: ChosenStatus | null;
    };

/** What a step of the service orders. */
export type Order = Effect<Input, Call>;
