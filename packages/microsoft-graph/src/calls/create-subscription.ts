import { type EpochMs, ProviderError } from "@hybrid/kernel";
import type { Subscription } from "@microsoft/microsoft-graph-types";
import { graphMessageOf } from "../errors/graph-fault.ts";
import { mailboxScope, whatOf } from "../middleware/graph-call.ts";
import { epochMsOf, type GraphSubscription, readAnswer, subscriptionSchema } from "../models.ts";
import { deleteSubscription } from "./delete-subscription.ts";
import { findSubscription } from "./find-subscription.ts";
import { immutableIds, prefer } from "./prefer.ts";
import { expirationFor, patchExpiration, type SubscriptionContext } from "./renew-subscription.ts";
import { subscriptionCall, writeBuckets } from "./subscription-call.ts";
import { type UserCall, userPath } from "./user-path.ts";

/** A subscription to all events of a user's mailbox. */
export interface CreateSubscription extends UserCall {
  /** https; must answer the validation request while this call is under way. */
  readonly notificationUrl: string;
  /** Likewise; may be the same one. */
  readonly lifecycleNotificationUrl: string;
  /** Comes back with every notification; at most 128 characters. */
  readonly clientState: string;
  /** The lifetime to ask for; `subscriptionLifetimeMsMax` when left out, and at most that. */
  readonly lifetimeMs?: number;
}

/** A subscription that exists. */
export interface CreatedSubscription {
  readonly subscriptionId: string;
  /** As Graph granted it. */
  readonly expiresAt: EpochMs;
}

const changeType = "created,updated,deleted";

const resourceOf = (order: CreateSubscription): string => `${userPath(order.userObjectId)}/events`;

const post = async (
  { graph, clock, limits }: SubscriptionContext,
  order: CreateSubscription,
): Promise<GraphSubscription> => {
  const { tenantId, userObjectId, isDelegated, signal } = order;
  const call = subscriptionCall(
    {
      tenantId,
      userObjectId,
      ...(isDelegated === undefined ? {} : { isDelegated }),
      operation: "subscriptions.create",
      ownScope: mailboxScope(tenantId, userObjectId),
      signal,
    },
    writeBuckets(limits, tenantId),
  );
  const body: Subscription = {
    changeType,
    notificationUrl: order.notificationUrl,
    lifecycleNotificationUrl: order.lifecycleNotificationUrl,
    resource: resourceOf(order),
    clientState: order.clientState,
    expirationDateTime: expirationFor(clock, order.lifetimeMs),
  };
  const headers = prefer(immutableIds);
  const answer = await graph.request(call, { method: "POST", path: "subscriptions", headers, body });
  return readAnswer(subscriptionSchema, answer, whatOf(call));
};

/**
 * `Subscription Id <id> already exists for the requested combination` is Graph's text; nothing else has the
 * id.
 */
const existingId = (error: ProviderError): string | null =>
  /subscription id:?\s*<?([\w-]{8,})>?\s+already exists/i.exec(graphMessageOf(error))?.[1] ?? null;

const found = async (context: SubscriptionContext, order: CreateSubscription): Promise<string | null> => {
  const { tenantId, userObjectId, notificationUrl, signal } = order;
  const resource = resourceOf(order);
  const subscription = await findSubscription(context, {
    tenantId,
    userObjectId,
    notificationUrl,
    signal,
    resource,
  });
  return subscription?.id ?? null;
};

/** Whether a subscription would deliver to other addresses, or with another clientState, than was ordered. */
const differs = (subscription: GraphSubscription, order: CreateSubscription): boolean =>
  (["notificationUrl", "lifecycleNotificationUrl", "clientState"] as const).some(
    (field) => (subscription[field] ?? order[field]) !== order[field],
  );

/**
 * Renews the subscription that is in the way. Null when it is gone by now, or when it was of no use to us and
 * has been deleted: neither clientState nor the lifecycle address can be changed.
 */
const adopt = async (
  context: SubscriptionContext,
  order: CreateSubscription,
  subscriptionId: string,
): Promise<GraphSubscription | null> => {
  const { tenantId, userObjectId, isDelegated, lifetimeMs, signal } = order;
  const behalf = isDelegated === undefined ? {} : { isDelegated };
  const address = { tenantId, userObjectId, subscriptionId, signal, ...behalf };
  const lifetime = lifetimeMs === undefined ? {} : { lifetimeMs };
  try {
    const renewed = await patchExpiration(context, { ...address, ...lifetime });
    if (!differs(renewed, order)) return renewed;
  } catch (error) {
    if (error instanceof ProviderError && error.code === "notFound") return null;
    throw error;
  }
  await deleteSubscription(context)(address);
  return null;
};

const postOrAdopt = async (
  context: SubscriptionContext,
  order: CreateSubscription,
): Promise<GraphSubscription> => {
  try {
    return await post(context, order);
  } catch (error) {
    if (!(error instanceof ProviderError) || error.code !== "conflict") throw error;
    const inTheWay = existingId(error) ?? (await found(context, order));
    if (inTheWay === null) throw error;
    return (await adopt(context, order, inTheWay)) ?? (await post(context, order));
  }
};

/**
 * Subscribes to a mailbox. May be repeated, after a crash as well: where a subscription of ours is there
 * already (409) it is renewed and returned, or replaced when it delivers elsewhere. Throws ProviderError:
 * mailboxMissing, outOfScope, userNotFound, validationTimedOut, quotaExceeded, consentRevoked, throttled and
 * the usual ones.
 */
export const createSubscription =
  (context: SubscriptionContext) =>
  async (order: CreateSubscription): Promise<CreatedSubscription> => {
    const subscription = await postOrAdopt(context, order);
    return { subscriptionId: subscription.id, expiresAt: epochMsOf(subscription.expirationDateTime) };
  };
