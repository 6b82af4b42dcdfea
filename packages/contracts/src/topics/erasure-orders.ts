import { days } from "@hybrid/kernel";
import { defineTopic } from "../define-topic.ts";

/** An order to erase what services keep of a person. Ids only: they find it when nothing else is left. */
export interface ErasureOrder {
  /**
   * `begun`: the erasure is noted, so that it can be gone on with; the person is still taken out of the
   * service. `erase`: services erase now. `done`: nothing is left to do.
   */
  readonly stage: "begun" | "erase" | "done";
  readonly orderId: string;
  readonly tenantId: string;
  readonly objectId: string;
  /** Ids by which services know the person: the user's, the Entra object's, those at Webex. */
  readonly ids: readonly string[];
  readonly at: number;
}

/** Orders to erase people, and how far they have come. */
export const erasureOrders = defineTopic<ErasureOrder>({
  name: "erasure-orders",
  doc: "Orders to erase people from what services keep, by ids alone; the latest of a person counts.",
  keyDoc: "`<org>/o/user-<user>`",
  partitioning: "entity",
  retention: { cleanup: "delete", retentionMs: days(7) },
  writers: ["hybrid"],
  operatorReads: "goes on with an erasure that was interrupted",
  versions: [
    {
      type: "record",
      name: "ErasureOrder",
      namespace: "hybrid",
      fields: [
        { name: "stage", type: { type: "enum", name: "ErasureStage", symbols: ["begun", "erase", "done"] } },
        { name: "orderId", type: "string" },
        { name: "tenantId", type: "string" },
        { name: "objectId", type: "string" },
        { name: "ids", type: { type: "array", items: "string" } },
        { name: "at", type: "long" },
      ],
    },
  ],
});
