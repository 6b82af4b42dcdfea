import type { FastifyInstance } from "fastify";
import { z } from "zod";
import { checked, WebexFault } from "./answers.ts";
import type { SimulatedToken } from "./token.ts";
import { uuidFor } from "./webex-id.ts";

/** What an integration or a service app was authorised for: it gets access tokens by its refresh token. */
export interface SimulatedGrant extends Omit<SimulatedToken, "token" | "expiresAt"> {
  readonly clientId: string;
  readonly clientSecret: string;
  readonly refreshToken: string;
  /** Whether every refresh gives another refresh token and ends the old one; false when left out. */
  readonly rotates?: boolean;
}

interface Granted {
  readonly grant: SimulatedGrant;
  refreshToken: string;
  endsAt: number;
  refreshes: number;
}

/** Fourteen days less a second, as the service says it. */
const accessSeconds = 1_209_599;
/** Ninety days, which begin afresh with every refresh. */
const refreshSeconds = 7_776_000;

/** Where access tokens come from. */
export const accessTokenPath = "/v1/access_token";

const RefreshForm = z.strictObject({
  grant_type: z.literal("refresh_token"),
  client_id: z.string(),
  client_secret: z.string(),
  refresh_token: z.string(),
});

/** The grants, and the tokens made of them. */
export class Grants {
  readonly #byRefreshToken = new Map<string, Granted>();
  readonly #clock: { now(): number };
  readonly #seed: number;
  readonly #issue: (token: SimulatedToken) => void;

  constructor(clock: { now(): number }, seed: number, issue: (token: SimulatedToken) => void) {
    this.#clock = clock;
    this.#seed = seed;
    this.#issue = issue;
  }

  /** From now on the refresh token is good for ninety days. */
  add(grant: SimulatedGrant): void {
    const { refreshToken } = grant;
    const endsAt = this.#clock.now() + refreshSeconds * 1_000;
    this.#byRefreshToken.set(refreshToken, { grant, refreshToken, endsAt, refreshes: 0 });
  }

  /** Ends the grant, as an administrator does who takes the authorisation back. */
  revoke(refreshToken: string): void {
    this.#byRefreshToken.delete(refreshToken);
  }

  /** Makes an access token; 401 for another secret, 400 for a refresh token that is not good. */
  refresh(form: z.infer<typeof RefreshForm>): Record<string, unknown> {
    const granted = this.#byRefreshToken.get(form.refresh_token);
    const now = this.#clock.now();
    if (!granted || granted.endsAt <= now || granted.grant.clientId !== form.client_id)
      throw new WebexFault(400, "The refresh token provided is expired, revoked or malformed.");
    if (granted.grant.clientSecret !== form.client_secret)
      throw new WebexFault(401, "The client secret is invalid.");
    granted.refreshes++;
    granted.endsAt = now + refreshSeconds * 1_000;
    const { clientId, clientSecret: _secret, refreshToken, rotates, ...token } = granted.grant;
    const name = `seed ${this.#seed} ${clientId} ${refreshToken} ${granted.refreshes}`;
    const accessToken = uuidFor(`access ${name}`);
    this.#issue({ ...token, token: accessToken, expiresAt: now + accessSeconds * 1_000 });
    if (rotates) {
      this.#byRefreshToken.delete(granted.refreshToken);
      granted.refreshToken = uuidFor(`refresh ${name}`);
      this.#byRefreshToken.set(granted.refreshToken, granted);
    }
    return {
      access_token: accessToken,
      expires_in: accessSeconds,
      refresh_token: granted.refreshToken,
      refresh_token_expires_in: refreshSeconds,
      token_type: "Bearer",
    };
  }
}

/** POST /v1/access_token with a form; the only address that needs no access token. */
export const addTokenEndpoint = (app: FastifyInstance, grants: Grants): void => {
  app.addContentTypeParser(
    "application/x-www-form-urlencoded",
    { parseAs: "string" },
    (_request, body, done) => done(null, Object.fromEntries(new URLSearchParams(String(body)))),
  );
  app.post(accessTokenPath, (request, reply) =>
    reply.send(grants.refresh(checked(RefreshForm, request.body))),
  );
};
