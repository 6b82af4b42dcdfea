import type { CryptoKey, JWK } from "jose";
import { exportJWK, generateKeyPair, SignJWT } from "jose";
import type { SimulatorClock } from "../clock.ts";
import type { Dice } from "../dice.ts";
import { GraphFault } from "../http/graph-fault.ts";
import type { Tenants } from "./tenants.ts";

/** Who a request comes from. */
export interface Caller {
  readonly clientId: string;
  readonly tenantId: string;
  /** Application permissions, or what a person has delegated. */
  readonly roles: ReadonlySet<string>;
  /** The person on whose behalf it is; null for the application itself. */
  readonly userId: string | null;
}

/** For whom and for what a delegated token is. */
export interface Delegation {
  readonly tenantId: string;
  readonly clientId: string;
  readonly userId: string;
  /** Names of permissions of Microsoft Graph. */
  readonly scopes: readonly string[];
}

interface Issued {
  readonly caller: Caller;
  readonly epoch: number;
  readonly expiresAt: number;
}

/** Lifetime of an application token, seconds. */
export const tokenLifetimeSeconds = 3_599;

const refused = (message: string): GraphFault =>
  new GraphFault(401, "InvalidAuthenticationToken", message, {
    headers: {
      "www-authenticate":
        'Bearer realm="", authorization_uri="https://login.microsoftonline.com/common/oauth2/authorize", ' +
        'client_id="00000003-0000-0000-c000-000000000000"',
    },
  });

interface TokenPorts {
  readonly clock: SimulatorClock;
  readonly dice: Dice;
  readonly tenants: Tenants;
  /** Microsoft Graph of the cloud that is simulated. */
  readonly audience: string;
}

/** Issues access tokens and recognises them; their lifetime is measured on the simulator's clock. */
export class AccessTokens {
  readonly #clock: SimulatorClock;
  readonly #dice: Dice;
  readonly #tenants: Tenants;
  readonly #key: CryptoKey;
  /** The public key that the tokens are signed with. */
  readonly publicJwk: JWK;
  readonly #issued = new Map<string, Issued>();
  readonly #audience: string;
  #count = 0;

  private constructor(ports: TokenPorts, key: CryptoKey, publicJwk: JWK) {
    this.#clock = ports.clock;
    this.#dice = ports.dice;
    this.#tenants = ports.tenants;
    this.#audience = ports.audience;
    this.#key = key;
    this.publicJwk = publicJwk;
  }

  /** Makes the signing key. */
  static async create(ports: TokenPorts): Promise<AccessTokens> {
    const { privateKey, publicKey } = await generateKeyPair("ES256");
    const jwk = { ...(await exportJWK(publicKey)), kid: "simulator", use: "sig", alg: "ES256" };
    return new AccessTokens(ports, privateKey, jwk);
  }

  /** A token for an application in a tenant. Throws AADSTS700016 or 65001 without consent. */
  async issue(tenantId: string, clientId: string): Promise<string> {
    const { roles, epoch } = this.#tenants.consent(tenantId, clientId);
    const principal = this.#dice.guid("service principal", tenantId, clientId);
    const claims = { oid: principal, sub: principal, idtyp: "app", roles };
    const token = await this.#signed({ ...claims, appid: clientId, tid: tenantId });
    this.#remember(token, { clientId, tenantId, roles: new Set(roles), userId: null }, epoch);
    return token;
  }

  /** A token on behalf of a person. */
  async issueDelegated({ tenantId, clientId, userId, scopes }: Delegation): Promise<string> {
    const claims = { oid: userId, sub: userId, idtyp: "user", scp: scopes.join(" ") };
    const token = await this.#signed({ ...claims, appid: clientId, tid: tenantId });
    const caller = { clientId, tenantId, roles: new Set(scopes), userId };
    this.#remember(token, caller, this.#tenants.epoch(tenantId, clientId));
    return token;
  }

  /** What tells the application who has signed in (OpenID Connect). */
  async idToken(claims: Readonly<Record<string, unknown>>): Promise<string> {
    const now = Math.floor(this.#clock.now() / 1_000);
    return await new SignJWT({ ...claims, iat: now, nbf: now, exp: now + 3_600, ver: "2.0" })
      .setProtectedHeader({ alg: "ES256", kid: "simulator", typ: "JWT" })
      .sign(this.#key);
  }

  async #signed(claims: Readonly<Record<string, unknown>> & { readonly tid: string }): Promise<string> {
    const now = Math.floor(this.#clock.now() / 1_000);
    return await new SignJWT({
      aud: this.#audience,
      iss: `https://sts.windows.net/${claims.tid}/`,
      iat: now,
      nbf: now,
      exp: now + tokenLifetimeSeconds,
      uti: this.#dice.guid("token", ++this.#count),
      ver: "1.0",
      ...claims,
    })
      .setProtectedHeader({ alg: "ES256", kid: "simulator", typ: "JWT" })
      .sign(this.#key);
  }

  #remember(token: string, caller: Caller, epoch: number): void {
    this.#forgetExpired();
    const now = Math.floor(this.#clock.now() / 1_000);
    this.#issued.set(token, { caller, epoch, expiresAt: (now + tokenLifetimeSeconds) * 1_000 });
  }

  /** Who an Authorization header speaks for. Throws 401 InvalidAuthenticationToken. */
  caller(authorization: string | undefined): Caller {
    const [, token] = /^Bearer (.+)$/i.exec(authorization ?? "") ?? [];
    if (token === undefined) throw refused("Access token is empty.");
    const issued = this.#issued.get(token);
    if (!issued) throw refused("Access token validation failure. Invalid signature.");
    if (issued.expiresAt <= this.#clock.now())
      throw refused("Lifetime validation failed, the token is expired.");
    const { tenantId, clientId, userId } = issued.caller;
    const isCurrent =
      userId === null
        ? this.#tenants.isCurrent(tenantId, clientId, issued.epoch)
        : this.#tenants.epoch(tenantId, clientId) === issued.epoch;
    if (!isCurrent)
      throw refused("Continuous access evaluation: the consent behind the token was withdrawn.");
    return issued.caller;
  }

  /** Tokens are issued in order of expiry, so the expired ones stand first. */
  #forgetExpired(): void {
    const now = this.#clock.now();
    for (const [token, { expiresAt }] of this.#issued) {
      if (expiresAt > now) return;
      this.#issued.delete(token);
    }
  }
}
