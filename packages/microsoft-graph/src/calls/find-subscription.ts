import { whatOf } from "../middleware/graph-call.ts";
import {
  type GraphSubscription,
  type GraphSubscriptionPage,
  readAnswer,
  subscriptionListSchema,
} from "../models.ts";
import { checkedLink } from "./checked-link.ts";
import type { SubscriptionContext } from "./renew-subscription.ts";
import { listBuckets, subscriptionCall } from "./subscription-call.ts";

/** What to look for. */
export interface FindSubscription {
  readonly tenantId: string;
  readonly userObjectId: string;
  /** As it was sent on creation. */
  readonly resource: string;
  readonly notificationUrl: string;
  readonly signal: AbortSignal;
}

const normal = (resource: string | null | undefined): string =>
  (resource ?? "").replace(/^\/+/, "").toLowerCase();

/**
 * Looks through the application's subscriptions in a tenant for the one of a resource, rather one with our
 * address than another. Null when there is none. Throws ProviderError. Lists are rationed (25 in 20 s per
 * tenant): only for when nothing else names the subscription.
 */
export const findSubscription = async (
  { graph, limits }: SubscriptionContext,
  { tenantId, userObjectId, signal, resource, notificationUrl }: FindSubscription,
): Promise<GraphSubscription | null> => {
  const call = subscriptionCall(
    { tenantId, userObjectId, operation: "subscriptions.list", ownScope: null, signal },
    listBuckets(limits, tenantId),
  );
  let other: GraphSubscription | null = null;
  let path: string | undefined = "subscriptions";
  while (path !== undefined) {
    const page: GraphSubscriptionPage = readAnswer(
      subscriptionListSchema,
      await graph.request(call, { method: "GET", path }),
      whatOf(call),
    );
    for (const found of page.value) {
      if (normal(found.resource) !== normal(resource)) continue;
      if (found.notificationUrl === notificationUrl) return found;
      other ??= found;
    }
    const next = page["@odata.nextLink"];
    path = next === undefined ? undefined : checkedLink(graph.hosts, next);
  }
  return other;
};
