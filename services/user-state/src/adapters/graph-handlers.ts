import { signClientState } from "@hybrid/contracts";
import { type EpochMs, type Handlers, orgOf } from "@hybrid/kernel";
import type { Call, Input } from "#domain/inputs";

/**
 * What this service needs of Microsoft Graph; `@hybrid/microsoft-graph` provides it. All throw ProviderError.
 */
export interface GraphPorts {
  readonly subscriptions: {
    /**
     * Subscribes to all changes of a mailbox's events. `lifetimeMs` is asked for; what is granted comes back.
     */
    create(wanted: {
      readonly tenantId: string;
      readonly userObjectId: string;
      readonly notificationUrl: string;
      readonly lifecycleNotificationUrl: string;
      readonly clientState: string;
      readonly lifetimeMs: number;
      readonly isDelegated?: boolean;
      readonly signal: AbortSignal;
    }): Promise<{ readonly subscriptionId: string; readonly expiresAt: EpochMs }>;
    /** Renews and reauthorises at once. */
    renew(wanted: {
      readonly tenantId: string;
      readonly subscriptionId: string;
      readonly userObjectId?: string;
      readonly isDelegated?: boolean;
      readonly lifetimeMs: number;
      readonly signal: AbortSignal;
    }): Promise<{ readonly expiresAt: EpochMs }>;
    delete(wanted: {
      readonly tenantId: string;
      readonly subscriptionId: string;
      readonly userObjectId?: string;
      readonly isDelegated?: boolean;
      readonly signal: AbortSignal;
    }): Promise<void>;
  };
  readonly mailboxes: {
    /** Resolves when Exchange Online has a usable mailbox for the user. */
    probe(wanted: {
      readonly tenantId: string;
      readonly userObjectId: string;
      readonly isDelegated?: boolean;
      readonly signal: AbortSignal;
    }): Promise<unknown>;
  };
}

/** What the handlers are made of. */
export interface GraphHandlerSettings {
  readonly graph: GraphPorts;
  /**
   * Signs the address that every subscription carries; 32 bytes or more, the newest of the keys that ingest
   * knows.
   */
  readonly clientStateKey: Uint8Array;
  readonly notificationUrl: string;
  readonly lifecycleNotificationUrl: string;
  /** The lifetime asked for, in milliseconds. */
  readonly lifetimeMs: number;
}

/** On behalf of whom, in the words of the way to Graph. */
const delegated = ({
  objectId,
  isDelegated,
}: {
  readonly objectId?: string;
  readonly isDelegated?: true;
}): { readonly userObjectId?: string; readonly isDelegated?: boolean } => ({
  ...(objectId === undefined ? {} : { userObjectId: objectId }),
  ...(isDelegated ? { isDelegated } : {}),
});

/** Carries out the service's calls: translates, never decides. */
export const userStateHandlers = (settings: GraphHandlerSettings): Handlers<Call, Input> => {
  const { graph, clientStateKey, notificationUrl, lifecycleNotificationUrl, lifetimeMs } = settings;
  return {
    createSubscription: async ({ number, tenantId, objectId, ...behalf }, { actor, signal }) => {
      const clientState = signClientState(actor, clientStateKey);
      const urls = { notificationUrl, lifecycleNotificationUrl };
      const wanted = {
        tenantId,
        userObjectId: objectId,
        ...urls,
        clientState,
        lifetimeMs,
        signal,
        ...delegated(behalf),
      };
      const { subscriptionId, expiresAt } = await graph.subscriptions.create(wanted);
      return { kind: "subscriptionCreated", number, subscriptionId, expiresAt };
    },
    renewSubscription: async ({ number, tenantId, subscriptionId, ...behalf }, { signal }) => {
      const address = { tenantId, subscriptionId, ...delegated(behalf) };
      const { expiresAt } = await graph.subscriptions.renew({ ...address, lifetimeMs, signal });
      return { kind: "subscriptionRenewed", number, expiresAt };
    },
    deleteSubscription: async ({ number, tenantId, subscriptionId, ...behalf }, { signal }) => {
      await graph.subscriptions.delete({ tenantId, subscriptionId, signal, ...delegated(behalf) });
      return { kind: "subscriptionDeleted", number };
    },
    probeMailbox: async ({ number, tenantId, objectId, ...behalf }, { signal }) => {
      await graph.mailboxes.probe({ tenantId, userObjectId: objectId, signal, ...delegated(behalf) });
      return { kind: "mailboxAnswered", number };
    },
    listActors: ({ generation, after, limit }, context) => {
      const users = context.actors(`${orgOf(context.actor)}/u-`, after, limit);
      return Promise.resolve({
        kind: "actorsListed",
        generation,
        after,
        users,
        more: users.length === limit,
      });
    },
  };
};
