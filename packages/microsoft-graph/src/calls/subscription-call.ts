import type { RateBucket } from "../limits/gcra.ts";
import type { GraphLimits } from "../limits/graph-limits.ts";
import type { GraphCallSpec } from "../middleware/graph-call.ts";

/** What the calls of the subscription service have in common. */
export interface SubscriptionCall {
  readonly tenantId: string;
  readonly userObjectId: string | null;
  readonly operation: string;
  readonly signal: AbortSignal;
}

/** A call of the subscription service. None of them enters a mailbox, and all of them may be repeated. */
export const subscriptionCall = (call: SubscriptionCall, buckets: readonly RateBucket[]): GraphCallSpec => ({
  ...call,
  family: "subscriptions",
  entersMailbox: false,
  buckets,
  repeatable: true,
});

/** The limits of writes: the application's in all tenants, and the one of this tenant. */
export const writeBuckets = (limits: GraphLimits, tenantId: string): readonly RateBucket[] => [
  { key: "subscription writes", ...limits.subscriptionWritesApp },
  { key: `subscription writes ${tenantId}`, ...limits.subscriptionWritesTenant },
];

/** The limits of lists, likewise. */
export const listBuckets = (limits: GraphLimits, tenantId: string): readonly RateBucket[] => [
  { key: "subscription lists", ...limits.subscriptionListsApp },
  { key: `subscription lists ${tenantId}`, ...limits.subscriptionListsTenant },
];
