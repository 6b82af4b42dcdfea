import type { ConnectorLoad, MigrationBatch } from "@hybrid/contracts";
import type { MoveRow, Moves } from "@hybrid/control-hub-page/api";
import { HttpFault } from "@hybrid/http-api";
import type { View } from "@hybrid/view";
import { csvMoment, csvTable } from "./csv.ts";
import {
  cursorOf,
  idIn,
  jsonOf,
  numberOf,
  numberOrNull,
  placeOf,
  type Row,
  textOf,
  textOrNull,
} from "./rows.ts";
import { userRows } from "./users.ts";

interface Views {
  readonly organisations: View;
  readonly histories: View;
}

const batchesShown = 10;

const batchesOf = (histories: View, org: string): Moves["batches"] => {
  const latest = new Map<number, MigrationBatch>();
  const rows = histories.all(
    "SELECT body FROM batches WHERE key > ? || '/o ' AND key < ? || '/o!' ORDER BY key",
    org,
    org,
  );
  for (const row of rows) {
    const found = jsonOf<MigrationBatch>(row, "body");
    if (found !== null) latest.set(found.batch, found);
  }
  return [...latest.values()]
    .toSorted((a, b) => b.batch - a.batch)
    .slice(0, batchesShown)
    .map(({ batch, direction, startedAt, latestAt, noticed, completed, closed }) => ({
      batch,
      direction,
      startedAt,
      latestAt,
      noticed,
      completed,
      isOver: closed,
    }));
};

const clustersOf = (view: View, org: string): Moves["clusters"] =>
  view.all("SELECT key, body FROM clusters WHERE org = ? ORDER BY key", org).flatMap((row) => {
    const load = jsonOf<ConnectorLoad>(row, "body");
    if (load === null) return [];
    const { resourceGroup, office365Users, office365UsersMax, exchangeUsers, exchangeUsersMax } = load;
    const counts = { office365Users, office365UsersMax, exchangeUsers, exchangeUsersMax };
    const name = idIn(textOf(row, "key"));
    return [{ name, resourceGroup, ...counts, load: load.colour, isOperational: load.operational }];
  });

const moveOf = (row: Row, mailAddress: string): MoveRow => ({
  user: idIn(textOf(row, "key")),
  mailAddress,
  direction: textOf(row, "direction") as MoveRow["direction"],
  noticedAt: numberOf(row, "noticed_at"),
  completedAt: numberOrNull(row, "completed_at"),
  waitsFor: textOrNull(row, "waits_for"),
  connector: textOrNull(row, "cluster"),
  stage: textOrNull(row, "stage"),
});

interface Asked {
  readonly all: boolean;
  readonly cursor?: string | undefined;
  readonly limit: number;
}

const movesIn = async (view: View, org: string, { all, cursor, limit }: Asked) => {
  const place = cursor === undefined ? [""] : placeOf(cursor, ["string"]);
  if (place === null) throw new HttpFault(400, "badRequest", "The cursor is not one of this list.");
  const found = view.all(
    "SELECT moves.key, direction, noticed_at, completed_at, waits_for, stage, cluster FROM moves " +
      "LEFT JOIN assignments ON assignments.key = moves.key " +
      `WHERE moves.org = ? AND is_over ${all ? "IN (0, 1)" : "= 0"} AND moves.key > ? ` +
      "ORDER BY moves.key LIMIT ?",
    org,
    place[0] ?? "",
    limit + 1,
  );
  const rows = found.slice(0, limit);
  const keys = rows.map((row) => textOf(row, "key"));
  const people = await userRows(view, keys);
  const last = keys.at(-1);
  return {
    rows: rows.map((row, n) => moveOf(row, people.get(keys[n] ?? "")?.mailAddress ?? "")),
    next: found.length > limit && last !== undefined ? cursorOf([last]) : null,
  };
};

/** Mailboxes on the move, with the latest batches and the clusters. Throws HttpFault for a foreign cursor. */
export const movesPage = async (
  { organisations, histories }: Views,
  org: string,
  asked: Asked,
): Promise<Moves> => {
  const [counted] = organisations.all(
    `SELECT count(*) AS n FROM moves WHERE org = ? AND is_over ${asked.all ? "IN (0, 1)" : "= 0"}`,
    org,
  );
  return {
    ...(await movesIn(organisations, org, asked)),
    count: numberOf(counted, "n"),
    batches: batchesOf(histories, org),
    clusters: clustersOf(organisations, org),
  };
};

/** Rows of a report that are read at once. */
const reportedAtOnce = 1_000;

/** The moves as CSV. */
export const movesCsv = async (view: View, org: string, all: boolean): Promise<string> => {
  const rows: MoveRow[] = [];
  for (let cursor: string | undefined; ; ) {
    const page = await movesIn(view, org, { all, cursor, limit: reportedAtOnce });
    rows.push(...page.rows);
    if (page.next === null) break;
    cursor = page.next;
  }
  return csvTable(
    ["User", "Mail address", "Direction", "Noticed", "Completed", "Waits for", "Connector", "Stage"],
    rows.map((row) => [
      row.user,
      row.mailAddress,
      row.direction,
      csvMoment(row.noticedAt),
      csvMoment(row.completedAt),
      row.waitsFor,
      row.connector,
      row.stage,
    ]),
  );
};

/** Whether a user's mailbox is known to the services: by a move, or by the directory. */
export const mayMove = async (view: View, org: string, user: string): Promise<boolean> =>
  (await userRows(view, [`${org}/u-${user}`])).size > 0;
