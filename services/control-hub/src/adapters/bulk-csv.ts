import { bulkMax } from "@hybrid/control-hub-page/api";
import { HttpFault } from "@hybrid/http-api";
import { CsvError, parse } from "csv-parse/sync";
import type { BulkLine } from "../domain/bulk.ts";

interface Parsed {
  readonly record: readonly string[];
  readonly info: { readonly lines: number };
}

/** Names as a spreadsheet of the report has them, and as people write them. */
const nameOf = (column: string): string => column.toLowerCase().replaceAll(/[^a-z]/g, "");

const refused = (code: string, message: string): HttpFault => new HttpFault(400, code, message);

/** Spreadsheets of many languages write semicolons; the header tells: no column's name holds either. */
const delimiterOf = (text: string): string => {
  const [header = ""] = text.split("\n", 1);
  return header.includes(";") && !header.includes(",") ? ";" : ",";
};

const parsed = (text: string): readonly Parsed[] => {
  try {
    return parse(text, {
      bom: true,
      delimiter: delimiterOf(text),
      info: true,
      relax_column_count: true,
      skip_empty_lines: true,
      trim: true,
      max_record_size: 10_000,
      // The header, and one more than there may be.
      to: bulkMax.lines + 2,
    }) as unknown as readonly Parsed[];
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    throw refused("noCsv", `This is not readable as CSV: ${error.message}`);
  }
};

/** A text that a spreadsheet was kept from taking for a formula. */
const bare = (text: string): string => text.replace(/^'(?=[=+\-@])/, "");

/**
 * The lines of a file of orders. Other columns than `Order`, `User` and `Mail address` do not count, so that
 * the User Status Report with one more column is such a file. Throws HttpFault for what is none.
 */
export const bulkLines = (text: string): readonly BulkLine[] => {
  const [head, ...rows] = parsed(text);
  const names = (head?.record ?? []).map(nameOf);
  const [order, user, mail] = ["order", "user", "mailaddress"].map((name) => names.indexOf(name)) as [
    number,
    number,
    number,
  ];
  if (order < 0 || (user < 0 && mail < 0))
    throw refused("noColumns", "The header must have Order, and User or Mail address.");
  if (rows.length > bulkMax.lines)
    throw new HttpFault(
      413,
      "tooManyLines",
      `A file has ${bulkMax.lines} lines at most. Take several files.`,
    );
  return rows.map(({ record, info }) => ({
    line: info.lines,
    user: bare(record[user] ?? ""),
    mailAddress: bare(record[mail] ?? ""),
    order: record[order] ?? "",
  }));
};
