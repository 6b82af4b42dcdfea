import { ConfidentialClientApplication, type INetworkModule, type NetworkResponse } from "@azure/msal-node";
import { type Clock, hours, ProviderError, unreachable } from "@hybrid/kernel";
import { LRUCache } from "lru-cache";
import type { CloudHosts } from "../clouds.ts";
import { type TokenAnswer, tokenErrorOf, tokenFaultOf } from "../errors/token-fault.ts";
import type { Http } from "../http/http.ts";
import type { GraphCredential } from "../options.ts";

/** A token as it was issued. */
export interface IssuedToken {
  readonly value: string;
  /** How long it is valid, counted from when it was asked for. */
  readonly lifetimeMs: number;
}

/** Gets new tokens for an application in a tenant. */
export interface TokenSource {
  /**
   * Always asks the token endpoint. `claims`: what a 401 challenge demanded. Throws ProviderError:
   * consentRevoked, credentialsRejected, throttled, unavailable, or invalidRequest when there is no such
   * tenant.
   */
  issue(tenantId: string, claims?: string): Promise<IssuedToken>;
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
      const body = parsed(answer.text);
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
}

/** JSON, or an empty object for the HTML pages of gateways: the status then says enough. */
const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
};

const lifetimeMsOf = (answer: TokenAnswer | null): number | null => {
  const lifetime = Number((answer?.body as { readonly expires_in?: unknown } | undefined)?.expires_in);
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

/**
 * msal-node with the application's credential, one client per tenant in a bounded map. Its own cache is never
 * asked, because it lives by the real clock and is not bounded; and after a failure the tenant's client is
 * thrown away, because msal would answer from a real-time throttling cache of its own for the next minute.
 */
export const createMsalTokenSource = (options: MsalOptions): TokenSource => {
  const { hosts, clientId, http, clock } = options;
  const clients = new LRUCache<string, TenantClient>({ max: options.tenantsMax });

  const clientOf = (tenantId: string, credential: GraphCredential): TenantClient => {
    const proof = JSON.stringify(credential);
    const known = clients.get(tenantId);
    // One with another credential was made before a rotation.
    if (known?.proof === proof) return known;
    const network = new RecordingNetwork(http);
    const application = new ConfidentialClientApplication({
      auth: {
        clientId,
        authority: `${hosts.loginUrl}/${tenantId}`,
        knownAuthorities: [new URL(hosts.loginUrl).host],
        ...authOf(credential),
      },
      system: { networkClient: network },
    });
    const made = { proof, application, network };
    clients.set(tenantId, made);
    return made;
  };

  return {
    issue: async (tenantId, claims) => {
      if (!tenantPattern.test(tenantId))
        throw new ProviderError(`"${tenantId}" is not a tenant id`, {
          code: "invalidRequest",
          retryable: false,
        });
      const { application, network } = clientOf(
        tenantId,
        await credentialNow(`token for tenant ${tenantId}`, options.credential),
      );
      try {
        const result = await application.acquireTokenByClientCredential({
          scopes: [`${hosts.graphUrl}/.default`],
          skipCache: true,
          ...(claims === undefined ? {} : { claims }),
        });
        const lifetimeMs = lifetimeMsOf(network.last);
        if (!result || result.accessToken === "" || lifetimeMs === null)
          throw new TypeError("the answer holds no access_token with expires_in");
        return { value: result.accessToken, lifetimeMs };
      } catch (error) {
        clients.delete(tenantId);
        throw msalErrorOf(`token for tenant ${tenantId}`, network, clock, error);
      }
    },
  };
};
