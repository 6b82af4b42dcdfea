import { type EpochMs, type ProviderError, plus, type Scheduler } from "@hybrid/kernel";
import type { GraphLimits } from "../limits/graph-limits.ts";
import { LruMap } from "../limits/lru.ts";
import { unlessEnded } from "../limits/waiting.ts";
import type { IssuedToken } from "./msal-token-source.ts";

/** Who wants a token. */
export interface TokenRequest {
  readonly tenantId: string;
  readonly signal: AbortSignal;
}

/** The tokens of all tenants, valid on our clock. */
export interface TokenCache {
  /** A token that is still valid for a while; from memory, or a new one. Throws ProviderError. */
  get(request: TokenRequest): Promise<string>;
  /**
   * A token other than `rejected`: a new one, unless somebody has replaced it already. `claims`: what the
   * challenge that came with the 401 demanded. Throws ProviderError.
   */
  replace(request: TokenRequest, rejected: string | null, claims?: string): Promise<string>;
}

interface Entry {
  token: { readonly value: string; readonly expiresAt: EpochMs } | null;
  pending: Promise<string> | null;
}

/**
 * Keeps one token per tenant in a bounded map and asks for a tenant's next one only once at a time. A token
 * that is about to expire but still valid serves while Entra cannot be reached.
 */
export const createTokenCache = (options: {
  readonly scheduler: Scheduler;
  readonly limits: Pick<GraphLimits, "tenantsMax" | "tokenRefreshBeforeMs">;
  readonly issue: (tenantId: string, claims?: string) => Promise<IssuedToken>;
}): TokenCache => {
  const { scheduler, limits, issue } = options;
  const entries = new LruMap<string, Entry>(limits.tenantsMax);

  const entryOf = (tenantId: string): Entry => {
    const known = entries.get(tenantId);
    if (known) return known;
    const made: Entry = { token: null, pending: null };
    entries.set(tenantId, made);
    return made;
  };

  const issueInto = async (entry: Entry, tenantId: string, claims?: string): Promise<string> => {
    const askedAt = scheduler.now();
    const issued = await issue(tenantId, claims);
    entry.token = { value: issued.value, expiresAt: plus(askedAt, issued.lifetimeMs) };
    return issued.value;
  };

  const issueOnce = (entry: Entry, tenantId: string, claims?: string): Promise<string> => {
    entry.pending ??= issueInto(entry, tenantId, claims).finally(() => {
      entry.pending = null;
    });
    return entry.pending;
  };

  return {
    get: async ({ tenantId, signal }) => {
      const entry = entryOf(tenantId);
      const { token } = entry;
      const leftMs = token ? token.expiresAt - scheduler.now() : 0;
      if (token && leftMs > limits.tokenRefreshBeforeMs) return token.value;
      const what = `token for tenant ${tenantId}`;
      try {
        return await unlessEnded(issueOnce(entry, tenantId), { signal, what });
      } catch (error) {
        if (token && leftMs > 0 && (error as ProviderError).retryable) return token.value;
        throw error;
      }
    },
    replace: async ({ tenantId, signal }, rejected, claims) => {
      const entry = entryOf(tenantId);
      const { token } = entry;
      const replaced = token !== null && token.value !== rejected && token.expiresAt > scheduler.now();
      if (replaced && rejected !== null) return token.value;
      const what = `token for tenant ${tenantId}`;
      return await unlessEnded(issueOnce(entry, tenantId, claims), { signal, what });
    },
  };
};
