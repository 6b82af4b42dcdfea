import { propertyKey } from "../calendar/event-change.ts";
import { idOf, startOf } from "../calendar/mailbox.ts";
import type { CalendarItem, StoredEvent } from "../calendar/stored-event.ts";
import { badRequest, GraphFault } from "../http/graph-fault.ts";

const eventOf = (item: CalendarItem): StoredEvent =>
  item.kind === "event" ? item.event : item.occurrence.master;

const sortKeys: Readonly<Record<string, (item: CalendarItem) => number | string>> = {
  "start/dateTime": startOf,
  "end/dateTime": (item) => (item.kind === "event" ? item.event.endAt : item.occurrence.endAt),
  createdDateTime: (item) => eventOf(item).createdAt,
  lastModifiedDateTime: (item) => eventOf(item).modifiedAt,
  subject: (item) => eventOf(item).subject,
};

/** The order `$orderby` asks for; ties by id, so that pages never overlap. Throws Graph's 400. */
export const ordering = (orderby: string): ((a: CalendarItem, b: CalendarItem) => number) => {
  const [name = "", direction = "asc", ...rest] = orderby.trim().split(/\s+/);
  const keyOf = sortKeys[name];
  if (!keyOf || rest.length > 0 || !["asc", "desc"].includes(direction))
    throw badRequest(`The simulator cannot order by '${orderby}'.`);
  const sign = direction === "asc" ? 1 : -1;
  return (a, b) => {
    const [left, right] = [keyOf(a), keyOf(b)];
    if (left !== right) return left < right ? -sign : sign;
    return idOf(a) < idOf(b) ? -1 : 1;
  };
};

const iCalShape = /^\s*iCalUId\s+eq\s+'([^']*)'\s*$/i;
const propertyShape =
  /^\s*singleValueExtendedProperties\/any\(\s*(\w+)\s*:\s*\1\/id\s+eq\s+'((?:[^']|'')+)'\s+and\s+\1\/value\s+eq\s+'((?:[^']|'')*)'\s*\)\s*$/i;

/** What `$filter` keeps: by iCalUId, or by one extended property. Throws 501 for any other filter. */
export const matching = (filter: string | undefined): ((event: StoredEvent) => boolean) => {
  if (filter === undefined) return () => true;
  const [, iCalUId] = iCalShape.exec(filter) ?? [];
  if (iCalUId !== undefined) return (event) => event.iCalUId === iCalUId;
  const [, , id, value] = propertyShape.exec(filter) ?? [];
  if (id === undefined || value === undefined)
    throw new GraphFault(501, "NotImplemented", `The simulator does not know the filter '${filter}'.`);
  const key = propertyKey(id.replaceAll("''", "'"));
  const wanted = value.replaceAll("''", "'");
  return (event) => event.extendedProperties.get(key)?.value === wanted;
};
