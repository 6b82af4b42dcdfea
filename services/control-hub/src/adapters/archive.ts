import {
  type ArchiveDay,
  type ArchiveFailure,
  type ArchiveStatus,
  csvOf,
  logColumns,
  logRows,
} from "@hybrid/contracts";
import type { ArchiveDayRow, ConnectorDetail, ConnectorRow } from "@hybrid/control-hub-page/api";
import { days } from "@hybrid/kernel";
import type { View } from "@hybrid/view";
import { jsonOf, openedOf, type Row } from "./rows.ts";

/** Days that a status log shows, today among them. */
const daysShown = 30;

const daysOf = (row: Row): readonly ArchiveDayRow[] =>
  (jsonOf<readonly ArchiveDay[]>(row, "days") ?? []).toSorted((a, b) => (a.day < b.day ? 1 : -1));

const progressOf = ({ roundFrom, roundTo, roundAt }: ArchiveStatus): number | null => {
  if (roundFrom === null || roundTo === null || roundAt === null) return null;
  const part = roundTo === roundFrom ? 1 : (roundAt - roundFrom) / (roundTo - roundFrom);
  return Math.min(1, Math.max(0, part));
};

const connectorOf = (status: ArchiveStatus, row: Row): ConnectorRow => ({
  name: status.name,
  state: status.state,
  createdBy: status.createdBy,
  createdAt: status.createdAt,
  tenants: [...status.terms.tenants],
  catchAll: status.terms.catchAll,
  people: status.terms.people.length,
  spaces: status.terms.spaces.length,
  archivedTo: status.archivedTo,
  progress: progressOf(status),
  nextRoundAt: status.nextRoundAt,
  openItems: status.openItems,
  problem: status.problem,
  lastDay: daysOf(row)[0] ?? null,
});

/** Every connector of an organisation, addresses opened. Rejects as {@link View.openedJson}, as all do. */
export const connectorsOf = async (view: View, org: string): Promise<readonly ConnectorRow[]> => {
  const rows = view.all("SELECT key, status, days FROM connectors WHERE org = ? ORDER BY key", org);
  const statuses = await openedOf<ArchiveStatus>(view, rows, "status");
  return rows.flatMap((row, n) => {
    const status = statuses[n] ?? null;
    return status === null ? [] : [connectorOf(status, row)];
  });
};

type Failure = Omit<ArchiveFailure, "connector">;

const failuresOf = async (histories: View, key: string): Promise<readonly Failure[]> => {
  const rows = histories.all(
    "SELECT body FROM failed_items WHERE key > ? || ' ' AND key < ? || '!' ORDER BY key DESC",
    key,
    key,
  );
  return (await openedOf<Failure>(histories, rows, "body")).flatMap((failure) => failure ?? []);
};

/** A connector with its days; null when the organisation has none of this name. */
export const connectorDetail = async (
  views: { readonly organisations: View; readonly histories: View },
  org: string,
  name: string,
): Promise<ConnectorDetail | null> => {
  const key = `${org}/c-${name}`;
  const rows = views.organisations.all("SELECT key, status, days FROM connectors WHERE key = ?", key);
  const [status = null] = await openedOf<ArchiveStatus>(views.organisations, rows, "status");
  const [row] = rows;
  if (!row || status === null) return null;
  return {
    ...connectorOf(status, row),
    days: [...daysOf(row)],
    failures: [...(await failuresOf(views.histories, key))],
  };
};

/** The status log as CSV, one line a day; of one day alone when `day` is given. */
export const connectorCsv = (
  { name, createdAt, days: known, failures }: ConnectorDetail,
  now: number,
  day?: string,
): string => {
  const log = { days: known, failures: failures.map((failure) => ({ connector: name, ...failure })) };
  const shown = { from: Math.max(createdAt, now - days(daysShown - 1)), to: now };
  const at = day === undefined ? undefined : Date.parse(day);
  return csvOf([logColumns, ...logRows(log, at === undefined ? shown : { from: at, to: at })]);
};
