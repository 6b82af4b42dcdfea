import { defineTopic } from "../define-topic.ts";

/** One day of a status log; available = success + partial + skipped + failed. */
export interface ArchiveDay {
  /** `YYYY-MM-DD`, UTC. */
  readonly day: string;
  readonly completedAt: number;
  readonly source: number;
  readonly available: number;
  readonly success: number;
  readonly partial: number;
  readonly skipped: number;
  readonly failed: number;
}

/** The status log of a connector: the latest record is the whole of it. */
export interface ArchiveLog {
  readonly connector: string;
  readonly days: readonly ArchiveDay[];
}

/** The status log of every archive connector, day by day. */
export const archiveLog = defineTopic<ArchiveLog>({
  name: "archive-log",
  doc: "The status log of an archive connector, whole: counts of each day.",
  keyDoc: "`<org>/c-<connector>`",
  partitioning: "entity",
  retention: { cleanup: "compact" },
  writers: ["archiver"],
  operatorReads: "shows archive connectors",
  versions: [
    {
      type: "record",
      name: "ArchiveLog",
      namespace: "hybrid",
      fields: [
        { name: "connector", type: "string" },
        {
          name: "days",
          type: {
            type: "array",
            items: {
              type: "record",
              name: "ArchiveDay",
              fields: [
                { name: "day", type: "string" },
                { name: "completedAt", type: "long" },
                { name: "source", type: "long" },
                { name: "available", type: "long" },
                { name: "success", type: "long" },
                { name: "partial", type: "long" },
                { name: "skipped", type: "long" },
                { name: "failed", type: "long" },
              ],
            },
          },
        },
      ],
    },
  ],
});
