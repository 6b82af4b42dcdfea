import type { Fault, RawPeople, RawPerson } from "./csv-rows.ts";

/** The lines on which the elements of a top-level array begin. The text has been parsed: it is sound JSON. */
const elementLines = (text: string): readonly number[] => {
  const lines: number[] = [];
  let line = 1;
  let depth = 0;
  let awaited = false;
  for (let at = 0; at < text.length; at++) {
    const sign = text[at];
    if (sign === "\n") line += 1;
    if (sign === undefined || /\s/.test(sign)) continue;
    const opens = sign === "[" || sign === "{";
    const closes = sign === "]" || sign === "}";
    if (depth === 1 && awaited && !closes) {
      lines.push(line);
      awaited = false;
    }
    if (opens) awaited = depth++ === 0;
    else if (closes) depth -= 1;
    else if (sign === "," && depth === 1) awaited = true;
    else if (sign === '"') at = endOfString(text, at);
  }
  return lines;
};

const endOfString = (text: string, start: number): number => {
  let at = start + 1;
  while (text[at] !== '"') at += text[at] === "\\" ? 2 : 1;
  return at;
};

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const refused = (message: string): RawPeople => ({ rows: [], faults: [{ line: 1, field: "", message }] });

/** Where the parser stopped, when it tells; the rest of its message quotes the file, which is content. */
const unreadable = (error: SyntaxError): Fault => {
  const [, line, column] = /\(line (\d+) column (\d+)\)/.exec(error.message) ?? [];
  const where = column === undefined ? "" : ` at column ${column}`;
  return { line: Number(line ?? 1), field: "", message: `not readable as JSON${where}` };
};

/**
 * Takes a JSON file apart: an array of objects, one per person. A field of an unknown name refuses its
 * person.
 */
export const jsonRows = (text: string, known: readonly string[]): RawPeople => {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text.replace(/^\uFEFF/, ""));
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return { rows: [], faults: [unreadable(error)] };
  }
  if (!Array.isArray(parsed)) return refused("not an array of people");
  const lines = elementLines(text.replace(/^\uFEFF/, ""));
  const rows: RawPerson[] = [];
  const faults: Fault[] = [];
  parsed.forEach((value: unknown, at) => {
    const line = lines[at] ?? 1;
    if (!isRecord(value)) return faults.push({ line, field: "", message: "not an object" });
    const unknown = Object.keys(value).filter((name) => !known.includes(name));
    const message = `unknown field; the fields are ${known.join(", ")}`;
    for (const field of unknown) faults.push({ line, field, message });
    return unknown.length > 0 ? faults.length : rows.push({ line, fields: value });
  });
  return { rows, faults };
};
