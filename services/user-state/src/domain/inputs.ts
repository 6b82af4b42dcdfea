import type {
  MailboxSignal,
  SubscriptionLifecycle,
  TenantStatus,
  UserDirectoryEntry,
} from "@hybrid/contracts";
import type { ActorId, CallFailure, Effect, EpochMs } from "@hybrid/kernel";
import type { TenantDecision } from "./state.ts";

/** On whose behalf a call is made, in tenants where each user consents for the own calendar. */
interface Behalf {
  readonly objectId?: string;
  readonly isDelegated?: true;
}

/** An order to Microsoft Graph, or to look around in the own partition. */
export type Call =
  | {
      readonly kind: "createSubscription";
      readonly number: number;
      readonly tenantId: string;
      readonly objectId: string;
      readonly isDelegated?: true;
    }
  | ({
      readonly kind: "renewSubscription";
      readonly number: number;
      readonly tenantId: string;
      readonly subscriptionId: string;
    } & Behalf)
  | ({
      readonly kind: "deleteSubscription";
      readonly number: number;
      readonly tenantId: string;
      readonly subscriptionId: string;
    } & Behalf)
  | {
      readonly kind: "probeMailbox";
      readonly number: number;
      readonly tenantId: string;
      readonly objectId: string;
      readonly isDelegated?: true;
    }
  /** The next `limit` users of the tenant actor's own partition, in id order. */
  | {
      readonly kind: "listActors";
      readonly generation: number;
      readonly after: string | null;
      readonly limit: number;
    };

/** A call of a user, known by its number. */
export type UserCall = Exclude<Call, { readonly kind: "listActors" }>;

/** The tenant's decision on its way to a user, who acts on it at `actAt`. */
export interface TenantDecided extends TenantDecision {
  readonly kind: "tenantDecided";
  readonly tenantId: string;
  readonly actAt: EpochMs;
}

/** What reaches a user. */
export type UserInput =
  | { readonly kind: "directoryChanged"; readonly entry: UserDirectoryEntry }
  | TenantDecided
  | {
      readonly kind: "lifecycleReceived";
      readonly subscriptionId: string;
      readonly lifecycleEvent: SubscriptionLifecycle["lifecycleEvent"];
    }
  | { readonly kind: "mailboxLocated"; readonly location: MailboxSignal["location"] }
  /** The user has connected the own calendar (again): no call is made with it after `expiresAt`. */
  | { readonly kind: "consentGiven"; readonly expiresAt: EpochMs }
  /** A connector is reserved for the user or serves it; false: it lets the user go. */
  | { readonly kind: "connectorAssigned"; readonly assigned: boolean }
  | {
      readonly kind: "subscriptionCreated";
      readonly number: number;
      readonly subscriptionId: string;
      readonly expiresAt: EpochMs;
    }
  | { readonly kind: "subscriptionRenewed"; readonly number: number; readonly expiresAt: EpochMs }
  | { readonly kind: "subscriptionDeleted"; readonly number: number }
  | { readonly kind: "mailboxAnswered"; readonly number: number }
  | {
      readonly kind: "callFailed";
      readonly call: UserCall["kind"];
      readonly number: number;
      readonly failure: CallFailure;
    }
  | { readonly kind: "timerFired"; readonly name: string };

/** What reaches a partition's tenant actor. */
export type TenantInput =
  | { readonly kind: "tenantStatusChanged"; readonly status: TenantStatus }
  /** `tries`: the user is to be tried when the tenant is active, which takes a write of its rate. */
  | { readonly kind: "userJoined"; readonly user: ActorId; readonly tries: boolean }
  | {
      readonly kind: "actorsListed";
      readonly generation: number;
      readonly after: string | null;
      /** The users, in id order. */
      readonly users: readonly ActorId[];
      /** Whether there may be more behind the last one. */
      readonly more: boolean;
    }
  | { readonly kind: "listingFailed"; readonly generation: number; readonly after: string | null }
  | { readonly kind: "timerFired"; readonly name: string };

/** Any input of the service; facts in the past tense. */
export type Input = UserInput | TenantInput;

/** What a step of the service orders. */
export type Order = Effect<Input, Call>;
