import { type ActorId, actorIdOf, days, type OrgId } from "@hybrid/kernel";
import { defineTopic } from "../define-topic.ts";

/** An order to look at a source of people now, and from then on regularly. */
export interface SyncOrder {
  /** Everybody is read again, not only what changed. */
  readonly full: boolean;
  /** False: the source is left alone from now on; who came from it stays. */
  readonly go: boolean;
  readonly requestedAt: number;
}

/** A source of people: the organisation at Webex, or the users of a tenant of Microsoft Entra. */
export type PeopleSource = { readonly kind: "webex" } | { readonly kind: "graph"; readonly tenantId: string };

/** The key of orders and reports about a source. */
export const syncKey = (org: OrgId, source: PeopleSource): ActorId =>
  actorIdOf(`${org}/o/sync-${source.kind === "webex" ? "webex" : `graph-${source.tenantId}`}`);

/** The source that a key of {@link syncKey} is about; undefined when it is another key. */
export const sourceOfKey = (key: string): PeopleSource | undefined => {
  const [, entity, item = ""] = key.split("/");
  if (entity !== "o") return undefined;
  if (item === "sync-webex") return { kind: "webex" };
  const tenantId = /^sync-graph-(?<tenant>[0-9a-f-]{36})$/.exec(item)?.groups?.["tenant"];
  return tenantId === undefined ? undefined : { kind: "graph", tenantId };
};

/** Orders to synchronise people. */
export const syncOrders = defineTopic<SyncOrder>({
  name: "sync-orders",
  doc: "Orders to synchronise the people of one source, now and regularly from then on.",
  keyDoc: "`<org>/o/sync-webex` or `<org>/o/sync-graph-<tenant>`",
  partitioning: "entity",
  retention: { cleanup: "delete", retentionMs: days(7) },
  writers: ["control-hub", "hybrid"],
  versions: [
    {
      type: "record",
      name: "SyncOrder",
      namespace: "hybrid",
      fields: [
        { name: "full", type: "boolean" },
        { name: "go", type: "boolean" },
        { name: "requestedAt", type: "long" },
      ],
    },
  ],
});
