import type { ArchiveFailure } from "./topics/archive-failures.ts";
import type { ArchiveDay } from "./topics/archive-log.ts";

/** The columns of a status log, in the words of Microsoft's data connectors. */
export const logColumns = [
  "Import completion time",
  "Items available from source",
  "Items available for import",
  "Items imported successfully",
  "Items partially imported",
  "Items skipped",
  "Items failed",
  "Failed item detail",
] as const;

const dayMs = 86_400_000;

/** `YYYY-MM-DD`, UTC. */
const dayOf = (at: number): string => new Date(at).toISOString().slice(0, 10);

const usDate = (day: string): string => {
  const [year = "", month = "", date = ""] = day.split("-");
  return `${month}/${date}/${year}`;
};

const detailOf = ({ itemId, sourceUserId, userPrincipalName, reason }: ArchiveFailure): string =>
  [
    `Item id: ${itemId}`,
    `Source User ID: ${sourceUserId}`,
    `Microsoft 365 User ID: ${userPrincipalName ?? "none"}`,
    `Failure Reason: ${reason}`,
  ].join(", ");

/** The completion time of a day: `YYYY-MM-DD HH:MM:SS`, UTC. */
const timeOf = (at: number): string => {
  const seconds = Math.floor((at % dayMs) / 1_000);
  const parts = [Math.floor(seconds / 3_600), Math.floor(seconds / 60) % 60, seconds % 60];
  return `${dayOf(at)} ${parts.map((part) => String(part).padStart(2, "0")).join(":")}`;
};

const rowOf = (day: ArchiveDay, failures: readonly ArchiveFailure[]): readonly string[] => [
  timeOf(day.completedAt),
  ...[day.source, day.available, day.success, day.partial, day.skipped, day.failed].map(String),
  failures
    .filter(({ at }) => dayOf(at) === day.day)
    .map(detailOf)
    .join("; "),
];

/**
 * The rows of a status log, one a day from the day of `from` to that of `to`; a day without items has one
 * field that says so.
 */
export const logRows = (
  log: { readonly days: readonly ArchiveDay[]; readonly failures: readonly ArchiveFailure[] },
  window: { readonly from: number; readonly to: number },
): readonly (readonly string[])[] => {
  const rows: (readonly string[])[] = [];
  const last = dayOf(window.to);
  for (let at = window.from; dayOf(at) <= last; at += dayMs) {
    const day = dayOf(at);
    const found = log.days.find((each) => each.day === day);
    rows.push(found ? rowOf(found, log.failures) : [`No items ingested on ${usDate(day)}.`]);
  }
  return rows;
};

const field = (text: string): string => {
  // What begins like a formula is none to a spreadsheet.
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
};

/** A table as CSV (RFC 4180). */
export const csvOf = (rows: readonly (readonly string[])[]): string =>
  rows.map((row) => `${row.map(field).join(",")}\r\n`).join("");
