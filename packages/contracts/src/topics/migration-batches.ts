import { days } from "@hybrid/kernel";
import { defineTopic } from "../define-topic.ts";

/** Mailboxes that move in one direction without a pause of hours: one batch. */
export interface MigrationBatch {
  /** Counts the batches of an organisation, from 1. */
  readonly batch: number;
  readonly direction: "toCloud" | "toOnPremises";
  readonly startedAt: number;
  readonly latestAt: number;
  readonly noticed: number;
  readonly completed: number;
  /** No mailbox has moved for hours: the last record of this batch. */
  readonly closed: boolean;
  readonly at: number;
}

/** Batches of moves, as they grow. */
export const migrationBatches = defineTopic<MigrationBatch>({
  name: "migration-batches",
  doc: "Mailboxes that move in one direction without a pause of hours, counted as one batch.",
  keyDoc: "`<org>/o`",
  partitioning: "entity",
  retention: { cleanup: "delete", retentionMs: days(90) },
  writers: ["mailbox-migration-detector"],
  operatorReads: "shows migrations",
  versions: [
    {
      type: "record",
      name: "MigrationBatch",
      namespace: "hybrid",
      fields: [
        { name: "batch", type: "long" },
        {
          name: "direction",
          type: { type: "enum", name: "BatchDirection", symbols: ["toCloud", "toOnPremises"] },
        },
        { name: "startedAt", type: "long" },
        { name: "latestAt", type: "long" },
        { name: "noticed", type: "int" },
        { name: "completed", type: "int" },
        { name: "closed", type: "boolean" },
        { name: "at", type: "long" },
      ],
    },
  ],
});
