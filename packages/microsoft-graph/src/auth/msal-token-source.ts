import { ConfidentialClientApplication, type INetworkModule, type NetworkResponse } from "@azure/msal-node";
import { type Clock, hours, ProviderError, unreachable } from "@hybrid/kernel";
import { LRUCache } from "lru-cache";
import type { CloudHosts } from "../clouds.ts";
import { type TokenAnswer, tokenErrorOf, tokenFaultOf } from "../errors/token-fault.ts";
import type { Http } from "../http/http.ts";
import type { GraphCredential } from "../options.ts";
import { type SharedCache, type SharedTokens, sharedCache } from "./shared-tokens.ts";

/** A token as it was issued. */
export interface IssuedToken {
  readonly value: string;
  /** How long it is valid, counted from when it was asked for. */
  readonly lifetimeMs: number;
  /** Another worker was given it: Microsoft Entra was not asked. */
  readonly isShared?: boolean;
}

/** Which token is wanted; any that is good when left out. */
export interface TokenTerms {
  /** What a 401 challenge demanded: a new one with these claims. */
  readonly claims?: string;
  /** Any but this one, which Graph has refused. */
  readonly rejected?: string;
  /** A new one, whatever other workers have. */
  readonly isNew?: boolean;
}

/** Gets new tokens for an application in a tenant. */
export interface TokenSource {
  /**
   * Asks the token endpoint, unless another worker was given a token that will do. Throws ProviderError:
   * consentRevoked, credentialsRejected, throttled, unavailable, or invalidRequest when there is no such
   * tenant.
   */
  issue(tenantId: string, terms?: TokenTerms): Promise<IssuedToken>;
}

/** What msal needs to know of the application. */
export interface MsalOptions {
  readonly hosts: CloudHosts;
  readonly clientId: string;
  /** Asked before every token. */
  readonly credential: () => Promise<GraphCredential>;
  readonly http: Http;
  readonly clock: Clock;
  /** Tenants whose msal client is kept. */
  readonly tenantsMax: number;
  /** Where workers share tokens; each has its own when left out. */
  readonly shared?: SharedTokensUse;
}

/** Tokens of a fleet, and when one of them is too old to begin with. */
export interface SharedTokensUse {
  readonly tokens: SharedTokens;
  readonly refreshBeforeMs: number;
}

/** Real time that one request to Entra may take. */
const requestTimeoutMs = 10_000;
/** Entra's longest tokens live 28 hours (continuous access evaluation); none is believed to live longer. */
const lifetimeMsMax = hours(28);
const tenantPattern = /^[A-Za-z0-9][A-Za-z0-9.-]{0,253}$/;

/** msal's network, and what came over it last: msal's errors tell neither the status nor Retry-After. */
export class RecordingNetwork implements INetworkModule {
  readonly #http: Http;
  last: TokenAnswer | null = null;
  failure: unknown = null;

  constructor(http: Http) {
    this.#http = http;
  }

  async sendGetRequestAsync<Body>(url: string, options?: NetworkOptions): Promise<NetworkResponse<Body>> {
    return await this.#send("GET", url, options);
  }

  async sendPostRequestAsync<Body>(url: string, options?: NetworkOptions): Promise<NetworkResponse<Body>> {
    return await this.#send("POST", url, options);
  }

  async #send<Body>(method: string, url: string, options?: NetworkOptions): Promise<NetworkResponse<Body>> {
    this.last = null;
    this.failure = null;
    try {
      const answer = await this.#http.send({
        url,
        method,
        headers: options?.headers ?? {},
        ...(options?.body === undefined ? {} : { body: options.body }),
        signal: AbortSignal.timeout(requestTimeoutMs),
      });
      const body = withoutRefreshHint(parsed(answer.text));
      this.last = { status: answer.status, headers: answer.headers, body };
      return { status: answer.status, headers: { ...answer.headers }, body: body as Body };
    } catch (error) {
      this.failure = error;
      throw error;
    }
  }
}

interface NetworkOptions {
  readonly headers?: Record<string, string>;
  readonly body?: string;
}

interface TenantClient {
  /** What it proves itself with, as a text to compare. */
  readonly proof: string;
  readonly application: ConfidentialClientApplication;
  readonly network: RecordingNetwork;
  readonly cache: SharedCache | null;
}

/** JSON, or an empty object for the HTML pages of gateways: the status then says enough. */
const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
};

/**
 * Without the hint when msal should ask again early: it would do so whenever it reads the token from its
 * cache, and fail the call when that fails.
 */
const withoutRefreshHint = (body: unknown): unknown => {
  if (typeof body !== "object" || body === null || !("refresh_in" in body)) return body;
  const { refresh_in: _, ...rest } = body;
  return rest;
};

interface TokenBody {
  readonly access_token?: unknown;
  readonly expires_in?: unknown;
}

const lifetimeMsOf = (answer: TokenAnswer | null): number | null => {
  const lifetime = Number((answer?.body as TokenBody | undefined)?.expires_in);
  return Number.isFinite(lifetime) && lifetime > 0 ? Math.min(lifetime * 1_000, lifetimeMsMax) : null;
};

