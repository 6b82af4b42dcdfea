import { z } from "zod";
import { withAttachmentId } from "../calendar/event-parts.ts";
import type { SimulatorClock } from "../clock.ts";
import { badRequest } from "../http/graph-fault.ts";
import type { MailStores } from "../mail/mail-store.ts";
import { messageDelta } from "../mail/message-delta.ts";
import {
  changedContent,
  createdMessage,
  creationOnly,
  type MessageWrite,
  messageGaps,
  messageReadOnly,
  messageWriteSchema,
} from "../mail/message-input.ts";
import { renderMessage } from "../mail/message-render.ts";
import type { StoredMessage } from "../mail/stored-message.ts";
import type { UploadBudget } from "../mail/upload-sessions.ts";
import { readBody } from "../schemas/write-body.ts";
import { readAttachment } from "./event-attachments.ts";
import {
  mailContext,
  mailReaders,
  mailWriters,
  matchingMessages,
  messageCollections,
  messageOf,
  messageRendering,
  messagesNamed,
  orderedMessages,
  showMessage,
  showMessages,
} from "./mail-access.ts";
import type { Answer, MailboxCall, Operation } from "./operation.ts";

/** What operations on messages need. */
export interface MailPorts {
  readonly stores: MailStores;
  readonly clock: SimulatorClock;
  readonly budget: UploadBudget;
}

const typeName = "microsoft.graph.message";
const moveSchema = z.strictObject({ destinationId: z.string().min(1) });

const readMessage = (body: unknown): MessageWrite => {
  // Attachments carry their type as an annotation, which the reader of bodies takes away.
  const { attachments, ...rest } = (body ?? {}) as { readonly attachments?: unknown };
  const read = readBody(messageWriteSchema, body === undefined ? undefined : rest, typeName, {
    readOnly: messageReadOnly,
    gaps: messageGaps,
  });
  if (attachments !== undefined && !Array.isArray(attachments))
    throw badRequest("attachments must be a list.");
  return attachments === undefined ? read : { ...read, attachments };
};

const bytesOf = (message: StoredMessage): number =>
  Buffer.byteLength(message.body.content) + message.attachments.reduce((sum, { size }) => sum + size, 0);

const create =
  ({ stores, clock, budget }: MailPorts) =>
  (call: MailboxCall): Answer => {
    const write = readMessage(call.body);
    const store = stores.of(call.mailbox);
    const folderId = store.folder(call.params["folderId"] ?? "drafts").id;
    const now = clock.now();
    const made = createdMessage(call.mailbox, write, { folderId, now });
    const message = {
      ...made,
      attachments: (write.attachments ?? []).map((given, place) =>
        withAttachmentId(readAttachment(given, now), made.id, place),
      ),
    };
    budget.charge(call.mailbox.spec.userId, bytesOf(message));
    store.put(message);
    return showMessage(call, message, 201);
  };

const update =
  ({ stores, clock }: MailPorts) =>
  (call: MailboxCall): Answer => {
    const stored = messageOf(call, stores);
    const write = readMessage(call.body);
    if (write.attachments !== undefined) throw badRequest("attachments have an address of their own.");
    if (!stored.isDraft && [write.body, write.subject, write.internetMessageId].some(Boolean))
      throw badRequest(
        "The message is not a draft; this property cannot be changed.",
        "ErrorInvalidPropertySet",
      );
    const kept = write.singleValueExtendedProperties?.filter(({ id }) => !creationOnly.has(id));
    const content = changedContent(stored, {
      ...write,
      ...(kept ? { singleValueExtendedProperties: kept } : {}),
    });
    const changed = {
      ...stored,
      ...content,
      changeKey: call.mailbox.newChangeKey(),
      modifiedAt: clock.now(),
    };
    stores.of(call.mailbox).put(changed);
    return showMessage(call, changed, 200);
  };

const move =
  ({ stores, clock }: MailPorts) =>
  (call: MailboxCall): Answer => {
    const { destinationId } = readBody(moveSchema, call.body, "the parameters");
    const store = stores.of(call.mailbox);
    const moved = {
      ...messageOf(call, stores),
      folderId: store.folder(destinationId).id,
      changeKey: call.mailbox.newChangeKey(),
      modifiedAt: clock.now(),
    };
    store.put(moved);
    return showMessage(call, moved, 201);
  };

const delta =
  ({ stores }: MailPorts) =>
  (call: MailboxCall): Answer => {
    const store = stores.of(call.mailbox);
    const folder = store.folder(call.params["folderId"] ?? "");
    const { $skiptoken: skipToken, $deltatoken: deltaToken } = call.query;
    const { lines, next } = messageDelta(store, folder.id, {
      skipToken,
      deltaToken,
      size: call.prefer.pageSize ?? 10,
    });
    const how = messageRendering(call);
    const idOf = (ids: { readonly id: string; readonly immutableId: string }): string =>
      call.prefer.immutableIds ? ids.immutableId : ids.id;
    const token = next.kind === "nextLink" ? "$skiptoken" : "$deltatoken";
    return {
      status: 200,
      body: {
        "@odata.context": mailContext(call, "messages"),
        value: lines.map((line) =>
          line.kind === "message"
            ? renderMessage(line.message, how)
            : {
                "@odata.type": "#microsoft.graph.message",
                id: idOf(line),
                "@removed": { reason: "deleted" },
              },
        ),
        [`@odata.${next.kind}`]: `${call.address}?${token}=${next.token}`,
      },
    };
  };

/** Messages of a mailbox: list, create, read, change, move, remove, and what changed in a folder. */
export const messageOperations = (ports: MailPorts): Operation[] => {
  const { stores } = ports;
  const family = "mailbox" as const;
  const list = (call: MailboxCall): Answer => {
    const found = messagesNamed(call, stores.of(call.mailbox)).filter(matchingMessages(call));
    return showMessages(call, orderedMessages(call, found));
  };
  const read = (call: MailboxCall): Answer => showMessage(call, messageOf(call, stores), 200);
  const remove = (call: MailboxCall): Answer => {
    stores.of(call.mailbox).remove(messageOf(call, stores));
    return { status: 204 };
  };
  const shown = ["$select", "$expand"] as const;
  const listed = [...shown, "$filter", "$orderby", "$top", "$skip", "$count"] as const;
  const [inMailbox, inFolder] = messageCollections;
  const changes = `${inFolder}/delta`;
  const one = `${inMailbox}/:messageId`;
  return [
    ...messageCollections.flatMap((path): Operation[] => [
      { family, method: "GET", path, roles: mailReaders, query: listed, handle: list },
      { family, method: "POST", path, roles: mailWriters, query: [], handle: create(ports) },
    ]),
    {
      family,
      method: "GET",
      path: changes,
      roles: mailReaders,
      query: ["$select", "$skiptoken", "$deltatoken"],
      handle: delta(ports),
    },
    { family, method: "GET", path: one, roles: mailReaders, query: shown, handle: read },
    { family, method: "PATCH", path: one, roles: mailWriters, query: [], handle: update(ports) },
    { family, method: "DELETE", path: one, roles: mailWriters, query: [], handle: remove },
    { family, method: "POST", path: `${one}/move`, roles: mailWriters, query: [], handle: move(ports) },
  ];
};
