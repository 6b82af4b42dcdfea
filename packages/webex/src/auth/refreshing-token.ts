import { type Clock, type EpochMs, minutes, ProviderError, plus } from "@hybrid/kernel";
import type { RefreshRequest } from "./refresh-token.ts";
import type { Issued } from "./token-answer.ts";
import { refusesGrant } from "./token-endpoint.ts";

/** The tokens of an integration or a service app, as they are stored. Secret. */
export interface StoredTokens {
  readonly accessToken: string;
  readonly accessIssuedAt: EpochMs;
  readonly accessExpiresAt: EpochMs;
  readonly refreshToken: string;
  /** Null when Webex did not say. */
  readonly refreshExpiresAt: EpochMs | null;
  /** The refresh token before this one, tried when Webex refuses this one; null when there was none. */
  readonly previousRefreshToken: string | null;
}

/** Where tokens survive a restart. */
export interface TokenStore {
  /** Undefined before the first save. */
  load(): Promise<StoredTokens | undefined>;
  /**
   * Resolves when the tokens are durable; until then the ones before must stay. Within `exclusively` only: it
   * rejects when somebody else may have saved since.
   */
  save(tokens: StoredTokens): Promise<void>;
  /**
   * Runs `work` while nobody else who shares the store runs any. Rejects with ProviderError `unavailable`
   * when somebody else does for too long.
   */
  exclusively<Result>(work: () => Promise<Result>): Promise<Result>;
}

/** What a refreshing access token is made of. */
export interface RefreshingTokenOptions {
  readonly store: TokenStore;
  readonly clock: Clock;
  /** POST /v1/access_token, see `refreshCall`. Rejects with ProviderError. */
  readonly refresh: (request: RefreshRequest) => Promise<Issued>;
  /**
   * Where tokens come from while none are stored, and when Webex refuses the stored ones: a service app's are
   * made again, an integration begins with the refresh token that a person's consent gave. Without it a
   * person is asked in both cases.
   */
  readonly first?: () => Promise<Issued>;
  /**
   * A token is replaced when it expires within this time, milliseconds; an hour when left
   * out, and never more than half its life.
   */
  readonly refreshBeforeMs?: number;
}

const needsConsent = (cause?: ProviderError): ProviderError =>
  new ProviderError(
    cause === undefined
      ? "No tokens for Webex are stored: authorise the integration or service app"
      : "Webex refuses the stored refresh token: authorise the integration or service app again, or " +
          "correct its client secret",
    { code: "unauthorized", retryable: false },
    cause && { cause },
  );

/** The store failed, not Webex and not the tokens: it may work again by itself. */
const stored = async <Result>(what: "load" | "save", work: Promise<Result>): Promise<Result> => {
  try {
    return await work;
  } catch (error) {
    if (error instanceof ProviderError) throw error;
    throw new ProviderError(
      `The tokens for Webex cannot be ${what === "load" ? "read" : "saved"}: see to where they are kept`,
      { code: "unavailable", retryable: true },
      { cause: error },
    );
  }
};

/** Tokens that Webex has given and the store has refused. */
interface Unsaved {
  readonly tokens: StoredTokens;
  /** The stored access token that they are to replace; undefined when none was stored. */
  readonly over: string | undefined;
}

/** An answer, and the refresh token that it was given for; null when it was given for none. */
type Used = Issued & { readonly used: string | null };

const tokensOf = (answer: Used, found: StoredTokens | undefined, askedAt: EpochMs): StoredTokens => {
  const { accessToken, expiresInMs, refreshToken, refreshExpiresInMs, used } = answer;
  return {
    accessToken,
    accessIssuedAt: askedAt,
    accessExpiresAt: plus(askedAt, expiresInMs),
    refreshToken,
    refreshExpiresAt: refreshExpiresInMs === null ? null : plus(askedAt, refreshExpiresInMs),
    previousRefreshToken: refreshToken === used ? (found?.previousRefreshToken ?? null) : used,
  };
};

type Sources = Pick<RefreshingTokenOptions, "refresh" | "first">;

/** Without `first`, or when it is refused as well, a person is asked. */
const begun = async ({ first }: Sources, refusal?: ProviderError): Promise<Used> => {
  if (first === undefined) throw needsConsent(refusal);
  try {
    return { ...(await first()), used: null };
  } catch (error) {
    throw refusesGrant(error) ? needsConsent(error) : error;
  }
};

const refreshed = async (sources: Sources, found: StoredTokens): Promise<Used> => {
  let refusal: ProviderError | undefined;
  for (const used of [found.refreshToken, found.previousRefreshToken]) {
    if (used === null) continue;
    try {
      return { ...(await sources.refresh({ refreshToken: used })), used };
    } catch (error) {
      if (!refusesGrant(error)) throw error;
      refusal = error;
    }
  }
  return await begun(sources, refusal);
};

/**
 * An access token for `createWebexClient` that renews itself. One refresh at a time: callers of this process
 * share one, other processes are kept out by the store. The old refresh token stays stored until the new one
 * is saved, so a crash in between finds it again; an answer whose save failed is kept and saved first next
 * time. A store that has lost its tokens gets back those that this process knows. Rejects with ProviderError
 * `unauthorized` when a person must authorise again.
 */
export const createRefreshingToken = (
  options: RefreshingTokenOptions,
): ((rejected?: string) => Promise<string>) => {
  const { store, clock, refreshBeforeMs = minutes(60) } = options;
  let known: StoredTokens | undefined;
  let unsaved: Unsaved | undefined;
  let underWay: Promise<string> | undefined;

  const marginMs = ({ accessIssuedAt, accessExpiresAt }: StoredTokens): number =>
    Math.min(refreshBeforeMs, (accessExpiresAt - accessIssuedAt) / 2);

  const isGood = (tokens: StoredTokens, rejected: string | undefined): boolean =>
    tokens.accessToken !== rejected && clock.now() < tokens.accessExpiresAt - marginMs(tokens);

  const save = async (made: Unsaved): Promise<string> => {
    const { tokens } = made;
    unsaved = made;
    await stored("save", store.save(tokens));
    unsaved = undefined;
    known = tokens;
    return tokens.accessToken;
  };

  const renew = async (rejected: string | undefined): Promise<string> =>
    await store.exclusively(async () => {
      let found = await stored("load", store.load());
      const kept = unsaved?.tokens ?? known;
      // What another worker has saved since is newer; a store that has lost its tokens gets ours back.
      if (kept !== undefined && (found === undefined || unsaved?.over === found.accessToken)) {
        await save({ tokens: kept, over: found?.accessToken });
        found = kept;
      }
      unsaved = undefined;
      known = found;
      if (found !== undefined && isGood(found, rejected)) return found.accessToken;
      const askedAt = clock.now();
      const answer = found === undefined ? await begun(options) : await refreshed(options, found);
      return await save({ tokens: tokensOf(answer, found, askedAt), over: found?.accessToken });
    });

  return async (rejected) => {
    if (known !== undefined && unsaved === undefined && isGood(known, rejected)) return known.accessToken;
    underWay ??= renew(rejected).finally(() => {
      underWay = undefined;
    });
    return await underWay;
  };
};
