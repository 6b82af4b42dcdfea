import { days } from "@hybrid/kernel";
import { defineTopic } from "../define-topic.ts";

/** An order to read a user's whole window again, because notifications may have been lost. */
export interface ResyncRequest {
  readonly reason: "missed" | "subscriptionRecreated" | "activated";
  readonly requestedAt: number;
}

/** Orders for a full resync of a user's window. */
export const resyncRequests = defineTopic<ResyncRequest>({
  name: "resync-requests",
  doc: "Orders for a full resync of a user's window.",
  keyDoc: "`<org>/u-<user>`",
  partitioning: "entity",
  retention: { cleanup: "delete", retentionMs: days(7) },
  writers: ["user-state"],
  versions: [
    {
      type: "record",
      name: "ResyncRequest",
      namespace: "hybrid",
      fields: [
        {
          name: "reason",
          type: {
            type: "enum",
            name: "ResyncReason",
            symbols: ["missed", "subscriptionRecreated", "activated"],
          },
        },
        { name: "requestedAt", type: "long" },
      ],
    },
  ],
});
