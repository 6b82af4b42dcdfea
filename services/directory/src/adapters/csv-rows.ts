import { CsvError, parse } from "csv-parse/sync";

/** A row of a people file before anything is known about its worth. */
export interface RawPerson {
  /** The line on which it begins, from 1. */
  readonly line: number;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** What is wrong with a file, and where; `field` is empty when it is the whole line or file. */
export interface Fault {
  readonly line: number;
  readonly field: string;
  readonly message: string;
}

/** Rows that could be told apart, and what could not. */
export interface RawPeople {
  readonly rows: readonly RawPerson[];
  readonly faults: readonly Fault[];
}

interface ParsedRow {
  readonly record: readonly string[];
  readonly info: { readonly lines: number };
}

/**
 * Spreadsheets of many languages write semicolons; the header tells, because no column's name holds either.
 */
const delimiterOf = (text: string): string => {
  const header = text.slice(0, Math.max(0, text.indexOf("\n")) || text.length);
  return header.includes(";") && !header.includes(",") ? ";" : ",";
};

const headerFaults = (header: readonly string[], known: readonly string[]): Fault[] => {
  const faults = header.flatMap((name, at): Fault[] => {
    if (!known.includes(name))
      return [{ line: 1, field: name, message: `unknown column; the columns are ${known.join(", ")}` }];
    return header.indexOf(name) < at ? [{ line: 1, field: name, message: "the column is there twice" }] : [];
  });
  return faults;
};

const parseRows = (text: string): readonly ParsedRow[] =>
  parse(text, {
    bom: true,
    delimiter: delimiterOf(text),
    info: true,
    relax_column_count: true,
    skip_empty_lines: true,
    trim: true,
  }) as unknown as readonly ParsedRow[];

/** A row ends on the line that the parser tells; quoted fields may hold line breaks. */
const firstLineOf = ({ record, info }: ParsedRow): number =>
  info.lines - record.reduce((breaks, field) => breaks + field.split("\n").length - 1, 0);

/**
 * Takes a CSV file apart (RFC 4180; comma or semicolon, byte order mark allowed). A wrong header refuses the
 * whole file: a mistyped column would otherwise quietly become its default for everybody.
 */
export const csvRows = (text: string, known: readonly string[]): RawPeople => {
  let parsed: readonly ParsedRow[];
  try {
    parsed = parseRows(text);
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    const line = typeof error["lines"] === "number" ? error["lines"] : 1;
    return { rows: [], faults: [{ line, field: "", message: `not readable as CSV: ${error.message}` }] };
  }
  const [head, ...body] = parsed;
  if (!head) return { rows: [], faults: [{ line: 1, field: "", message: "the file is empty" }] };
  const wrong = headerFaults(head.record, known);
  if (wrong.length > 0) return { rows: [], faults: wrong };
  const rows: RawPerson[] = [];
  const faults: Fault[] = [];
  for (const each of body) {
    const line = firstLineOf(each);
    if (each.record.length === head.record.length)
      rows.push({ line, fields: Object.fromEntries(head.record.map((name, at) => [name, each.record[at]])) });
    else
      faults.push({
        line,
        field: "",
        message: `has ${each.record.length} fields, the header has ${head.record.length}`,
      });
  }
  return { rows, faults };
};
