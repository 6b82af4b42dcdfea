import type { ICachePlugin, TokenCacheContext } from "@azure/msal-node";

/** What msal keeps of one application in one tenant, and how long the token in it is still good. */
export interface SharedToken {
  /** msal's own form of its cache. */
  readonly text: string;
  readonly leftMs: number;
}

/** Whose tokens these are: one application in one tenant. */
export interface TokenOwner {
  readonly clientId: string;
  readonly tenantId: string;
}

/**
 * Where the workers of a fleet keep the tokens that one of them was given. None of it rejects for its own
 * reasons: a worker that cannot reach the others goes on alone.
 */
export interface SharedTokens {
  /** Runs `work` while no other worker does for the same owner; after a bounded wait, or alone, anyway. */
  exclusively<Result>(owner: TokenOwner, work: () => Promise<Result>): Promise<Result>;
  /** Null when there is none, or none that can be read. */
  load(owner: TokenOwner): Promise<SharedToken | null>;
  save(owner: TokenOwner, token: SharedToken): Promise<void>;
}

/** msal's cache of one owner among all workers. */
export interface SharedCache extends ICachePlugin {
  /** Reads what others have; resolves with how long that token is good, null when there is none to use. */
  read(): Promise<number | null>;
}

/** Whose cache it is, and what it goes by. */
export interface SharedCacheOptions {
  readonly owner: TokenOwner;
  /** A token that is good for no longer than this is not read: each worker would ask again at once. */
  readonly refreshBeforeMs: number;
  /** How long the token that Entra gave last is good. */
  readonly issuedForMs: () => number | null;
}

/**
 * msal's cache of one application in one tenant, among all workers. Ages are measured where the tokens
 * are kept, by one clock. msal adds what it is given to what it has, so nothing is taken away here: who finds
 * nothing skips the cache.
 */
export const sharedCache = (
  tokens: SharedTokens,
  { owner, refreshBeforeMs, issuedForMs }: SharedCacheOptions,
): SharedCache => {
  let text: string | null = null;
  return {
    read: async () => {
      const found = await tokens.load(owner);
      const isGood = found !== null && found.leftMs > refreshBeforeMs;
      text = isGood ? found.text : null;
      return isGood ? found.leftMs : null;
    },
    beforeCacheAccess: async ({ tokenCache }: TokenCacheContext) => {
      if (text !== null) tokenCache.deserialize(text);
    },
    afterCacheAccess: async ({ cacheHasChanged, tokenCache }: TokenCacheContext) => {
      const lifetimeMs = cacheHasChanged ? issuedForMs() : null;
      if (lifetimeMs !== null) await tokens.save(owner, { text: tokenCache.serialize(), leftMs: lifetimeMs });
    },
  };
};
