import { fingerprintOf } from "@hybrid/view";
import { meetingLists } from "../../meeting-list.ts";

/** Raise it when the keys or scripts change what they mean; the definition of the rows is noticed without. */
const layout = 1;

const made = `v${layout}-${fingerprintOf(meetingLists).slice(0, 8)}`;

/** What all keys of all releases begin with, but for the brace of their hash tags. */
export const keysBegin = "hybrid:meetings:";

/**
 * The keys of one partition, in the order in which scripts take them: what the partition is at, rows by
 * record key, their index by owner and start, mailboxes, changes, who writes. One hash tag holds them
 * together, so a cluster has them in one slot. Releases that make other rows, and logs of other partitions,
 * have other keys.
 */
export const keysOf = (partition: number, partitions: number): readonly string[] => {
  const tag = `{${keysBegin}${made}:p${partition}of${partitions}}`;
  return ["meta", "rows", "index", "mailboxes", "changes", "writer"].map((name) => `${tag}:${name}`);
};

/** Which processes write now. */
export const membersKey = (partitions: number): string => `${keysBegin}${made}:of${partitions}:members`;

/** Where it is told that a partition has changed. */
export const movedChannel = (partitions: number): string => `${keysBegin}${made}:of${partitions}:moved`;

const digits = 16;

/** A time as text that sorts as the number does; meetings of before 1970 sort as if they were of then. */
export const sortable = (at: number): string => String(Math.max(0, at)).padStart(digits, "0");

/** A meeting's entry in the index. No part but the last may hold a blank. */
export const indexEntry = (row: {
  readonly owner: string;
  readonly startAt: number;
  readonly id: string;
  readonly endAt: number;
}): string => `${row.owner} ${sortable(row.startAt)} ${row.id} ${sortable(row.endAt)}`;
