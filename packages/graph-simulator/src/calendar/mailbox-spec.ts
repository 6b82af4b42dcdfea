/**
 * What is wrong, or not, with a mailbox; everything but `normal` answers with the error real mailboxes
 * give.
 */
export type MailboxState = "normal" | "onPremises" | "unlicensed" | "softDeleted" | "outOfScope" | "moving";

/** What an administrator writes about a user besides names and addresses; what is left out is not set. */
export interface UserProfile {
  readonly givenName?: string;
  readonly surname?: string;
  readonly jobTitle?: string;
  readonly department?: string;
  readonly companyName?: string;
  readonly officeLocation?: string;
  readonly city?: string;
  readonly country?: string;
  readonly mobilePhone?: string;
  readonly businessPhones?: readonly string[];
  readonly usageLocation?: string;
  readonly employeeId?: string;
  /** Every further address, without `smtp:`. */
  readonly aliases?: readonly string[];
  /** True when left out. */
  readonly accountEnabled?: boolean;
  /** `Member` when left out. */
  readonly userType?: "Member" | "Guest";
}

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
  /** What Exchange's calendar processing does with invitations; `none` when left out. */
  readonly automateProcessing?: "none" | "autoAccept";
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
