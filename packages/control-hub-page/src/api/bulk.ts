import { z } from "zod";
import { count, moment } from "./shapes.ts";

/** What a line of a file comes to, before anything is ordered. */
export const BulkPlan = z.enum(["enable", "disable", "retry", "unchanged", "fault"]);

/** A line that cannot be followed: a code that the page has words for, and what stands there. */
export const BulkFault = z.object({ line: z.int(), code: z.string(), text: z.string() });

/** Many orders from one file: what they would do, and how far they are. */
export const BulkJob = z.object({
  id: z.string(),
  by: z.string(),
  createdAt: moment,
  /** Null: nothing is ordered yet. */
  appliedAt: moment.nullable(),
  lines: count,
  planned: z.record(BulkPlan, count),
  /** The first faults; the report has all. */
  faults: z.array(BulkFault),
  /** What became of the orders. */
  outcomes: z.object({ waiting: count, applied: count, unchanged: count, refused: count }),
});

/** Files of the last day, the newest first. */
export const BulkJobs = z.object({ jobs: z.array(BulkJob.omit({ faults: true })) });

/** Lines and bytes of a file at most. */
export const bulkMax = { lines: 20_000, bytes: 4_000_000 } as const;

/** The file: a header with `Order` and `User` or `Mail address`, then a line a user. */
export const BulkFile = z.string().min(1).max(bulkMax.bytes);

/** A file's orders. */
export type BulkJob = z.output<typeof BulkJob>;
/** Files. */
export type BulkJobs = z.output<typeof BulkJobs>;
