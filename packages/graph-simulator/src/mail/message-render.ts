import { createHash } from "node:crypto";
import { propertyKey } from "../calendar/event-change.ts";
import { renderAttachment } from "../calendar/event-parts.ts";
import type { StoredAddress } from "../calendar/stored-event.ts";
import type { Preferences } from "../http/prefer.ts";
import { pick } from "../operations/properties.ts";
import type { StoredFolder, StoredMessage } from "./stored-message.ts";

/** How a message is shown. */
export interface MessageRendering {
  readonly prefer: Preferences;
  readonly select: readonly string[] | null;
  /** Keys of the single-value properties that were asked for. */
  readonly properties: readonly string[];
  readonly attachments: boolean;
}

const messageType = {
  typeName: "microsoft.graph.message",
  gaps: [
    "conversationIndex",
    "flag",
    "inferenceClassification",
    "internetMessageHeaders",
    "uniqueBody",
    "webLink",
  ],
};

const recipient = (address: StoredAddress | null): object | null =>
  address && { emailAddress: { name: address.name, address: address.address } };

/** Seconds are what Graph shows of a message's times. */
const moment = (at: number): string => new Date(at).toISOString().replace(/\.\d+Z$/, "Z");

const plain = (content: string): string =>
  content
    .replace(/<[^<>]*>/g, " ")
    .replace(/\s+/g, " ")
    .trim();

const bodyOf = ({ body }: StoredMessage, prefer: Preferences): object =>
  prefer.bodyType === "text" && body.contentType === "html"
    ? { contentType: "text", content: plain(body.content) }
    : body;

const conversationOf = ({ subject }: StoredMessage): string =>
  `AAQkC${createHash("sha256")
    .update(subject.replace(/^(?:(?:re|fw|fwd):\s*)+/i, ""))
    .digest("base64url")
    .slice(0, 32)}=`;

/** What a filter may look at, by Graph's name: everything of a message that costs nothing to show. */
export const messageFacts = (message: StoredMessage): Record<string, unknown> => ({
  createdDateTime: moment(message.createdAt),
  lastModifiedDateTime: moment(message.modifiedAt),
  receivedDateTime: moment(message.receivedAt),
  sentDateTime: moment(message.sentAt),
  hasAttachments: message.attachments.some(({ isInline }) => !isInline),
  internetMessageId: message.internetMessageId,
  subject: message.subject,
  parentFolderId: message.folderId,
  isRead: message.isRead,
  isDraft: message.isDraft,
  sender: recipient(message.sender),
  from: recipient(message.from),
});

/** Every property that is shown of a message. */
const messageProperties = (message: StoredMessage, prefer: Preferences): Record<string, unknown> => ({
  id: prefer.immutableIds ? message.immutableId : message.id,
  ...messageFacts(message),
  changeKey: message.changeKey,
  categories: message.categories,
  bodyPreview: plain(message.body.content).slice(0, 255),
  importance: message.importance,
  conversationId: conversationOf(message),
  body: bodyOf(message, prefer),
  toRecipients: message.toRecipients.map(recipient),
  ccRecipients: message.ccRecipients.map(recipient),
  bccRecipients: message.bccRecipients.map(recipient),
  replyTo: message.replyTo.map(recipient),
});

/** A message as Graph returns it. */
export const renderMessage = (message: StoredMessage, how: MessageRendering): Record<string, unknown> => {
  const all = messageProperties(message, how.prefer);
  const found = how.properties.flatMap((key) => message.extendedProperties.get(key) ?? []);
  return {
    "@odata.etag": `W/"${message.changeKey}"`,
    ...(how.select ? pick(all, ["id", ...how.select], messageType) : all),
    ...(found.length === 0
      ? {}
      : { singleValueExtendedProperties: found.map(({ id, value }) => ({ id: propertyKey(id), value })) }),
    ...(how.attachments ? { attachments: message.attachments.map(renderAttachment) } : {}),
  };
};

/** A folder as Graph returns it. */
export const renderFolder = (
  folder: StoredFolder,
  counts: { readonly children: number; readonly messages: readonly StoredMessage[] },
): Record<string, unknown> => ({
  id: folder.id,
  displayName: folder.displayName,
  parentFolderId: folder.parentId,
  childFolderCount: counts.children,
  unreadItemCount: counts.messages.filter(({ isRead }) => !isRead).length,
  totalItemCount: counts.messages.length,
  sizeInBytes: counts.messages.reduce(
    (sum, { body, attachments }) =>
      sum + Buffer.byteLength(body.content) + attachments.reduce((bytes, { size }) => bytes + size, 0),
    0,
  ),
  isHidden: folder.isHidden,
});