/** What a failure of msal means; `what` was asked for. */
export const msalErrorOf = (
  what: string,
  network: RecordingNetwork,
  clock: Clock,
  error: unknown,
): ProviderError => {
  const { last, failure } = network;
  if (last && last.status >= 400) return tokenErrorOf(tokenFaultOf(last, clock), what);
  if (failure !== null)
    return new ProviderError(
      `${what}: Microsoft Entra did not answer`,
      { code: "unavailable", retryable: true },
      { cause: failure },
    );
  // A page of a proxy, or half of an answer: Entra itself answers 200 with a token only.
  if (last)
    return new ProviderError(
      `${what}: the answer ${last.status} holds none; something on the way to ` +
        "Microsoft Entra answered in its place",
      { code: "unavailable", retryable: true, status: last.status },
    );
  return new ProviderError(
    `${what}: msal gave none`,
    { code: "unexpected", retryable: false },
    { cause: error },
  );
};

/** The credential as msal takes it. */
export const authOf = (credential: GraphCredential) => {
  switch (credential.kind) {
    case "certificate":
      return {
        clientCertificate: {
          thumbprintSha256: credential.thumbprintSha256,
          privateKey: credential.privateKeyPem,
        },
      };
    case "secret":
      return { clientSecret: credential.secret };
    case "assertion":
      return { clientAssertion: credential.assertion };
    default:
      return unreachable(credential);
  }
};

/** What is wrong is told where the credential comes from; it may be put right there at any time. */
export const credentialNow = async (
  what: string,
  credential: MsalOptions["credential"],
): Promise<GraphCredential> => {
  try {
    return await credential();
  } catch (cause) {
    throw new ProviderError(
      `${what}: the application's credential cannot be read`,
      { code: "unavailable", retryable: true },
      { cause },
    );
  }
};

/** The token in msal's answer: as Entra has just given it, or as another worker has shared it. */
const issuedOf = (
  accessToken: string | undefined,
  { last }: RecordingNetwork,
  sharedForMs: number | null,
): IssuedToken => {
  const isFresh = (last?.body as TokenBody | undefined)?.access_token === accessToken;
  const lifetimeMs = isFresh ? lifetimeMsOf(last) : sharedForMs;
  if (accessToken === undefined || accessToken === "" || lifetimeMs === null)
    throw new TypeError("the answer holds no access_token with expires_in");
  return { value: accessToken, lifetimeMs, ...(isFresh ? {} : { isShared: true }) };
};

const openTenantClient = (
  { hosts, clientId, http, shared }: MsalOptions,
  tenantId: string,
  credential: GraphCredential,
): Omit<TenantClient, "proof"> => {
  const network = new RecordingNetwork(http);
  const cache = shared
    ? sharedCache(shared.tokens, {
        owner: { clientId, tenantId },
        refreshBeforeMs: shared.refreshBeforeMs,
        issuedForMs: () => lifetimeMsOf(network.last),
      })
    : null;
  const application = new ConfidentialClientApplication({
    auth: {
      clientId,
      authority: `${hosts.loginUrl}/${tenantId}`,
      knownAuthorities: [new URL(hosts.loginUrl).host],
      ...authOf(credential),
    },
    system: { networkClient: network },
    ...(cache && { cache: { cachePlugin: cache } }),
  });
  return { application, network, cache };
};

/**
 * msal-node with the application's credential, one client per tenant in a bounded map. Its own cache lives by
 * the real clock and is not bounded, so it is asked only for what workers share, whose age is known there.
 * After a failure the tenant's client is thrown away, because msal would answer from a real-time throttling
 * cache of its own for the next minute.
 */
export const createMsalTokenSource = (options: MsalOptions): TokenSource => {
  const { hosts, clientId, clock, shared } = options;
  const clients = new LRUCache<string, TenantClient>({ max: options.tenantsMax });

  const clientOf = (tenantId: string, credential: GraphCredential): TenantClient => {
    const proof = JSON.stringify(credential);
    const known = clients.get(tenantId);
    // One with another credential was made before a rotation.
    if (known?.proof === proof) return known;
    const made = { proof, ...openTenantClient(options, tenantId, credential) };
    clients.set(tenantId, made);
    return made;
  };

  /** `sharedForMs`: how long what another worker has shared is good; null: Entra is asked. */
  const ask = async (
    { application, network }: TenantClient,
    sharedForMs: number | null,
    claims?: string,
  ): Promise<IssuedToken> => {
    Object.assign(network, { last: null, failure: null });
    const result = await application.acquireTokenByClientCredential({
      scopes: [`${hosts.graphUrl}/.default`],
      skipCache: sharedForMs === null,
      ...(claims === undefined ? {} : { claims }),
    });
    return issuedOf(result?.accessToken, network, sharedForMs);
  };

  const issueAs = async (client: TenantClient, terms: TokenTerms): Promise<IssuedToken> => {
    const { claims, rejected, isNew = false } = terms;
    const isAsked = isNew || claims !== undefined;
    const sharedForMs = isAsked ? null : ((await client.cache?.read()) ?? null);
    const found = await ask(client, sharedForMs, claims);
    return sharedForMs !== null && found.value === rejected ? await ask(client, null) : found;
  };

  return {
    issue: async (tenantId, terms = {}) => {
      if (!tenantPattern.test(tenantId))
        throw new ProviderError(`"${tenantId}" is not a tenant id`, {
          code: "invalidRequest",
          retryable: false,
        });
      const what = `token for tenant ${tenantId}`;
      const client = clientOf(tenantId, await credentialNow(what, options.credential));
      try {
        const work = (): Promise<IssuedToken> => issueAs(client, terms);
        return await (shared ? shared.tokens.exclusively({ clientId, tenantId }, work) : work());
      } catch (error) {
        clients.delete(tenantId);
        throw msalErrorOf(what, client.network, clock, error);
      }
    },
  };
};
