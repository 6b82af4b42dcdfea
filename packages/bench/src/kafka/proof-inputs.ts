// What the design's proof fed its bare loop with: the goal of kafka-loop is a share of that loop's pace.
import { instant } from "@hybrid/kernel";
import type { Log } from "@hybrid/log";
import { partitions } from "../subject.ts";

/** The topic that they stand on. */
export const proofSource = "proof.source";

const users = 100_000;
const valueBytes = 120;
const recordsPerAppend = 2_000;

/**
 * Appends a backlog: records of 120 bytes, each append to the next partition whatever its actors are, so
 * that every partition's owner comes to remember all 100,000 users.
 */
export const publishProof = async (
  log: Log,
  { from, count }: { readonly from: number; readonly count: number },
): Promise<void> => {
  const value = new Uint8Array(valueBytes).fill(7);
  for (let n = from; n < from + count; n += recordsPerAppend) {
    const partition = Math.floor(n / recordsPerAppend) % partitions;
    const now = Date.now();
    const records = Array.from({ length: Math.min(recordsPerAppend, from + count - n) }, (_, index) => {
      const user = (n * 31 + index * 7_919) % users;
      const key = `tenant-0001/user-${String(user).padStart(7, "0")}`;
      return { topic: proofSource, partition, key, value, timestamp: instant(now + index) };
    });
    await log.append(records);
  }
};
