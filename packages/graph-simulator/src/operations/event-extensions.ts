import { z } from "zod";
import type { Calendar } from "../calendar/calendar.ts";
import { extensionId, extensionKey, renderExtension } from "../calendar/event-parts.ts";
import type { CalendarItem, StoredExtension } from "../calendar/stored-event.ts";
import { GraphFault, itemNotFound } from "../http/graph-fault.ts";
import { readBody } from "../schemas/write-body.ts";
import { contentOf, contextOf, eventCollections, eventItemOf } from "./event-access.ts";
import {
  type Answer,
  calendarReaders,
  calendarWriters,
  type MailboxCall,
  type Operation,
} from "./operation.ts";

const typeName = "microsoft.graph.openTypeExtension";
const readOnly = new Set(["id"]);

/** An open extension: a name, and values of the client's own. */
export const extensionShape = z.looseObject({ extensionName: z.string().min(1).max(128) });

const changeShape = z.looseObject({ extensionName: z.string().nullish() });

/** An open extension of a request. */
export const readExtension = (body: unknown): StoredExtension => {
  const { extensionName: name, ...values } = readBody(extensionShape, body, typeName, { readOnly });
  return { name, values };
};

const find = (call: MailboxCall, item: CalendarItem): StoredExtension => {
  const key = extensionKey(call.params["extensionId"] ?? "");
  const found = contentOf(item).extensions.find(({ name }) => extensionKey(name) === key);
  if (!found) throw itemNotFound();
  return found;
};

const show = (call: MailboxCall, extension: StoredExtension, status: number): Answer => ({
  status,
  body: {
    "@odata.context": contextOf(
      call,
      `events('${encodeURIComponent(call.params["eventId"] ?? "")}')/extensions/$entity`,
    ),
    ...renderExtension(extension),
  },
});

/** Open extensions of events. */
export const extensionOperations = (calendar: Calendar): Operation[] => {
  const write = (call: MailboxCall, item: CalendarItem, extensions: readonly StoredExtension[]): void => {
    calendar.update(call.mailbox, item, { extensions }, { kind: "app", clientId: call.caller.clientId });
  };
  const add = (call: MailboxCall): Answer => {
    const item = eventItemOf(call);
    const added = readExtension(call.body);
    const { extensions } = contentOf(item);
    if (extensions.some(({ name }) => extensionKey(name) === extensionKey(added.name)))
      throw new GraphFault(
        409,
        "ErrorItemAlreadyExists",
        `An extension '${extensionId(added.name)}' exists already.`,
      );
    write(call, item, [...extensions, added]);
    return show(call, added, 201);
  };
  const change = (call: MailboxCall): Answer => {
    const item = eventItemOf(call);
    const found = find(call, item);
    const { extensionName: _name, ...values } = readBody(changeShape, call.body, typeName, { readOnly });
    // A property left out stays, null removes it.
    const merged = Object.entries({ ...found.values, ...values }).filter(([, value]) => value !== null);
    const changed = { ...found, values: Object.fromEntries(merged) };
    write(
      call,
      item,
      contentOf(item).extensions.map((one) => (one === found ? changed : one)),
    );
    return show(call, changed, 200);
  };
  const remove = (call: MailboxCall): Answer => {
    const item = eventItemOf(call);
    const found = find(call, item);
    write(
      call,
      item,
      contentOf(item).extensions.filter((one) => one !== found),
    );
    return { status: 204 };
  };
  const read = (call: MailboxCall): Answer => show(call, find(call, eventItemOf(call)), 200);
  const writing = { family: "mailbox", roles: calendarWriters, query: [] } as const;
  return eventCollections.flatMap((collection): Operation[] => {
    const path = `${collection}/:eventId/extensions`;
    const one = `${path}/:extensionId`;
    return [
      { ...writing, method: "POST", path, handle: add },
      { ...writing, method: "GET", path: one, roles: calendarReaders, handle: read },
      { ...writing, method: "PATCH", path: one, handle: change },
      { ...writing, method: "DELETE", path: one, handle: remove },
    ];
  });
};
