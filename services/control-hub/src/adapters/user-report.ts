import { Readable } from "node:stream";
import type { UserRow, UsersQuery } from "@hybrid/control-hub-page/api";
import { byteOrderMark, csvLines, csvMoment } from "./csv.ts";
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

const lineOf = (row: UserRow): readonly string[] => [
  row.id,
  row.mailAddress,
  row.state,
  row.reason ?? "",
  csvMoment(row.nextTryAt),
  csvMoment(row.changedAt),
  row.tenantId,
  String(row.version),
];

/** The User Status Report as CSV, a page of users at a time, so that an organisation of any size fits. */
export const userReport = (
  ports: SearchPorts,
  org: string,
  filters: Omit<UsersQuery, "sort" | "limit" | "cursor">,
): Readable => {
  const pages = async function* (): AsyncGenerator<string> {
    yield byteOrderMark + csvLines([columns]);
    for await (const rows of everyUser(ports, org, filters))
      if (rows.length > 0) yield csvLines(rows.map(lineOf));
  };
  return Readable.from(pages());
};
