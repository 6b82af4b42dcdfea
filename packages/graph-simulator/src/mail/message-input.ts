import { z } from "zod";
import { propertyKey } from "../calendar/event-change.ts";
import type { Mailbox } from "../calendar/mailbox.ts";
import { singleValueExtendedPropertySchema } from "../schemas/event.ts";
import { graphEnum } from "../schemas/write-body.ts";
import type { MessageContent, StoredMessage } from "./stored-message.ts";

const recipient = z
  .strictObject({ emailAddress: z.strictObject({ address: z.string().min(1), name: z.string().nullish() }) })
  .transform(({ emailAddress: { address, name } }) => ({ address, name: name ?? address }));
const recipients = z.array(recipient).nullish();

/** What may be written of a message. */
export const messageWriteSchema = z.strictObject({
  subject: z.string().nullish(),
  body: z
    .strictObject({ contentType: graphEnum("html", "text").optional(), content: z.string().nullish() })
    .nullish(),
  from: recipient.nullish(),
  sender: recipient.nullish(),
  toRecipients: recipients,
  ccRecipients: recipients,
  bccRecipients: recipients,
  replyTo: recipients,
  importance: graphEnum("low", "normal", "high").nullish(),
  categories: z.array(z.string()).nullish(),
  isRead: z.boolean().nullish(),
  internetMessageId: z.string().min(1).nullish(),
  singleValueExtendedProperties: z.array(singleValueExtendedPropertySchema).optional(),
  attachments: z.array(z.unknown()).optional(),
});

/** A validated write of a message. */
export type MessageWrite = z.infer<typeof messageWriteSchema>;

/** What a message shows and a JSON write cannot set: Graph ignores it there. */
export const messageReadOnly: ReadonlySet<string> = new Set([
  "bodyPreview",
  "changeKey",
  "conversationId",
  "conversationIndex",
  "createdDateTime",
  "hasAttachments",
  "id",
  "internetMessageHeaders",
  "isDraft",
  "lastModifiedDateTime",
  "parentFolderId",
  "receivedDateTime",
  "sentDateTime",
  "webLink",
]);

/** What Graph takes in a write of a message, and the simulator does not. */
export const messageGaps: ReadonlySet<string> = new Set([
  "extensions",
  "flag",
  "inferenceClassification",
  "isDeliveryReceiptRequested",
  "isReadReceiptRequested",
  "multiValueExtendedProperties",
  "uniqueBody",
]);

/** PR_MESSAGE_FLAGS (MS-OXCMSG, 2.2.1.6): 1 is read, 8 is unsent, which is a draft. */
const flagsKey = "Integer 0x0E07";
const unsentFlag = 8;
/** PR_MESSAGE_DELIVERY_TIME and PR_CLIENT_SUBMIT_TIME (MS-OXOMSG). */
const deliveredKey = "SystemTime 0x0E06";
const submittedKey = "SystemTime 0x0039";

/** Properties that mean something at creation alone; a later change of them does nothing. */
export const creationOnly: ReadonlySet<string> = new Set([flagsKey, deliveredKey, submittedKey]);

const propertiesOf = (
  stored: MessageContent["extendedProperties"],
  written: MessageWrite["singleValueExtendedProperties"],
): MessageContent["extendedProperties"] => {
  const merged = new Map(stored);
  for (const { id, value } of written ?? [])
    if (value === null) merged.delete(propertyKey(id));
    else merged.set(propertyKey(id), { id, value });
  return merged;
};

/** What a write makes of a message; what it leaves out stays. */
export const changedContent = (stored: MessageContent, write: MessageWrite): MessageContent => ({
  subject: write.subject ?? stored.subject,
  body: write.body
    ? { contentType: write.body.contentType ?? "text", content: write.body.content ?? "" }
    : stored.body,
  from: write.from ?? stored.from,
  sender: write.sender ?? write.from ?? stored.sender,
  toRecipients: write.toRecipients ?? stored.toRecipients,
  ccRecipients: write.ccRecipients ?? stored.ccRecipients,
  bccRecipients: write.bccRecipients ?? stored.bccRecipients,
  replyTo: write.replyTo ?? stored.replyTo,
  importance: write.importance ?? stored.importance,
  categories: write.categories ?? stored.categories,
  isRead: write.isRead ?? stored.isRead,
  internetMessageId: write.internetMessageId ?? stored.internetMessageId,
  extendedProperties: propertiesOf(stored.extendedProperties, write.singleValueExtendedProperties),
});

const timeOf = (content: MessageContent, key: string, otherwise: number): number => {
  const at = Date.parse(content.extendedProperties.get(key)?.value ?? "");
  return Number.isNaN(at) ? otherwise : at;
};

/**
 * A new message. It is a draft of now, unless PR_MESSAGE_FLAGS comes without the unsent flag: then it is a
 * received message of the given times (reported for Graph by davmail, pull request 517).
 */
export const createdMessage = (
  mailbox: Mailbox,
  write: MessageWrite,
  given: { readonly folderId: string; readonly now: number },
): StoredMessage => {
  const { now, folderId } = given;
  const ids = mailbox.newIds();
  const empty: MessageContent = {
    subject: "",
    body: { contentType: "text", content: "" },
    from: null,
    sender: null,
    toRecipients: [],
    ccRecipients: [],
    bccRecipients: [],
    replyTo: [],
    importance: "normal",
    categories: [],
    isRead: false,
    internetMessageId: `<${ids.immutableId.slice(6, 30)}@simulator.example>`,
    extendedProperties: new Map(),
  };
  const content = changedContent(empty, write);
  const flags = content.extendedProperties.get(flagsKey)?.value;
  const isDraft = flags === undefined || (Number(flags) & unsentFlag) !== 0;
  return {
    ...content,
    ...ids,
    folderId,
    changeKey: mailbox.newChangeKey(),
    createdAt: now,
    modifiedAt: now,
    isDraft,
    isRead: flags === undefined ? (write.isRead ?? true) : (Number(flags) & 1) !== 0,
    sentAt: isDraft ? now : timeOf(content, submittedKey, now),
    receivedAt: isDraft ? now : timeOf(content, deliveredKey, now),
    attachments: [],
  };
};
