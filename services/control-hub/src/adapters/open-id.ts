import { type Clock, minutes, seconds } from "@hybrid/kernel";
import * as client from "openid-client";
import type { Claims } from "../domain/guest-of-claims.ts";

/** How a provider of OpenID Connect is asked. */
export interface OpenIdOptions {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** The claim that says what somebody may. */
  readonly roleClaim: string;
  /** The claim that names organisations. */
  readonly organisationClaim: string;
  /** Where the provider describes itself; below its issuer when left out or null. */
  readonly discoveryUrl?: string | null;
  readonly scopes: readonly string[];
  readonly clock: Clock;
  /** How the provider is reached, `fetch` when left out. */
  readonly fetch?: client.CustomFetch;
}

/** What a browser must bring back from the provider. */
export interface Visit {
  readonly state: string;
  readonly nonce: string;
  readonly verifier: string;
}

/** The provider cannot be used now; the message says why. */
export class ProviderAway extends Error {
  override readonly name = "ProviderAway";
}

/** The provider, or who claims to come from it, said what cannot be believed. */
export class SignInRefused extends Error {
  override readonly name = "SignInRefused";
}

/** How long what the provider says of itself is believed. */
const configurationMs = minutes(5);

/** By how much its clock and ours may differ. */
const toleranceMs = seconds(60);

const textsIn = (value: unknown): readonly string[] =>
  (Array.isArray(value) ? value : [value]).filter((each) => typeof each === "string");

const textIn = (value: unknown): string | null => (typeof value === "string" && value !== "" ? value : null);

/** Entra names claims that are too long for a token here (OpenID Connect Core, section 5.6.2). */
const namesElsewhere = (claims: Readonly<Record<string, unknown>>): readonly string[] =>
  Object.keys((claims["_claim_names"] as object | undefined) ?? {});

const claimsOf = (
  claims: client.IDToken,
  { roleClaim, organisationClaim }: Pick<OpenIdOptions, "roleClaim" | "organisationClaim">,
): Claims => ({
  subject: claims.sub,
  name:
    textIn(claims["preferred_username"]) ?? textIn(claims["email"]) ?? textIn(claims["name"]) ?? claims.sub,
  tenantId: textIn(claims["tid"]),
  objectId: textIn(claims["oid"]),
  roleValues: textsIn(claims[roleClaim]),
  organisationValues: textsIn(claims[organisationClaim]),
  isCut: namesElsewhere(claims).includes(roleClaim),
});

/** What the provider itself said, or what is wrong with what came back; never what was sent. */
const refusalOf = (error: unknown): SignInRefused => {
  const said = error instanceof client.AuthorizationResponseError ? error.error : undefined;
  const message = said ?? (error instanceof Error ? error.message : String(error));
  return new SignInRefused(message, { cause: error });
};

const isUnreachable = (error: unknown): boolean =>
  error instanceof TypeError || (error as { readonly code?: unknown } | null)?.code === "OAUTH_TIMEOUT";

/** A provider of OpenID Connect: authorization code with PKCE, state and nonce. */
export class OpenId {
  readonly #options: OpenIdOptions;
  #known: { readonly configuration: client.Configuration; readonly until: number } | undefined;

  constructor(options: OpenIdOptions) {
    this.#options = options;
  }

  /** A visit, and where the browser goes for it. Rejects with ProviderAway. */
  async begin(redirectUri: string): Promise<{ readonly visit: Visit; readonly url: URL }> {
    const configuration = await this.#configuration();
    const visit = {
      state: client.randomState(),
      nonce: client.randomNonce(),
      verifier: client.randomPKCECodeVerifier(),
    };
    const url = client.buildAuthorizationUrl(configuration, {
      redirect_uri: redirectUri,
      scope: this.#options.scopes.join(" "),
      code_challenge: await client.calculatePKCECodeChallenge(visit.verifier),
      code_challenge_method: "S256",
      state: visit.state,
      nonce: visit.nonce,
    });
    return { visit, url };
  }

  /**
   * Who came back: `address` is the whole address to which the provider sent the browser. Signature, issuer,
   * audience, times, nonce, state and the code's verifier are checked. Rejects with SignInRefused or
   * ProviderAway.
   */
  async finish(address: URL, { state, nonce, verifier }: Visit): Promise<Claims> {
    const configuration = await this.#configuration();
    try {
      const answer = await client.authorizationCodeGrant(configuration, address, {
        expectedState: state,
        expectedNonce: nonce,
        pkceCodeVerifier: verifier,
        idTokenExpected: true,
      });
      const claims = answer.claims();
      if (claims === undefined) throw new SignInRefused("the provider gave no ID token");
      return claimsOf(claims, this.#options);
    } catch (error) {
      if (isUnreachable(error)) throw new ProviderAway("the provider does not answer", { cause: error });
      throw error instanceof SignInRefused ? error : refusalOf(error);
    }
  }

  /** The provider as it describes itself, but for the issuer that its tokens must name: ours is the one. */
  #asIssuer(
    described: client.ServerMetadata,
    metadata: Partial<client.ClientMetadata>,
    auth: client.ClientAuth,
  ): client.Configuration {
    const { issuer, clientId, fetch } = this.#options;
    const configuration = new client.Configuration({ ...described, issuer }, clientId, metadata, auth);
    client.enableNonRepudiationChecks(configuration);
    if (fetch !== undefined) configuration[client.customFetch] = fetch;
    if (new URL(described.token_endpoint ?? issuer).protocol === "http:")
      client.allowInsecureRequests(configuration);
    return configuration;
  }

  async #configuration(): Promise<client.Configuration> {
    const { issuer, clientId, clientSecret, clock, fetch, discoveryUrl } = this.#options;
    const now = clock.now();
    if (this.#known !== undefined && this.#known.until > now) return this.#known.configuration;
    const metadata = {
      client_secret: clientSecret,
      [client.clockSkew]: Math.round((now - Date.now()) / 1_000),
      [client.clockTolerance]: toleranceMs / 1_000,
    };
    const described = new URL(discoveryUrl ?? issuer);
    const reached = {
      ...(fetch === undefined ? {} : { [client.customFetch]: fetch }),
      // Without it a token that came by TLS would be believed unsigned (OpenID Connect Core, 3.1.3.7).
      execute: [
        client.enableNonRepudiationChecks,
        // An address of http is for simulators on this machine alone (config.ts).
        ...(described.protocol === "http:" ? [client.allowInsecureRequests] : []),
      ],
    };
    try {
      const auth = client.ClientSecretPost(clientSecret);
      const found = await client.discovery(described, clientId, metadata, auth, reached);
      const configuration =
        discoveryUrl === undefined || discoveryUrl === null
          ? found
          : this.#asIssuer(found.serverMetadata(), metadata, auth);
      this.#known = { configuration, until: now + configurationMs };
      return configuration;
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      throw new ProviderAway(`the provider ${issuer} cannot be asked: ${why}`, { cause: error });
    }
  }
}
