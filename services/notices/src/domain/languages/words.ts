import type { NoticeKind } from "@hybrid/contracts";

/** One mail in words. `{address}` in a text is the user's mail address, `{date}` the day that it is about. */
export interface MailWords {
  readonly subject: string;
  readonly paragraphs: readonly string[];
  /** What the link leads to; null: the mail has none. */
  readonly link: string | null;
}

/** Every text of notices in one language. A catalogue that lacks one does not compile. */
export interface Words {
  readonly mails: Readonly<Record<NoticeKind, MailWords>>;
  /** Below every mail. */
  readonly footer: string;
  /** The mail that an operator sends to try the settings. */
  readonly test: MailWords;
}
