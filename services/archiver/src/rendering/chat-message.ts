/** What was said, as Webex gives it; null for what it does not give. */
export interface ChatMessage {
  readonly text: string | null;
  readonly markdown: string | null;
  readonly html: string | null;
  /** Adaptive cards, whatever their maker wrote. */
  readonly cards: readonly unknown[];
  /** The message that started the thread. */
  readonly parentId: string | null;
  /** Addresses of the files. */
  readonly files: readonly string[];
  /** Answers that somebody gave on a card; null for a message. */
  readonly inputs: Readonly<Record<string, unknown>> | null;
}

/** A message of which nothing is left but that it was there. */
export const emptyMessage: ChatMessage = {
  text: null,
  markdown: null,
  html: null,
  cards: [],
  parentId: null,
  files: [],
  inputs: null,
};

/** Somebody's name and address. */
export interface MailPerson {
  readonly address: string;
  readonly name: string;
}

/** A file that was fetched. */
export interface FetchedFile {
  readonly name: string;
  readonly contentType: string;
  readonly bytes: Uint8Array;
}

/** Why a file is not there. */
export type MissingReason = "tooLarge" | "infected" | "unscannable" | "scanning" | "gone" | "elsewhere";

/** A file that was left out. */
export interface MissingFile {
  readonly name: string | null;
  readonly reason: MissingReason;
}

/** A file within a mail. */
export interface MailPart {
  readonly name: string;
  readonly contentType: string;
  /** What the body calls it by; null when it only hangs on. */
  readonly contentId: string | null;
  readonly bytes: Uint8Array;
}

/** A mail as it will lie in the mailboxes of all who were there. */
export interface ArchivedMail {
  readonly subject: string;
  readonly html: string;
  readonly text: string;
  readonly from: MailPerson;
  readonly to: readonly MailPerson[];
  /** Milliseconds since 1970. */
  readonly sentAt: number;
  readonly internetMessageId: string;
  readonly inReplyTo: string;
  readonly references: readonly string[];
  /** Extended properties by id. */
  readonly properties: Readonly<Record<string, string>>;
  readonly files: readonly MailPart[];
  readonly isPartial: boolean;
}
