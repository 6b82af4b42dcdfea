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
  { tenantId, userObjectId }: { readonly tenantId: string; readonly userObjectId: string | null },
  cause?: unknown,
): ProviderError =>
  new ProviderError(
    userObjectId === null
      ? `tenant ${tenantId} is connected user by user: nothing can be asked for the tenant as a whole`
      : `token on behalf of user ${userObjectId} of tenant ${tenantId}: ${code}`,
    { code, retryable: false },
    cause === undefined ? {} : { cause },
  );

/**
 * Tokens of the application, or on behalf of the user in tenants where users consent each for the own
 * calendar. Throws userConsentMissing and userConsentExpired there, without asking anybody.
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
    const who = { tenantId, userObjectId };
    const given = userObjectId === null ? null : await delegations.find(tenantId, userObjectId);
    if (given === null || userObjectId === null) throw consentError("userConsentMissing", who);
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
