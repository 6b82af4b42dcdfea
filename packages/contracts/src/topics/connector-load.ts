import { defineTopic } from "../define-topic.ts";

/** How full a cluster of connectors is. */
export interface ConnectorLoad {
  readonly resourceGroup: string | null;
  readonly office365Users: number;
  readonly office365UsersMax: number;
  readonly exchangeUsers: number;
  readonly exchangeUsersMax: number;
  /** Of the fuller one of both: green to 60 %, amber to 90 %, red above. */
  readonly colour: "green" | "amber" | "red";
  readonly operational: boolean;
  /** The cluster was removed; a last record. */
  readonly removed: boolean;
  readonly at: number;
}

/** How full every cluster is. */
export const connectorLoad = defineTopic<ConnectorLoad>({
  name: "connector-load",
  doc: "How many users each cluster of on-premises connectors serves, and how many it may.",
  keyDoc: "`<org>/c-<cluster>`",
  partitioning: "entity",
  retention: { cleanup: "compact" },
  writers: ["mailbox-migration-detector"],
  operatorReads: "shows migrations",
  versions: [
    {
      type: "record",
      name: "ConnectorLoad",
      namespace: "hybrid",
      fields: [
        { name: "resourceGroup", type: ["null", "string"] },
        { name: "office365Users", type: "int" },
        { name: "office365UsersMax", type: "int" },
        { name: "exchangeUsers", type: "int" },
        { name: "exchangeUsersMax", type: "int" },
        { name: "colour", type: { type: "enum", name: "LoadColour", symbols: ["green", "amber", "red"] } },
        { name: "operational", type: "boolean" },
        { name: "removed", type: "boolean" },
        { name: "at", type: "long" },
      ],
    },
  ],
});
