import { z } from "zod";
import type { Calendar } from "../calendar/calendar.ts";
import { readSelect } from "../calendar/event-additions.ts";
import { renderAttachment, withAttachmentId } from "../calendar/event-parts.ts";
import type { CalendarItem, StoredAttachment } from "../calendar/stored-event.ts";
import type { SimulatorClock } from "../clock.ts";
import { badRequest, GraphFault, itemNotFound, notSimulated } from "../http/graph-fault.ts";
import { readBody } from "../schemas/write-body.ts";
import { contentOf, contextOf, eventCollections, eventItemOf } from "./event-access.ts";
import {
  type Answer,
  calendarReaders,
  calendarWriters,
  type MailboxCall,
  type Operation,
} from "./operation.ts";
import { pick } from "./properties.ts";

const attachmentType = { typeName: "microsoft.graph.fileAttachment" };
/** What can be attached in one request; larger files need an upload session. */
const bytesMax = 3 * 1_024 * 1_024;

/** fileAttachment */
export const fileAttachmentShape = z.strictObject({
  name: z.string().min(1),
  contentBytes: z.base64(),
  contentType: z.string().nullish(),
  contentId: z.string().nullish(),
  contentLocation: z.string().nullish(),
  isInline: z.boolean().nullish(),
});

const readOnly = new Set(["id", "lastModifiedDateTime", "size"]);

/** An attachment of a request. Throws 501 for other kinds, 413 when it is too large for one request. */
export const readAttachment = (body: unknown, now: number): StoredAttachment => {
  const kind = (body as { readonly "@odata.type"?: unknown } | null)?.["@odata.type"];
  if (typeof kind !== "string")
    throw badRequest("An attachment must name its type in '@odata.type'.", "ErrorInvalidRequest");
  if (!/^#?microsoft\.graph\.fileAttachment$/i.test(kind))
    throw notSimulated(`attachments of the type ${kind}`);
  const given = readBody(fileAttachmentShape, body, attachmentType.typeName, { readOnly });
  const bytes = Buffer.from(given.contentBytes, "base64");
  if (bytes.length > bytesMax)
    throw new GraphFault(413, "RequestEntityTooLarge", "Files of 3 MB and more need an upload session.");
  return {
    id: "",
    name: given.name,
    contentType: given.contentType ?? null,
    contentId: given.contentId ?? null,
    contentLocation: given.contentLocation ?? null,
    isInline: given.isInline ?? false,
    contentBytes: bytes.toString("base64"),
    size: bytes.length,
    modifiedAt: now,
  };
};

const shown = (call: MailboxCall, attachment: StoredAttachment): object => {
  const all = renderAttachment(attachment);
  const names = readSelect(call.query.$select);
  return names ? pick(all, ["@odata.type", "id", ...names], attachmentType) : all;
};

const context = (call: MailboxCall): string =>
  contextOf(call, `events('${encodeURIComponent(call.params["eventId"] ?? "")}')/attachments`);

const list = (call: MailboxCall): Answer => ({
  status: 200,
  body: {
    "@odata.context": context(call),
    value: contentOf(eventItemOf(call)).attachments.map((attachment) => shown(call, attachment)),
  },
});

const find = (call: MailboxCall, item: CalendarItem): StoredAttachment => {
  const found = contentOf(item).attachments.find(({ id }) => id === call.params["attachmentId"]);
  if (!found) throw itemNotFound();
  return found;
};

const read = (call: MailboxCall): Answer => ({
  status: 200,
  body: { "@odata.context": `${context(call)}/$entity`, ...shown(call, find(call, eventItemOf(call))) },
});

/** Attachments of events. */
export const attachmentOperations = (calendar: Calendar, clock: SimulatorClock): Operation[] => {
  const write = (call: MailboxCall, item: CalendarItem, attachments: readonly StoredAttachment[]): void => {
    calendar.update(call.mailbox, item, { attachments }, { kind: "app", clientId: call.caller.clientId });
  };
  const add = (call: MailboxCall): Answer => {
    const item = eventItemOf(call);
    const { attachments, versions } = contentOf(item);
    const added = withAttachmentId(
      readAttachment(call.body, clock.now()),
      call.params["eventId"] ?? "",
      versions,
    );
    write(call, item, [...attachments, added]);
    return {
      status: 201,
      body: { "@odata.context": `${context(call)}/$entity`, ...renderAttachment(added) },
    };
  };
  const remove = (call: MailboxCall): Answer => {
    const item = eventItemOf(call);
    const found = find(call, item);
    write(
      call,
      item,
      contentOf(item).attachments.filter((attachment) => attachment !== found),
    );
    return { status: 204 };
  };
  const family = "mailbox" as const;
  return eventCollections.flatMap((collection): Operation[] => {
    const path = `${collection}/:eventId/attachments`;
    const one = `${path}/:attachmentId`;
    return [
      { family, method: "GET", path, roles: calendarReaders, query: ["$select"], handle: list },
      { family, method: "POST", path, roles: calendarWriters, query: [], handle: add },
      { family, method: "GET", path: one, roles: calendarReaders, query: ["$select"], handle: read },
      { family, method: "DELETE", path: one, roles: calendarWriters, query: [], handle: remove },
    ];
  });
};
