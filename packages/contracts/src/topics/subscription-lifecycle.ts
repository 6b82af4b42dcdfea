import { days } from "@hybrid/kernel";
import { defineTopic } from "../define-topic.ts";

/** One authenticated Graph lifecycle notification. */
export interface SubscriptionLifecycle {
  readonly subscriptionId: string;
  readonly tenantId: string;
  readonly lifecycleEvent: "reauthorizationRequired" | "subscriptionRemoved" | "missed";
  readonly receivedAt: number;
}

/** Lifecycle notifications from Graph. */
export const subscriptionLifecycle = defineTopic<SubscriptionLifecycle>({
  name: "subscription-lifecycle",
  doc: "Graph lifecycle notifications of subscriptions.",
  keyDoc: "`<org>/u-<user>`",
  partitioning: "entity",
  retention: { cleanup: "delete", retentionMs: days(7) },
  writers: ["notification-ingest"],
  versions: [
    {
      type: "record",
      name: "SubscriptionLifecycle",
      namespace: "hybrid",
      fields: [
        { name: "subscriptionId", type: "string" },
        { name: "tenantId", type: "string" },
        {
          name: "lifecycleEvent",
          type: {
            type: "enum",
            name: "LifecycleEvent",
            symbols: ["reauthorizationRequired", "subscriptionRemoved", "missed"],
          },
        },
        { name: "receivedAt", type: "long" },
      ],
    },
  ],
});
