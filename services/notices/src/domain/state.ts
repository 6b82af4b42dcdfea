import type { NoticeKind, UserNotice, UserState } from "@hybrid/contracts";
import type { EpochMs, ErrorCode, Sealed } from "@hybrid/kernel";

/** What `user-status` said of a user last. */
export interface Person {
  /** When, by the clock of who said it; what is older is stale. */
  readonly at: EpochMs;
  readonly transition: number;
  readonly standing: UserState;
  readonly reason: string | null;
  readonly tenantId: string;
  readonly objectId: string;
  /** What the organisation wants; null: the mailbox decides. */
  readonly language: string | null;
  /** In the user's tenant each user consents for the own calendar. */
  readonly isByUser: boolean;
  /** Passed on closed; only who sends opens it. Null: nobody knows one. */
  readonly address: Sealed<string> | null;
}

/** What the user has consented to last. */
export interface Consent {
  readonly givenAt: EpochMs;
  readonly endsAt: EpochMs;
  readonly tenantId: string;
  readonly objectId: string;
}

/**
 * Whether the first time as Active is still to come, when it was, or that it lies in what was not read and
 * so is no news.
 */
export type Activation =
  | { readonly kind: "awaited" }
  | { readonly kind: "since"; readonly at: EpochMs }
  | { readonly kind: "past" };

/** One mail to be: its kind and times name it, so nothing has two of them. */
export interface Notice {
  readonly kind: NoticeKind;
  readonly dueAt: EpochMs;
  readonly consentEndsAt: EpochMs | null;
}

/** A notice that was tried and is to be tried again. */
export interface Trying {
  readonly notice: Notice;
  /** Tries that ended with a failure of this notice's own. */
  readonly tries: number;
  /** Waits in a row: the exponent of the backoff. */
  readonly waits: number;
  readonly tryAt: EpochMs;
  /** What the latest try ended with; null before there was one. */
  readonly code: ErrorCode | null;
}

/** A user of whom something is known. */
export interface User {
  readonly kind: "user";
  readonly person: Person | null;
  readonly consent: Consent | null;
  readonly activation: Activation;
  /** The notice that is being sent since `tryAt`, which tells its outcome from late ones. */
  readonly sending: Trying | null;
  readonly trying: Trying | null;
  /** The latest, oldest first. */
  readonly told: readonly UserNotice[];
  /** The mailbox's language, as it was found when something was sent. */
  readonly locale: string | null;
}

/** The state of any actor of the service. */
export type State = { readonly kind: "unknown" } | User;

/** What every actor starts from, and a removed user ends in. */
export const initial: State = { kind: "unknown" };

/** A user of whom nothing was heard yet. */
export const nobody: User = {
  kind: "user",
  person: null,
  consent: null,
  activation: { kind: "awaited" },
  sending: null,
  trying: null,
  told: [],
  locale: null,
};
