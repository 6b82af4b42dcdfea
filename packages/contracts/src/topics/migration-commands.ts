import { type ActorId, actorIdOf, days, type OrgId } from "@hybrid/kernel";
import { defineTopic } from "../define-topic.ts";

/** A cluster of on-premises connectors, as an administrator describes it. */
export interface ConnectorCluster {
  /** Users of this resource group alone; null: users who are in none. */
  readonly resourceGroup: string | null;
  /** Users with a mailbox in Exchange Online. */
  readonly office365UsersMax: number;
  /** Users with a mailbox on premises. */
  readonly exchangeUsersMax: number;
  /** Whether it takes users. */
  readonly operational: boolean;
}

/** An order of an administrator about mailboxes that move; `kind` names it. */
export type MigrationCommand =
  /** Key `<org>/o/cluster-<name>`, as for all orders about clusters: the organisation keeps them. */
  | { readonly kind: "putCluster"; readonly cluster: ConnectorCluster }
  | { readonly kind: "removeCluster" }
  /** Key `<org>/u-<user>`: looks at the mailbox now and believes what it sees. */
  | { readonly kind: "force" };

/** The topic's value: fields that an order does not use are null. */
export interface MigrationCommandValue {
  readonly kind: MigrationCommand["kind"];
  readonly cluster: ConnectorCluster | null;
  readonly requestedAt: number;
}

/** Wraps an order into the topic's value. `requestedAt`: milliseconds since 1970. */
export const migrationCommandValue = (
  command: MigrationCommand,
  requestedAt: number,
): MigrationCommandValue => ({
  kind: command.kind,
  cluster: command.kind === "putCluster" ? command.cluster : null,
  requestedAt,
});

/** The key of orders about a cluster: the one partition of the organisation. */
export const clusterOrderKey = (org: OrgId, name: string): ActorId => actorIdOf(`${org}/o/cluster-${name}`);

/** The name of the cluster that such a key is about; null for any other key. */
export const clusterIn = (key: ActorId): string | null => /^[^/]+\/o\/cluster-(.+)$/.exec(key)?.[1] ?? null;

const clusterSchema = {
  type: "record",
  name: "ConnectorCluster",
  fields: [
    { name: "resourceGroup", type: ["null", "string"] },
    { name: "office365UsersMax", type: "int" },
    { name: "exchangeUsersMax", type: "int" },
    { name: "operational", type: "boolean" },
  ],
} as const;

/** Orders of administrators about mailboxes that move. */
export const migrationCommands = defineTopic<MigrationCommandValue>({
  name: "migration-commands",
  doc: "Orders of administrators about connector clusters and mailboxes that move.",
  keyDoc: "`<org>/o/cluster-<name>`, or `<org>/u-<user>` for one user",
  partitioning: "entity",
  retention: { cleanup: "delete", retentionMs: days(7) },
  writers: ["control-hub", "hybrid"],
  versions: [
    {
      type: "record",
      name: "MigrationCommand",
      namespace: "hybrid",
      fields: [
        {
          name: "kind",
          type: {
            type: "enum",
            name: "MigrationCommandKind",
            symbols: ["putCluster", "removeCluster", "force"],
          },
        },
        { name: "cluster", type: ["null", clusterSchema] },
        { name: "requestedAt", type: "long" },
      ],
    },
  ],
});
