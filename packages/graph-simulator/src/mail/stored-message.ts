import type { StoredAddress, StoredAttachment } from "../calendar/stored-event.ts";

/** A folder of a mailbox. */
export interface StoredFolder {
  readonly id: string;
  readonly parentId: string;
  readonly displayName: string;
  readonly isHidden: boolean;
  /** The name that requests may use in place of the id, `inbox` for example; null for a person's folders. */
  readonly wellKnownName: string | null;
}

/** What of a message came with its creation, or was changed since. */
export interface MessageContent {
  readonly subject: string;
  readonly body: { readonly contentType: "html" | "text"; readonly content: string };
  readonly from: StoredAddress | null;
  readonly sender: StoredAddress | null;
  readonly toRecipients: readonly StoredAddress[];
  readonly ccRecipients: readonly StoredAddress[];
  readonly bccRecipients: readonly StoredAddress[];
  readonly replyTo: readonly StoredAddress[];
  readonly importance: string;
  readonly categories: readonly string[];
  readonly isRead: boolean;
  readonly internetMessageId: string;
  /** By the one spelling of their ids. */
  readonly extendedProperties: ReadonlyMap<string, { readonly id: string; readonly value: string }>;
}

/** A message in a mailbox. */
export interface StoredMessage extends MessageContent {
  readonly id: string;
  readonly immutableId: string;
  readonly folderId: string;
  readonly changeKey: string;
  readonly createdAt: number;
  readonly modifiedAt: number;
  /** Decided at creation for good, by PR_MESSAGE_FLAGS. */
  readonly isDraft: boolean;
  readonly sentAt: number;
  readonly receivedAt: number;
  readonly attachments: readonly StoredAttachment[];
}
