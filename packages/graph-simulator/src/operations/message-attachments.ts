import { z } from "zod";
import { readSelect } from "../calendar/event-additions.ts";
import { renderAttachment, withAttachmentId } from "../calendar/event-parts.ts";
import type { Mailbox } from "../calendar/mailbox.ts";
import type { StoredAttachment } from "../calendar/stored-event.ts";
import { badRequest, itemNotFound, notSimulated } from "../http/graph-fault.ts";
import type { StoredMessage } from "../mail/stored-message.ts";
import type { UploadSession, UploadSessions } from "../mail/upload-sessions.ts";
import { graphEnum, readBody } from "../schemas/write-body.ts";
import { readAttachment } from "./event-attachments.ts";
import { mailContext, mailReaders, mailWriters, messageOf } from "./mail-access.ts";
import type { MailPorts } from "./messages.ts";
import { type Answer, type MailboxCall, nextPage, type Operation } from "./operation.ts";
import { pick } from "./properties.ts";

const attachmentType = { typeName: "microsoft.graph.fileAttachment" };
const pageSizeDefault = 10;
/** What an upload session is for (Graph page "Attach large files"): 3 to 150 MB. */
const sessionBytes = { min: 3 * 1_024 * 1_024, max: 150 * 1_024 * 1_024 };

const sessionSchema = z.strictObject({
  AttachmentItem: z.strictObject({
    attachmentType: graphEnum("file", "item", "reference"),
    name: z.string().min(1),
    size: z.int().min(1),
    contentType: z.string().nullish(),
    isInline: z.boolean().nullish(),
    contentId: z.string().nullish(),
  }),
});

const shown = (call: MailboxCall, attachment: StoredAttachment): object => {
  const all = renderAttachment(attachment);
  const names = readSelect(call.query.$select);
  return names ? pick(all, ["@odata.type", "id", ...names], attachmentType) : all;
};

const context = (call: MailboxCall): string =>
  mailContext(call, `messages('${encodeURIComponent(call.params["messageId"] ?? "")}')/attachments`);

/** Puts attachments in place of those that a message has. */
export const putAttachments = (
  ports: MailPorts,
  mailbox: Mailbox,
  given: { readonly message: StoredMessage; readonly attachments: readonly StoredAttachment[] },
): void =>
  ports.stores.of(mailbox).put({
    ...given.message,
    attachments: given.attachments,
    changeKey: mailbox.newChangeKey(),
    modifiedAt: ports.clock.now(),
  });

/** The attachment that a finished upload makes, at its message. */
export const finishUpload = (ports: MailPorts, session: UploadSession): StoredAttachment => {
  const message = ports.stores.of(session.mailbox).message(session.messageId);
  const bytes = Buffer.concat(session.parts);
  const made = withAttachmentId(
    {
      id: "",
      name: session.name,
      contentType: session.contentType,
      contentId: session.contentId,
      contentLocation: null,
      isInline: session.isInline,
      contentBytes: bytes.toString("base64"),
      size: bytes.length,
      modifiedAt: ports.clock.now(),
    },
    message.id,
    message.attachments.length,
  );
  putAttachments(ports, session.mailbox, { message, attachments: [...message.attachments, made] });
  return made;
};

const openSession =
  (ports: MailPorts, sessions: UploadSessions) =>
  (call: MailboxCall): Answer => {
    const message = messageOf(call, ports.stores);
    const { AttachmentItem: item } = readBody(sessionSchema, call.body, "the parameters");
    if (item.attachmentType !== "file")
      throw notSimulated(`upload of an attachment of the type ${item.attachmentType}`);
    if (item.size < sessionBytes.min || item.size > sessionBytes.max)
      throw badRequest("The size of an upload must be 3 to 150 MB.", "ErrorAttachmentSizeLimitExceeded");
    const session = sessions.open({
      mailbox: call.mailbox,
      messageId: message.id,
      name: item.name,
      size: item.size,
      contentType: item.contentType ?? null,
      isInline: item.isInline ?? false,
      contentId: item.contentId ?? null,
    });
    return {
      status: 201,
      body: {
        "@odata.context": `${call.graphUrl}/$metadata#microsoft.graph.uploadSession`,
        uploadUrl: `${call.graphUrl.replace(/\/v1\.0$/, "")}/upload/${session.token}`,
        expirationDateTime: new Date(session.expiresAt).toISOString(),
        nextExpectedRanges: ["0-"],
      },
    };
  };

const find = (call: MailboxCall, message: StoredMessage): StoredAttachment => {
  const found = message.attachments.find(({ id }) => id === call.params["attachmentId"]);
  if (!found) throw itemNotFound();
  return found;
};

/** Attachments of messages, and uploads of large ones. */
export const messageAttachmentOperations = (ports: MailPorts, sessions: UploadSessions): Operation[] => {
  const { stores, clock, budget } = ports;
  const list = (call: MailboxCall): Answer => {
    const { attachments } = messageOf(call, stores);
    const { $skip = 0, $top = pageSizeDefault } = call.query;
    return {
      status: 200,
      body: {
        "@odata.context": context(call),
        value: attachments.slice($skip, $skip + $top).map((attachment) => shown(call, attachment)),
        ...(attachments.length > $skip + $top ? { "@odata.nextLink": nextPage(call, $skip + $top) } : {}),
      },
    };
  };
  const read = (call: MailboxCall): Answer => ({
    status: 200,
    body: {
      "@odata.context": `${context(call)}/$entity`,
      ...shown(call, find(call, messageOf(call, stores))),
    },
  });
  const add = (call: MailboxCall): Answer => {
    const message = messageOf(call, stores);
    const given = readAttachment(call.body, clock.now());
    budget.charge(call.mailbox.spec.userId, given.size);
    const added = withAttachmentId(given, message.id, message.attachments.length);
    putAttachments(ports, call.mailbox, { message, attachments: [...message.attachments, added] });
    return {
      status: 201,
      body: { "@odata.context": `${context(call)}/$entity`, ...renderAttachment(added) },
    };
  };
  const remove = (call: MailboxCall): Answer => {
    const message = messageOf(call, stores);
    const found = find(call, message);
    const attachments = message.attachments.filter((attachment) => attachment !== found);
    putAttachments(ports, call.mailbox, { message, attachments });
    return { status: 204 };
  };
  const family = "mailbox" as const;
  const path = "/users/:userId/messages/:messageId/attachments";
  const one = `${path}/:attachmentId`;
  const session = `${path}/createUploadSession`;
  return [
    { family, method: "GET", path, roles: mailReaders, query: ["$select", "$top", "$skip"], handle: list },
    { family, method: "POST", path, roles: mailWriters, query: [], handle: add },
    {
      family,
      method: "POST",
      path: session,
      roles: mailWriters,
      query: [],
      handle: openSession(ports, sessions),
    },
    { family, method: "GET", path: one, roles: mailReaders, query: ["$select"], handle: read },
    { family, method: "DELETE", path: one, roles: mailWriters, query: [], handle: remove },
  ];
};
