import type { EpochMs } from "@hybrid/kernel";
import type { MiddlewareOptions } from "@microsoft/microsoft-graph-client";
import type { ApiFamily } from "../limits/breakers.ts";
import type { RateBucket } from "../limits/gcra.ts";

/** What a call says about itself before it is sent. */
export interface GraphCallSpec {
  readonly tenantId: string;
  /** The user whose mailbox or user object it is about, if any. */
  readonly userObjectId: string | null;
  /** Whether it is made on behalf of that user, where the caller knows. */
  readonly isDelegated?: boolean;
  readonly family: ApiFamily;
  /** For example `events.get`. */
  readonly operation: string;
  /** Whether it goes to the user's mailbox, where the number of calls at a time is bounded. */
  readonly entersMailbox: boolean;
  /**
   * The narrowest scope that a refusal of it can close: its mailbox, or its subscription when nothing tells
   * whose mailbox that watches; null when it concerns a whole tenant.
   */
  readonly ownScope: string | null;
  /** Limits that hold for it besides the global one. */
  readonly buckets: readonly RateBucket[];
  /** Requests that Graph counts it as, for a batch; 1 when left out. */
  readonly requests?: number;
  /** Whether it may be sent again when it is unknown if the first one took effect. */
  readonly repeatable: boolean;
  readonly signal: AbortSignal;
}

/** One call on its way through the middleware; the SDK hands it along as a middleware option. */
export class GraphCall implements MiddlewareOptions {
  readonly spec: GraphCallSpec;
  /** Which call of whom, for errors. */
  readonly what: string;
  /** Scopes that can be closed to it, widest first. */
  readonly scopes: readonly string[];
  /** No wait of the call may end later. */
  readonly budgetEndsAt: EpochMs;
  /** Whether any attempt of it has left for Graph. */
  sent = false;
  /** Set for the attempt after a 503. */
  freshConnection = false;
  /** The JSON of the good answer; undefined when it had none. */
  answer: unknown = undefined;
  /** The SDK wraps what middleware throws and loses it; this is the error itself. */
  failure: unknown = null;

  constructor(spec: GraphCallSpec, budgetEndsAt: EpochMs) {
    this.spec = spec;
    this.what = whatOf(spec);
    this.scopes = scopesOf(spec);
    this.budgetEndsAt = budgetEndsAt;
  }
}

/** Which call of whom, for errors. */
export const whatOf = ({ operation, tenantId, userObjectId }: GraphCallSpec): string =>
  userObjectId === null
    ? `${operation} in tenant ${tenantId}`
    : `${operation} for user ${userObjectId} of tenant ${tenantId}`;

/** The scope of everything the application does. */
export const applicationScope = "application";
/** The scope of a tenant's Graph requests. */
export const tenantScope = (tenantId: string): string => `tenant ${tenantId}`;
/** The scope of one mailbox. */
export const mailboxScope = (tenantId: string, userObjectId: string): string =>
  `mailbox ${tenantId} ${userObjectId}`;
/** The scope of one subscription, for calls that do not know its mailbox. */
export const subscriptionScope = (tenantId: string, subscriptionId: string): string =>
  `subscription ${tenantId} ${subscriptionId}`;

/** The scopes that can be closed to a call, widest first. */
export const scopesOf = ({ tenantId, ownScope }: GraphCallSpec): readonly string[] => [
  applicationScope,
  tenantScope(tenantId),
  ...(ownScope === null ? [] : [ownScope]),
];
