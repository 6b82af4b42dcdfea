import { days } from "@hybrid/kernel";
import { defineTopic } from "../define-topic.ts";

/** What became of an order about a user, or about rules for meetings, that somebody waits for. */
export interface AdminOutcome {
  readonly orderId: string;
  /**
   * `applied`; `unchanged`: it was so already; `versionConflict`: it has another version than the order was
   * given for; `unknownUser`.
   */
  readonly outcome: "applied" | "unchanged" | "versionConflict" | "unknownUser";
  /** The version after the order, of the user or of the rules; 0 when there are none. */
  readonly version: number;
  readonly at: number;
}

/** Outcomes of administrators' orders. */
export const adminOutcomes = defineTopic<AdminOutcome>({
  name: "admin-outcomes",
  doc: "What became of an administrator's order about a user or about rules, with the new version.",
  keyDoc: "that of the order",
  partitioning: "entity",
  retention: { cleanup: "delete", retentionMs: days(7) },
  writers: ["directory"],
  operatorReads: "shows what became of orders",
  versions: [
    {
      type: "record",
      name: "AdminOutcome",
      namespace: "hybrid",
      fields: [
        { name: "orderId", type: "string" },
        {
          name: "outcome",
          type: {
            type: "enum",
            name: "AdminOutcomeKind",
            symbols: ["applied", "unchanged", "versionConflict", "unknownUser"],
          },
        },
        { name: "version", type: "long" },
        { name: "at", type: "long" },
      ],
    },
  ],
});
