import type { AuditEntry } from "@hybrid/contracts";
import type { AuditPage } from "@hybrid/control-hub-page/api";
import { HttpFault } from "@hybrid/http-api";
import type { View } from "@hybrid/view";
import { csvMoment, csvTable } from "./csv.ts";
import { cursorOf, openedOf, placeOf, textOf } from "./rows.ts";

const pageRows = 100;

/** An entry with what is sealed of it open, where that can still be opened. */
type Opened = Omit<AuditEntry, "sealedBy"> & { readonly sealedBy?: string | null };

/** Who did it: by name, or by the id that is left of a person who was erased. */
const whoOf = ({ by, sealedBy, byUser }: Opened): string => by || sealedBy || byUser || "";

/** Acts, newest first. Rejects with HttpFault for a cursor of another list, and as the view does. */
export const auditPage = async (
  histories: View,
  org: string,
  cursor: string | undefined,
): Promise<AuditPage> => {
  const place = cursor === undefined ? [`${org}/o!`] : placeOf(cursor, ["string"]);
  const before = String(place?.[0] ?? "");
  // The place was sent by a browser: it must lie among this organisation's rows.
  if (place === null || !before.startsWith(`${org}/o`))
    throw new HttpFault(400, "badRequest", "The cursor is not one of this list.");
  const found = histories.all(
    "SELECT key, body FROM acts WHERE key > ? || '/o ' AND key < ? ORDER BY key DESC LIMIT ?",
    org,
    before,
    pageRows + 1,
  );
  const rows = found.slice(0, pageRows);
  const last = rows.at(-1);
  const entries = await openedOf<Opened>(histories, rows, "body");
  return {
    rows: rows.flatMap((row, n) => {
      const entry = entries[n] ?? null;
      if (entry === null) return [];
      const { at, role, act, about, details } = entry;
      const id = textOf(row, "key").slice(org.length + 3);
      return [{ id, at, by: whoOf(entry), role, act, about, details }];
    }),
    next: found.length > pageRows && last ? cursorOf([textOf(last, "key")]) : null,
  };
};

/** Every act that is kept, as CSV, newest first. */
export const auditCsv = async (histories: View, org: string): Promise<string> => {
  const rows: AuditPage["rows"] = [];
  for (let cursor: string | undefined; ; ) {
    const page: AuditPage = await auditPage(histories, org, cursor);
    rows.push(...page.rows);
    if (page.next === null) break;
    cursor = page.next;
  }
  return csvTable(
    ["When", "Who", "Role", "What", "About", "Details"],
    rows.map(({ at, by, role, act, about, details }) => [csvMoment(at), by, role, act, about, details]),
  );
};
