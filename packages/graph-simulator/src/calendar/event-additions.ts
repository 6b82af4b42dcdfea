import { badRequest, notSimulated } from "../http/graph-fault.ts";
import { type ExpandItem, expandItems, idsOfFilter } from "../odata/expand.ts";
import { propertyKey } from "./event-change.ts";
import { extensionKey } from "./event-parts.ts";
import { type Expansion, noExpansion } from "./event-render.ts";

const keysOf = ({ name, options }: ExpandItem, keyOf: (id: string) => string): string[] => {
  const filter = options["$filter"];
  if (filter === undefined)
    throw badRequest(`'$expand=${name}' needs a filter by id.`, "ErrorInvalidRequest");
  if (Object.keys(options).length > 1) throw notSimulated(`further options within '$expand=${name}'`);
  return idsOfFilter(filter).map(keyOf);
};

const gaps = new Set(["calendar", "instances"]);

const added = (item: ExpandItem): Partial<Expansion> => {
  switch (item.name) {
    case "singlevalueextendedproperties":
      return { singleValue: keysOf(item, propertyKey) };
    case "multivalueextendedproperties":
      return { multiValue: keysOf(item, propertyKey) };
    case "extensions":
      return { extensions: keysOf(item, extensionKey) };
    case "attachments":
      if (Object.keys(item.options).length > 0) throw notSimulated("options within '$expand=attachments'");
      return { attachments: true };
    case "exceptionoccurrences":
      if (Object.keys(item.options).length > 0)
        throw notSimulated("options within '$expand=exceptionOccurrences'");
      return { exceptions: true };
    default:
      if (gaps.has(item.name)) throw notSimulated(`'$expand=${item.name}' of events`);
      throw badRequest(`Could not find a property named '${item.name}' on type 'microsoft.graph.event'.`);
  }
};

/** What `$expand` of an event asks for. Throws Graph's 400, or 501 for what is not simulated. */
export const readExpand = (expand: string | undefined): Expansion =>
  Object.assign(
    {},
    noExpansion,
    ...(expand === undefined ? [] : expandItems(expand).map(added)),
  ) as Expansion;

/** The names in `$select`; null when there is none, and for `*`. */
export const readSelect = (select: string | undefined): readonly string[] | null => {
  const names = select?.split(",").map((name) => name.trim()) ?? ["*"];
  return names.includes("*") ? null : names;
};
