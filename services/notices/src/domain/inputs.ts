import type { UserState } from "@hybrid/contracts";
import type { CallFailure, EpochMs, ErrorCode, Sealed } from "@hybrid/kernel";
import type { Consent, Notice, Person } from "./state.ts";

/** The order to send one notice. */
export interface SendNotice {
  readonly kind: "sendNotice";
  /** When it was ordered; its outcome repeats it. */
  readonly number: EpochMs;
  readonly notice: Notice;
  /** After this it is no news any more, and is not sent. */
  readonly sendBy: EpochMs;
  readonly address: Sealed<string>;
  /** A BCP 47 tag; null: the mailbox is asked. */
  readonly language: string | null;
  readonly tenantId: string;
  readonly objectId: string;
  /** Tries before this one. */
  readonly tries: number;
}

/** What the service orders. */
export type Call = SendNotice;

/** What reaches a user's actor. */
export type Input =
  | { readonly kind: "statusChanged"; readonly person: Person; readonly from: UserState }
  | { readonly kind: "consentGiven"; readonly consent: Consent }
  | { readonly kind: "timerFired" }
  | { readonly kind: "noticeSent"; readonly number: EpochMs; readonly locale: string | null }
  | { readonly kind: "noticeTooLate"; readonly number: EpochMs }
  | { readonly kind: "noticeRefused"; readonly number: EpochMs; readonly code: ErrorCode }
  | { readonly kind: "callFailed"; readonly number: EpochMs; readonly failure: CallFailure };
