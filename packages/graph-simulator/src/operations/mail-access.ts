import { readSelect } from "../calendar/event-additions.ts";
import { propertyKey } from "../calendar/event-change.ts";
import { isItemId } from "../calendar/mailbox.ts";
import { badRequest, notSimulated } from "../http/graph-fault.ts";
import type { MailStore, MailStores } from "../mail/mail-store.ts";
import { type MessageRendering, messageFacts, renderMessage } from "../mail/message-render.ts";
import type { StoredMessage } from "../mail/stored-message.ts";
import { expandItems, idsOfFilter } from "../odata/expand.ts";
import { readFilter } from "../odata/filter.ts";
import { withPropertyKeys } from "./event-query.ts";
import { type Answer, type MailboxCall, nextPage } from "./operation.ts";

// What every operation on mail needs: finding a message, showing one or a page of them.

/** Permissions that let an application read mail. */
export const mailReaders = ["Mail.Read", "Mail.ReadWrite"];
/** Permissions that let an application write mail. */
export const mailWriters = ["Mail.ReadWrite"];

const pageSizeDefault = 10;

/** Where messages are found: the whole mailbox, and one folder. */
export const messageCollections = [
  "/users/:userId/messages",
  "/users/:userId/mailFolders/:folderId/messages",
] as const;

/** The address in `@odata.context`. */
export const mailContext = (call: MailboxCall, what: string): string =>
  `${call.graphUrl}/$metadata#users('${encodeURIComponent(call.mailbox.spec.userId)}')/${what}`;

const expansionOf = (expand: string | undefined): Pick<MessageRendering, "properties" | "attachments"> => {
  let properties: readonly string[] = [];
  let attachments = false;
  for (const { name, options } of expand === undefined ? [] : expandItems(expand)) {
    if (name === "attachments" && Object.keys(options).length === 0) attachments = true;
    else if (name === "singlevalueextendedproperties" && options["$filter"] !== undefined)
      properties = idsOfFilter(options["$filter"]).map(propertyKey);
    else throw notSimulated(`'$expand=${name}' of messages with these options`);
  }
  return { properties, attachments };
};

/** How a call wants messages shown. */
export const messageRendering = (call: MailboxCall): MessageRendering => ({
  prefer: call.prefer,
  select: readSelect(call.query.$select),
  ...expansionOf(call.query.$expand),
});

/** The message that the path names. Throws 400 for what cannot be an id, 404 when there is none. */
export const messageOf = (call: MailboxCall, stores: MailStores): StoredMessage => {
  const id = call.params["messageId"] ?? "";
  if (!isItemId(id)) throw badRequest("Id is malformed.", "ErrorInvalidIdMalformed");
  return stores.of(call.mailbox).message(id);
};

/** One message as an answer. */
export const showMessage = (call: MailboxCall, message: StoredMessage, status: number): Answer => ({
  status,
  body: {
    "@odata.context": mailContext(call, "messages/$entity"),
    ...renderMessage(message, messageRendering(call)),
  },
});

const filterable = [
  "createdDateTime",
  "from",
  "hasAttachments",
  "internetMessageId",
  "isDraft",
  "isRead",
  "lastModifiedDateTime",
  "parentFolderId",
  "receivedDateTime",
  "sender",
  "sentDateTime",
  "singleValueExtendedProperties",
  "subject",
];

/** What `$filter` keeps of messages. Throws Graph's 400, or 501 for a function that is not simulated. */
export const matchingMessages = (call: MailboxCall): ((message: StoredMessage) => boolean) => {
  const { $filter } = call.query;
  if ($filter === undefined) return () => true;
  const scope = { typeName: "microsoft.graph.message", properties: filterable, ignoreCase: false };
  const { keeps } = readFilter(withPropertyKeys($filter), scope);
  return (message) =>
    keeps({
      ...messageFacts(message),
      singleValueExtendedProperties: [...message.extendedProperties].map(([id, { value }]) => ({
        id,
        value,
      })),
    });
};

const sortKeys: Readonly<Record<string, (message: StoredMessage) => number | string>> = {
  receiveddatetime: ({ receivedAt }) => receivedAt,
  sentdatetime: ({ sentAt }) => sentAt,
  createddatetime: ({ createdAt }) => createdAt,
  subject: ({ subject }) => subject,
};

/** The order of messages: as asked, else the newest first; ties by id, so that pages never overlap. */
export const orderedMessages = (
  call: MailboxCall,
  messages: readonly StoredMessage[],
): readonly StoredMessage[] => {
  const { $orderby = "receivedDateTime desc" } = call.query;
  const [name = "", direction = "asc", ...rest] = $orderby.trim().split(/\s+/);
  const keyOf = sortKeys[name.toLowerCase()];
  const sign = { asc: 1, desc: -1 }[direction.toLowerCase()];
  if (sign === undefined) throw badRequest(`Syntax error in '$orderby': '${$orderby}'.`);
  if (!keyOf || rest.length > 0) throw notSimulated(`'$orderby=${$orderby}' of messages`);
  return messages.toSorted((a, b) => {
    const [left, right] = [keyOf(a), keyOf(b)];
    if (left !== right) return left < right ? -sign : sign;
    return a.id < b.id ? -1 : 1;
  });
};

/** One page of messages, by `$top` and `$skip`. */
export const showMessages = (call: MailboxCall, messages: readonly StoredMessage[]): Answer => {
  const skip = call.query.$skip ?? 0;
  const size = call.query.$top ?? call.prefer.pageSize ?? pageSizeDefault;
  const how = messageRendering(call);
  return {
    status: 200,
    body: {
      "@odata.context": mailContext(call, "messages"),
      ...(call.query.$count ? { "@odata.count": messages.length } : {}),
      value: messages.slice(skip, skip + size).map((message) => renderMessage(message, how)),
      ...(messages.length > skip + size ? { "@odata.nextLink": nextPage(call, skip + size) } : {}),
    },
  };
};

/** The messages that the path names: of a folder, or of the whole mailbox. */
export const messagesNamed = (call: MailboxCall, store: MailStore): readonly StoredMessage[] => {
  const { folderId } = call.params;
  return folderId === undefined ? store.messages() : store.messagesIn(store.folder(folderId).id);
};
