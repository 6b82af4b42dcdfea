import type { Cell, RowChange } from "@hybrid/view";
import { indexEntry } from "./keys.ts";
import type { RowWrite } from "./store.ts";

type RowCell = NonNullable<RowChange["row"]>[string];

const textIn = (cell: RowCell | undefined): string => {
  if (typeof cell !== "string") throw new TypeError("a row of a list of meetings lacks a text");
  return cell;
};

/** A row of `meetingLists` as Redis has it; texts stay sealed as the record has them. */
export const rowWriteOf = ({ table, key, row }: RowChange): RowWrite => {
  if (row === null) return { key, entry: "", row: "" };
  if (table === "mailboxes") {
    const { state, tenant_id: tenantId, object_id: objectId } = row;
    // Who is not active has a row in a file, which nobody reads.
    return { key, entry: "", row: state === "active" ? JSON.stringify([tenantId, objectId]) : "" };
  }
  // No column is sealed by itself: what is sealed stands within the meeting's text.
  const { owner, id, start_at: startAt, end_at: endAt, meeting } = row as Readonly<Record<string, Cell>>;
  const entry = indexEntry({
    owner: textIn(owner),
    startAt: Number(startAt),
    id: textIn(id),
    endAt: Number(endAt),
  });
  return { key, entry, row: textIn(meeting) };
};
