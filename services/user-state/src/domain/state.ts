import type { OrganisationSettings, TenantStatus, UserDirectoryEntry } from "@hybrid/contracts";
import type { EpochMs, ErrorCode } from "@hybrid/kernel";

/** A user's directory entry, as long as it is not removed. */
export type Entry = Omit<UserDirectoryEntry, "removed" | "wanted" | "obstacles" | "webex">;

/** What was decided about the user's tenant. */
export interface TenantDecision {
  readonly generation: number;
  readonly status: TenantStatus["status"];
  readonly settings: OrganisationSettings;
}

/**
 * Why a user is Not activated although switched on; error codes join them when the provider makes us wait.
 */
export type WaitReason = "pending" | "awaitingTakeover" | "onConnector" | "tenantDeactivated" | ErrorCode;

/** A subscription that Graph granted and that serves the user. */
export interface Subscription {
  readonly id: string;
  readonly expiresAt: EpochMs;
  readonly renewAt: EpochMs;
  /** When the latest renewal was ordered; null before the first. */
  readonly renewedAt: EpochMs | null;
}

/**
 * Where the user stands; each variant holds what is true in it and nowhere else. `tryAt` null: nothing is
 * planned.
 */
export type Standing =
  | { readonly kind: "notActivated"; readonly reason: WaitReason; readonly tryAt: EpochMs | null }
  | { readonly kind: "error"; readonly reason: ErrorCode | "expired"; readonly tryAt: EpochMs | null }
  /** `trouble`: why the latest renewal failed. */
  | { readonly kind: "active"; readonly subscription: Subscription; readonly trouble: ErrorCode | null }
  /** Active still, to the administrator: Graph dropped the subscription, another is being created. */
  | {
      readonly kind: "recovering";
      readonly tryAt: EpochMs;
      /** The dropped one's expiry: when the user stops being Active if nothing helped. */
      readonly until: EpochMs;
      readonly trouble: ErrorCode | null;
    }
  | { readonly kind: "disabled" }
  /** Disabled to the administrator: the last subscription is being deleted, then the actor ends. */
  | { readonly kind: "removing" };

/** A subscription that serves nobody any more and is to be deleted. */
export interface Leftover {
  readonly subscriptionId: string;
  readonly tenantId: string;
  readonly expiresAt: EpochMs;
  /** Null: not before a new decision about the tenant. */
  readonly deleteAt: EpochMs | null;
  readonly tries: number;
}

/**
 * The mailbox was found missing once. `probeAt` null: it answered the probe; the next such finding is the
 * second.
 */
export interface Suspicion {
  readonly probeAt: EpochMs | null;
}

/** The one call under way. `number` tells its outcome from late or repeated ones. */
export type InFlight = { readonly number: number; readonly generation: number } & (
  | { readonly kind: "createSubscription"; readonly tenantId: string; readonly objectId: string }
  | { readonly kind: "renewSubscription"; readonly tenantId: string; readonly subscriptionId: string }
  | { readonly kind: "deleteSubscription"; readonly tenantId: string; readonly subscriptionId: string }
  | { readonly kind: "probeMailbox"; readonly tenantId: string; readonly objectId: string }
);

/** A user. Every timer follows from these facts (`due.ts`); none is kept beside them. */
export interface User {
  readonly kind: "user";
  readonly entry: Entry;
  /** Null until the partition's tenant actor has told. */
  readonly tenant: TenantDecision | null;
  readonly standing: Standing;
  readonly leftover: Leftover | null;
  readonly suspicion: Suspicion | null;
  /** Failures in a row. */
  readonly failures: number;
  /**
   * Waits in a row that were nobody's failure, or a renewal's transient failures: the exponent of the
   * backoff.
   */
  readonly waits: number;
  /** Retry-After: no call of this user starts earlier, whatever asks for it. */
  readonly notBefore: EpochMs | null;
  /** The migration detector has given the user to a connector: nothing is tried before the release. */
  readonly assigned: boolean;
  /** A connector user outside a resource group is not tried earlier. */
  readonly takeoverAt: EpochMs | null;
  /** How long what the user has consented to is used; left out: nothing was given. */
  readonly consentedUntil?: EpochMs;
  /** Was Active since it was last switched on, so a new subscription follows a gap. */
  readonly everActive: boolean;
  readonly inFlight: InFlight | null;
  /** Calls ordered so far. */
  readonly calls: number;
  /** Transitions published so far. */
  readonly transition: number;
}

/** Where a tenant's walk stands. `after`: the last user told. */
export type Walk =
  | { readonly kind: "listing"; readonly after: string | null }
  | { readonly kind: "pausing"; readonly after: string | null; readonly dueAt: EpochMs }
  | { readonly kind: "done" };

/** A tenant in one partition: the decision and how far the partition's users have been told. */
export interface Tenant extends TenantDecision {
  readonly kind: "tenant";
  readonly tenantId: string;
  readonly walk: Walk;
  /** The earliest moment of this partition's part of the write rate that is not given to a user yet. */
  readonly freeAt: EpochMs;
}

/** The state of any actor of the service; `unknown` has no record. */
export type State = { readonly kind: "unknown" } | User | Tenant;

/** What every actor starts from, and a removed user ends in. */
export const initial: State = { kind: "unknown" };
