import { propertyKey } from "../calendar/event-change.ts";
import { eventProperties, noExpansion, renderEvent } from "../calendar/event-render.ts";
import { idOf, startOf } from "../calendar/mailbox.ts";
import type { CalendarItem, StoredEvent } from "../calendar/stored-event.ts";
import { badRequest, notSimulated } from "../http/graph-fault.ts";
import { readPreferences } from "../http/prefer.ts";
import { type FilterRow, readFilter } from "../odata/filter.ts";

const eventOf = (item: CalendarItem): StoredEvent =>
  item.kind === "event" ? item.event : item.occurrence.master;

const sortKeys: Readonly<Record<string, (item: CalendarItem) => number | string>> = {
  "start/datetime": startOf,
  "end/datetime": (item) => (item.kind === "event" ? item.event.endAt : item.occurrence.endAt),
  createddatetime: (item) => eventOf(item).createdAt,
  lastmodifieddatetime: (item) => eventOf(item).modifiedAt,
  subject: (item) => eventOf(item).subject,
};

/** The order `$orderby` asks for; ties by id, so that pages never overlap. Throws Graph's 400. */
export const ordering = (orderby: string): ((a: CalendarItem, b: CalendarItem) => number) => {
  const [name = "", direction = "asc", ...rest] = orderby.trim().split(/\s+/);
  const sign = { asc: 1, desc: -1 }[direction.toLowerCase()];
  if (sign === undefined || name.includes(",") || rest.some((word) => !word.startsWith(",")))
    throw badRequest(`Syntax error in '$orderby': '${orderby}'.`);
  const keyOf = sortKeys[name.toLowerCase()];
  if (!keyOf || rest.length > 0) throw notSimulated(`'$orderby=${orderby}'`);
  return (a, b) => {
    const [left, right] = [keyOf(a), keyOf(b)];
    if (left !== right) return left < right ? -sign : sign;
    return idOf(a) < idOf(b) ? -1 : 1;
  };
};

const extendedId =
  /'((?:Binary|Boolean|CLSID|Double|Float|Integer|Long|Short|String|SystemTime) (?:[^']|'')+)'/g;

/** Ids of extended properties in the one spelling that rows have. */
export const withPropertyKeys = (filter: string): string =>
  filter.replaceAll(
    extendedId,
    (_, id: string) => `'${propertyKey(id.replaceAll("''", "'")).replaceAll("'", "''")}'`,
  );

const utc = readPreferences(undefined);

const rowOf = (event: StoredEvent): FilterRow => ({
  ...renderEvent({ kind: "event", event }, { prefer: utc, select: null, expand: noExpansion }),
  singleValueExtendedProperties: [...event.extendedProperties].map(([id, { value }]) => ({ id, value })),
});

/** What `$filter` keeps. Throws Graph's 400, or 501 for a function that is not simulated. */
export const matching = (filter: string | undefined): ((event: StoredEvent) => boolean) => {
  if (filter === undefined) return () => true;
  const properties = [...eventProperties, "singleValueExtendedProperties"];
  const scope = { typeName: "microsoft.graph.event", properties, ignoreCase: false };
  const { keeps } = readFilter(withPropertyKeys(filter), scope);
  return (event) => keeps(rowOf(event));
};
