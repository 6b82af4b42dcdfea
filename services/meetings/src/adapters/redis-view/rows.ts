import type { RowChange } from "@hybrid/view";
import { indexEntry } from "./keys.ts";
import type { RowWrite } from "./store.ts";

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
    owner: String(owner),
    startAt: Number(startAt),
    id: String(id),
    endAt: Number(endAt),
  });
  return { key, entry, row: String(meeting) };
};
