import { days } from "@hybrid/kernel";
import { defineTopic } from "../define-topic.ts";

/** An item whose copies all have an outcome. */
export interface ArchivedItem {
  readonly itemId: string;
  /** The fan-out: `<connector>.<number>`; a re-run has a number of its own. */
  readonly run: string;
  /** When it was said, milliseconds since 1970. */
  readonly saidAt: number;
  /** Copies after fan-out, one for each participant within the scope. */
  readonly copies: number;
  /** Those of them that no mailbox got. */
  readonly failed: number;
}

/** What was added to a status log at once; a person who joined late brings an item a second time. */
export interface ArchiveImport {
  readonly connector: string;
  readonly at: number;
  readonly source: number;
  readonly available: number;
  readonly success: number;
  readonly partial: number;
  readonly skipped: number;
  readonly failed: number;
  readonly items: readonly ArchivedItem[];
}

/** What the counts of a status log are made of, item by item: what was said is compared with it. */
export const archiveImports = defineTopic<ArchiveImport>({
  name: "archive-imports",
  doc: "What was added to a status log: the counts, and the items that are done.",
  keyDoc: "`<org>/c-<connector>`",
  partitioning: "entity",
  // Somewhat longer than Webex gives out what was said: verify compares both.
  retention: { cleanup: "delete", retentionMs: days(100) },
  writers: ["archiver"],
  operatorReads: "shows archive connectors",
  versions: [
    {
      type: "record",
      name: "ArchiveImport",
      namespace: "hybrid",
      fields: [
        { name: "connector", type: "string" },
        { name: "at", type: "long" },
        { name: "source", type: "long" },
        { name: "available", type: "long" },
        { name: "success", type: "long" },
        { name: "partial", type: "long" },
        { name: "skipped", type: "long" },
        { name: "failed", type: "long" },
        {
          name: "items",
          type: {
            type: "array",
            items: {
              type: "record",
              name: "ArchivedItem",
              fields: [
                { name: "itemId", type: "string" },
                { name: "run", type: "string" },
                { name: "saidAt", type: "long" },
                { name: "copies", type: "long" },
                { name: "failed", type: "long" },
              ],
            },
          },
        },
      ],
    },
  ],
});
