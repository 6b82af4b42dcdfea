import { badRequest, notSimulated } from "../http/graph-fault.ts";

/** One name in `$expand`, with what stands in brackets behind it. */
export interface ExpandItem {
  /** In lower case. */
  readonly name: string;
  /** The options by name in lower case, for example `$filter`. */
  readonly options: Readonly<Record<string, string>>;
}

/** The parts between separators that stand neither in brackets nor in quotes. */
const splitOutside = (text: string, separator: string): string[] => {
  const parts = [""];
  let depth = 0;
  let quoted = false;
  for (const character of text) {
    if (character === "'") quoted = !quoted;
    if (!quoted && character === "(") depth++;
    if (!quoted && character === ")") depth--;
    if (character === separator && depth === 0 && !quoted) parts.push("");
    else parts[parts.length - 1] += character;
  }
  if (depth !== 0 || quoted) throw badRequest(`Syntax error in '$expand': '${text}'.`);
  return parts.map((part) => part.trim());
};

const itemShape = /^(\w+)(?:\((.*)\))?$/s;

const itemOf = (text: string): ExpandItem => {
  const [, name, inner] = itemShape.exec(text) ?? [];
  if (name === undefined) throw badRequest(`Syntax error in '$expand': '${text}'.`);
  const pairs = inner === undefined ? [] : splitOutside(inner, ";");
  const options = pairs.map((pair): [string, string] => {
    const at = pair.indexOf("=");
    if (at < 0) throw badRequest(`Syntax error in '$expand': '${pair}'.`);
    return [pair.slice(0, at).trim().toLowerCase(), pair.slice(at + 1).trim()];
  });
  return { name: name.toLowerCase(), options: Object.fromEntries(options) };
};

/** The items of `$expand`. Throws Graph's 400 for an error in it. */
export const expandItems = (expand: string): ExpandItem[] => splitOutside(expand, ",").map(itemOf);

const idTerm = /^\(?\s*id\s+eq\s+'((?:[^']|'')+)'\s*\)?$/i;

/** The ids in `id eq '..' or id eq '..'`. Throws 501 for another filter within `$expand`. */
export const idsOfFilter = (filter: string): string[] =>
  filter.split(/\s+or\s+/i).map((term) => {
    const [, id] = idTerm.exec(term.trim()) ?? [];
    if (id === undefined) throw notSimulated(`the filter '${filter}' within '$expand'`);
    return id.replaceAll("''", "'");
  });
