import { type EpochMs, ProviderError, plus, type Scheduler } from "@hybrid/kernel";
import { unlessEnded } from "@hybrid/provider-http";
import { LRUCache } from "lru-cache";
import type { GraphLimits } from "../limits/graph-limits.ts";
import type { IssuedToken, TokenTerms } from "./msal-token-source.ts";

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

/** That Entra refuses our certificate: asking again for every call would make it take us for a loop. */
interface Refusal {
  readonly error: ProviderError;
  readonly from: EpochMs;
}

interface Entry {
  token: { readonly value: string; readonly expiresAt: EpochMs } | null;
  refusal: Refusal | null;
  pending: Promise<string> | null;
}

/** Whether a refusal says nothing about the tenant, so that a token which is still valid may serve on. */
const isOfNoTenant = (error: unknown): boolean =>
  error instanceof ProviderError && (error.retryable || error.code === "credentialsRejected");

/** The refusal that still counts at `now`; one from a time to come is of before the clock was set back. */
const refusalOf = ({ refusal }: Entry, now: EpochMs, keptMs: number): ProviderError | null => {
  const ageMs = refusal === null ? -1 : now - refusal.from;
  return refusal !== null && ageMs >= 0 && ageMs < keptMs ? refusal.error : null;
};

/** The tenant's entry, made when it is missing. */
const entryIn = (entries: LRUCache<string, Entry>, tenantId: string): Entry => {
  const known = entries.get(tenantId);
  if (known) return known;
  const made: Entry = { token: null, refusal: null, pending: null };
  entries.set(tenantId, made);
  return made;
};

/**
 * Keeps one token per tenant in a bounded map and asks for a tenant's next one only once at a time. A token
 * that is about to expire but still valid serves while Entra cannot be reached or refuses our certificate. A
 * certificate that was refused is not shown to the tenant again for `refusedCertificateMs`.
 */
export const createTokenCache = (options: {
  readonly scheduler: Scheduler;
  readonly limits: Pick<GraphLimits, "tenantsMax" | "tokenRefreshBeforeMs" | "refusedCertificateMs">;
  readonly issue: (tenantId: string, terms?: TokenTerms) => Promise<IssuedToken>;
}): TokenCache => {
  const { scheduler, limits, issue } = options;
  const entries = new LRUCache<string, Entry>({ max: limits.tenantsMax });

  const entryOf = (tenantId: string): Entry => entryIn(entries, tenantId);

  const issueInto = async (entry: Entry, tenantId: string, terms?: TokenTerms): Promise<string> => {
    const askedAt = scheduler.now();
    entry.refusal = null;
    const issued = await issue(tenantId, terms).catch((error: unknown) => {
      if (error instanceof ProviderError && error.code === "credentialsRejected")
        entry.refusal = { error, from: scheduler.now() };
      throw error;
    });
    entry.token = { value: issued.value, expiresAt: plus(askedAt, issued.lifetimeMs) };
    return issued.value;
  };

  const issueOnce = (entry: Entry, tenantId: string, terms?: TokenTerms): Promise<string> => {
    entry.pending ??= issueInto(entry, tenantId, terms).finally(() => {
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
      const refused = refusalOf(entry, scheduler.now(), limits.refusedCertificateMs);
      if (refused && token && leftMs > 0) return token.value;
      if (refused) throw refused;
      const what = `token for tenant ${tenantId}`;
      try {
        return await unlessEnded(issueOnce(entry, tenantId), { signal, what });
      } catch (error) {
        // The old token is still good: neither an outage nor a certificate that has just expired matters yet.
        if (token && leftMs > 0 && isOfNoTenant(error)) return token.value;
        throw error;
      }
    },
    replace: async ({ tenantId, signal }, rejected, claims) => {
      const entry = entryOf(tenantId);
      const { token } = entry;
      const replaced = token !== null && token.value !== rejected && token.expiresAt > scheduler.now();
      if (replaced && rejected !== null) return token.value;
      const what = `token for tenant ${tenantId}`;
      const terms = {
        ...(rejected === null ? { isNew: true } : { rejected }),
        ...(claims === undefined ? {} : { claims }),
      };
      return await unlessEnded(issueOnce(entry, tenantId, terms), { signal, what });
    },
  };
};
