import { ProviderError } from "@hybrid/kernel";
import type { GraphClient } from "../../graph-client.ts";
import type { RateBucket } from "../../limits/gcra.ts";
import type { GraphLimits } from "../../limits/graph-limits.ts";
import type { GraphCallSpec } from "../../middleware/graph-call.ts";

/** What the calls about groups need. */
export interface GroupContext {
  readonly graph: GraphClient;
  readonly limits: GraphLimits;
}

/** A tenant, and how long the call may take. */
export interface TenantCall {
  readonly tenantId: string;
  /** Ends the call; every call needs a deadline. */
  readonly signal: AbortSignal;
}

/** A Microsoft 365 group of a tenant. */
export interface GroupCall extends TenantCall {
  /** The group's object id. */
  readonly groupId: string;
}

const reads = (limits: GraphLimits, tenantId: string): readonly RateBucket[] => [
  { key: `identity reads ${tenantId}`, ...limits.identityReadsTenant },
];

const writes = (limits: GraphLimits, tenantId: string): readonly RateBucket[] => [
  { key: "identity writes", ...limits.identityWritesApp },
  { key: `identity writes ${tenantId}`, ...limits.identityWritesTenant },
];

/**
 * A call to the identity service. All of them may be repeated: each finds out what is there, or says of a
 * second time that it is done already.
 */
export const groupCall = (
  { limits }: GroupContext,
  { tenantId, signal }: TenantCall,
  operation: string,
  kind: "reads" | "writes",
): GraphCallSpec => ({
  tenantId,
  userObjectId: null,
  signal,
  operation,
  family: "groups",
  entersMailbox: false,
  ownScope: null,
  buckets: kind === "reads" ? reads(limits, tenantId) : writes(limits, tenantId),
  repeatable: true,
});

/** A call to a document library. */
export const driveCall = ({ tenantId, signal }: TenantCall, operation: string): GraphCallSpec => ({
  tenantId,
  userObjectId: null,
  signal,
  operation,
  family: "drives",
  entersMailbox: false,
  ownScope: null,
  buckets: [],
  repeatable: true,
});

/** An order that must not go to Graph, as the error that a refusal of Graph's would be. */
export const refusedOrder = (why: string): ProviderError =>
  new ProviderError(`${why}; Graph was not asked`, { code: "invalidRequest", retryable: false });

const objectId = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** An object id, or ProviderError invalidRequest: an address or a name must go into no path. */
export const checkedObjectId = (id: string): string => {
  if (objectId.test(id)) return id.toLowerCase();
  throw refusedOrder("an object id is not a GUID");
};

/** `groups/<object id>` */
export const groupPath = (groupId: string): string => `groups/${checkedObjectId(groupId)}`;

/** The reference to a user in a body. */
export const userReference = ({ hosts }: GraphClient, userObjectId: string): string =>
  `${hosts.graphUrl}/v1.0/users/${checkedObjectId(userObjectId)}`;

/** Whether a call failed with one of the codes. */
export const failedWith = (
  error: unknown,
  ...codes: readonly ProviderError["code"][]
): error is ProviderError => error instanceof ProviderError && codes.includes(error.code);
