import { ProviderError } from "@hybrid/kernel";
import type { SubscriptionContext } from "./renew-subscription.ts";
import {
  behalfOf,
  type SubscriptionAddress,
  scopeOfSubscription,
  subscriptionCall,
  writeBuckets,
} from "./subscription-call.ts";

/** Which subscription to end. */
export interface DeleteSubscription extends SubscriptionAddress {
  readonly signal: AbortSignal;
}

/** Ends a subscription; one that is gone already is fine. May be repeated. Throws ProviderError. */
export const deleteSubscription =
  ({ graph, limits }: SubscriptionContext) =>
  async (order: DeleteSubscription): Promise<void> => {
    const { tenantId, subscriptionId, signal } = order;
    const call = subscriptionCall(
      {
        tenantId,
        ...behalfOf(order),
        operation: "subscriptions.delete",
        ownScope: scopeOfSubscription(order),
        signal,
      },
      writeBuckets(limits, tenantId),
    );
    try {
      await graph.request(call, {
        method: "DELETE",
        path: `subscriptions/${encodeURIComponent(subscriptionId)}`,
      });
    } catch (error) {
      if (!(error instanceof ProviderError) || error.code !== "notFound") throw error;
    }
  };
