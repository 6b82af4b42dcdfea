import { type Clock, type EpochMs, minutes, plus } from "@hybrid/kernel";
import type { GraphClient } from "../graph-client.ts";
import type { GraphLimits } from "../limits/graph-limits.ts";
import { whatOf } from "../middleware/graph-call.ts";
import { epochMsOf, type GraphSubscription, readAnswer, subscriptionSchema } from "../models.ts";
import {
  behalfOf,
  type SubscriptionAddress,
  scopeOfSubscription,
  subscriptionCall,
  writeBuckets,
} from "./subscription-call.ts";

/**
 * The longest lifetime to ask for: 10,080 minutes is the maximum of Outlook events without resource data
 * (https://learn.microsoft.com/graph/api/resources/subscription), less a quarter of an hour for clocks that
 * differ.
 */
export const subscriptionLifetimeMsMax = minutes(10_080 - 15);

/** What the calls about subscriptions need. */
export interface SubscriptionContext {
  readonly graph: GraphClient;
  readonly clock: Clock;
  readonly limits: GraphLimits;
}

/** Which subscription to keep alive. */
export interface RenewSubscription extends SubscriptionAddress {
  /** The lifetime to ask for; {@link subscriptionLifetimeMsMax} when left out, and at most that. */
  readonly lifetimeMs?: number;
  readonly signal: AbortSignal;
}

/** The expirationDateTime that asks for a lifetime. */
export const expirationFor = (clock: Clock, lifetimeMs = subscriptionLifetimeMsMax): string =>
  new Date(plus(clock.now(), Math.min(lifetimeMs, subscriptionLifetimeMsMax))).toISOString();

/** PATCH /subscriptions/{id}: the subscription as Graph then has it. */
export const patchExpiration = async (
  { graph, clock, limits }: SubscriptionContext,
  order: RenewSubscription,
): Promise<GraphSubscription> => {
  const { tenantId, subscriptionId, lifetimeMs, signal } = order;
  const call = subscriptionCall(
    {
      tenantId,
      ...behalfOf(order),
      operation: "subscriptions.renew",
      ownScope: scopeOfSubscription(order),
      signal,
    },
    writeBuckets(limits, tenantId),
  );
  const body = await graph.request(call, {
    method: "PATCH",
    path: `subscriptions/${encodeURIComponent(subscriptionId)}`,
    body: { expirationDateTime: expirationFor(clock, lifetimeMs) },
  });
  return readAnswer(subscriptionSchema, body, whatOf(call));
};

/**
 * Renews a subscription, which reauthorizes it as well; the returned time counts, not the wanted one. May be
 * repeated. Throws ProviderError notFound when it is gone and must be created again, validationTimedOut when
 * Graph could not reach our address, and the usual ones.
 */
export const renewSubscription =
  (context: SubscriptionContext) =>
  async (order: RenewSubscription): Promise<{ readonly expiresAt: EpochMs }> => ({
    expiresAt: epochMsOf((await patchExpiration(context, order)).expirationDateTime),
  });
