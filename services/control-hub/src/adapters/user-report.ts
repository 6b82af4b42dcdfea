import { Readable } from "node:stream";
import type { UserRow, UsersQuery } from "@hybrid/control-hub-page/api";
import { stringify } from "csv-stringify/sync";
import { everyUser } from "./user-pages.ts";
import type { SearchPorts } from "./user-search.ts";

const columns = [
  "User",
  "Mail address",
  "State",
  "Reason",
  "Next retry",
  "Last change",
  "Tenant",
  "Version",
] as const;

const timeOf = (at: number | null): string => (at === null ? "" : new Date(at).toISOString());

const lineOf = (row: UserRow): readonly string[] => [
  row.id,
  row.mailAddress,
  row.state,
  row.reason ?? "",
  timeOf(row.nextTryAt),
  timeOf(row.changedAt),
  row.tenantId,
  String(row.version),
];

/** What begins like a formula is none to a spreadsheet. */
const written = (rows: readonly (readonly string[])[]): string =>
  stringify(rows as string[][], { record_delimiter: "windows", escape_formulas: true });

/** Spreadsheets take a text for UTF-8 by it. */
const byteOrderMark = "\uFEFF";

/** The User Status Report as CSV, a page of users at a time, so that an organisation of any size fits. */
export const userReport = (
  ports: SearchPorts,
  org: string,
  filters: Omit<UsersQuery, "sort" | "limit" | "cursor">,
): Readable => {
  const pages = async function* (): AsyncGenerator<string> {
    yield byteOrderMark + written([columns]);
    for await (const rows of everyUser(ports, org, filters))
      if (rows.length > 0) yield written(rows.map(lineOf));
  };
  return Readable.from(pages());
};
