import type { RowChange } from "@hybrid/view";
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
  const { owner, id, start_at: startAt, end_at: endAt, meeting } = row;
  const entry = indexEntry({
    owner: textIn(owner),
    startAt: Number(startAt),
    id: textIn(id),
    endAt: Number(endAt),
  });
  return { key, entry, row: textIn(meeting) };
};
