import { defineTopic } from "../define-topic.ts";

/** Who serves a user on premises, whole, every time. */
export interface ConnectorAssignment {
  /**
   * `reserved`: the cloud lets the user go, the connector does nothing yet. `serving`: the connector serves
   * the user. `released`: the connector lets the user go at once, then the cloud tries. `unassigned`: the
   * mailbox is on premises and no cluster has room.
   */
  readonly stage: "reserved" | "serving" | "released" | "unassigned";
  readonly cluster: string | null;
  readonly mailbox: "exchange" | "office365";
  readonly resourceGroup: string | null;
  /** A word of docs/MIGRATIONS.md. */
  readonly reason: string;
  readonly at: number;
}

/** Who serves every user on premises; the latest word is kept. */
export const connectorAssignments = defineTopic<ConnectorAssignment>({
  name: "connector-assignments",
  doc: "Which on-premises connector serves a user, and in which stage of the handover.",
  keyDoc: "`<org>/u-<user>`",
  partitioning: "entity",
  retention: { cleanup: "compact" },
  writers: ["mailbox-migration-detector"],
  operatorReads: "shows migrations",
  versions: [
    {
      type: "record",
      name: "ConnectorAssignment",
      namespace: "hybrid",
      fields: [
        {
          name: "stage",
          type: {
            type: "enum",
            name: "AssignmentStage",
            symbols: ["reserved", "serving", "released", "unassigned"],
          },
        },
        { name: "cluster", type: ["null", "string"] },
        {
          name: "mailbox",
          type: { type: "enum", name: "ConnectorMailbox", symbols: ["exchange", "office365"] },
        },
        { name: "resourceGroup", type: ["null", "string"] },
        { name: "reason", type: "string" },
        { name: "at", type: "long" },
      ],
    },
  ],
});
