import { days } from "@hybrid/kernel";
import { defineTopic } from "../define-topic.ts";

/** What became of an order about a user that somebody waits for. */
export interface AdminOutcome {
  readonly orderId: string;
  /**
   * `applied`; `unchanged`: it was so already; `versionConflict`: the user has another version than the order
   * was given for; `unknownUser`.
   */
  readonly outcome: "applied" | "unchanged" | "versionConflict" | "unknownUser";
  /** The user's version after the order; 0 when there is no user. */
  readonly version: number;
  readonly at: number;
}

/** Outcomes of administrators' orders. */
export const adminOutcomes = defineTopic<AdminOutcome>({
  name: "admin-outcomes",
  doc: "What became of an administrator's order about a user, with the user's version.",
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
