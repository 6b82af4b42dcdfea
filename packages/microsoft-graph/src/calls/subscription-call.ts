import type { RateBucket } from "../limits/gcra.ts";
import type { GraphLimits } from "../limits/graph-limits.ts";
import { type GraphCallSpec, mailboxScope, subscriptionScope } from "../middleware/graph-call.ts";

/** What the calls of the subscription service have in common. */
export interface SubscriptionCall {
  readonly tenantId: string;
  readonly userObjectId: string | null;
  readonly isDelegated?: boolean;
  readonly operation: string;
  readonly ownScope: string | null;
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

/** One subscription of a tenant. */
export interface SubscriptionAddress {
  readonly tenantId: string;
  readonly subscriptionId: string;
  /** The user whose mailbox it watches, if known: what throttles that mailbox then holds for the call. */
  readonly userObjectId?: string;
  /** As in `UserCall`; goes with `userObjectId`. */
  readonly isDelegated?: boolean;
}

/** On whose behalf a call about a subscription is made, where the tenant's users consent each. */
export const behalfOf = ({
  userObjectId,
  isDelegated,
}: SubscriptionAddress): Pick<SubscriptionCall, "userObjectId" | "isDelegated"> =>
  isDelegated && userObjectId !== undefined ? { userObjectId, isDelegated } : { userObjectId: null };

/** The narrowest scope of a call about a subscription that exists. */
export const scopeOfSubscription = (address: SubscriptionAddress): string =>
  address.userObjectId === undefined
    ? subscriptionScope(address.tenantId, address.subscriptionId)
    : mailboxScope(address.tenantId, address.userObjectId);

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
