import { type EpochMs, ProviderError } from "@hybrid/kernel";
import { unlessEnded } from "@hybrid/provider-http";
import type { Delegations } from "./delegation-port.ts";
import type { TokenCache, TokenRequest } from "./token-cache.ts";

/** A user of a tenant, and when the consent was given: a newer one has tokens of its own. */
export interface DelegatedOwner {
  readonly tenantId: string;
  readonly userObjectId: string;
  readonly givenAt: number;
}

/** The owner as a key of tokens, and back. */
export const delegatedKey = ({ tenantId, userObjectId, givenAt }: DelegatedOwner): string =>
  `${tenantId} ${userObjectId} ${givenAt}`;

/** Reads {@link delegatedKey}. */
export const ownerOfKey = (key: string): DelegatedOwner => {
  const [tenantId = "", userObjectId = "", givenAt = ""] = key.split(" ");
  return { tenantId, userObjectId, givenAt: Number(givenAt) };
};

/** Why there is no token on behalf of a user. */
export const consentError = (
  code: "userConsentMissing" | "userConsentExpired" | "userConsentRevoked",
  { tenantId, userObjectId }: { readonly tenantId: string; readonly userObjectId: string },
  cause?: unknown,
): ProviderError =>
  new ProviderError(
    `token on behalf of user ${userObjectId} of tenant ${tenantId}: ${code}`,
    { code, retryable: false },
    cause === undefined ? {} : { cause },
  );

/** There is no user on whose behalf the call could be made. */
const wholeTenantError = (tenantId: string): ProviderError =>
  new ProviderError(
    `tenant ${tenantId} is connected user by user: what concerns the tenant as a whole needs the ` +
      "organisation's consent",
    { code: "organisationConsentMissing", retryable: false },
  );

/**
 * Tokens of the application, or on behalf of the user in tenants where users consent each for the own
 * calendar. Throws userConsentMissing, userConsentExpired and, of calls for a tenant as a whole,
 * organisationConsentMissing there, without asking anybody.
 */
export const choosingTokens = (
  ofTenants: TokenCache,
  ofUsers: TokenCache,
  { delegations, now }: { readonly delegations: Delegations; readonly now: () => EpochMs },
): TokenCache => {
  const chosen = async (
    request: TokenRequest,
  ): Promise<{ readonly tokens: TokenCache; readonly request: TokenRequest }> => {
    const { tenantId, userObjectId = null, isDelegated, signal } = request;
    if (!(isDelegated ?? (await delegations.isByUser(tenantId)))) return { tokens: ofTenants, request };
    if (userObjectId === null) throw wholeTenantError(tenantId);
    const who = { tenantId, userObjectId };
    const given = await delegations.find(tenantId, userObjectId);
    if (given === null) throw consentError("userConsentMissing", who);
    if (given.expiresAt <= now()) throw consentError("userConsentExpired", who);
    const key = delegatedKey({ tenantId, userObjectId, givenAt: given.givenAt });
    return { tokens: ofUsers, request: { tenantId: key, signal } };
  };
  const choose = (request: TokenRequest) =>
    unlessEnded(chosen(request), {
      signal: request.signal,
      what: `token for tenant ${request.tenantId}`,
    });
  return {
    get: async (request) => {
      const { tokens, request: as } = await choose(request);
      return await tokens.get(as);
    },
    replace: async (request, rejected, claims) => {
      const { tokens, request: as } = await choose(request);
      return await tokens.replace(as, rejected, claims);
    },
  };
};
