import type { UserProfile } from "../directory/user-profile.ts";

/**
 * What is wrong, or not, with a mailbox; everything but `normal` answers with the error real mailboxes
 * give.
 */
export type MailboxState = "normal" | "onPremises" | "unlicensed" | "softDeleted" | "outOfScope" | "moving";

/** A user and the mailbox that goes with it. */
export interface MailboxSpec {
  readonly tenantId: string;
  /** The user's object id, a GUID, unique in the whole simulator. */
  readonly userId: string;
  readonly userPrincipalName: string;
  /** Primary mail address; attendees are matched by it. */
  readonly mail: string;
  readonly displayName: string;
  /** A language tag like `sv-SE`; `en-US` when left out. */
  readonly locale?: string;
  /** A Windows or IANA zone name as an administrator would configure it; `UTC` when left out. */
  readonly timeZone?: string;
  /** What else the directory says about the user. */
  readonly profile?: UserProfile;
  /** `normal` when left out. */
  readonly state?: MailboxState;
}

/** Automatic replies (out of office) as a person sets them; times are milliseconds since 1970. */
export interface AutomaticRepliesInput {
  readonly status: "disabled" | "alwaysEnabled" | "scheduled";
  readonly externalAudience?: "none" | "contactsOnly" | "all";
  readonly internalReplyMessage?: string;
  readonly externalReplyMessage?: string;
  readonly scheduledStartAt?: number;
  readonly scheduledEndAt?: number;
}
