import type { FastifyInstance, FastifyRequest } from "fastify";
import { z } from "zod";
import { checked, WebexFault } from "./answers.ts";
import { checkVerifier, type SignIn, type SignInGrant } from "./sign-in.ts";
import type { SimulatedToken } from "./token.ts";
import { uuidFor, uuidOfId } from "./webex-id.ts";

/** What an integration or a service app was authorised for: it gets access tokens by its refresh token. */
export interface SimulatedGrant extends Omit<SimulatedToken, "token" | "expiresAt"> {
  readonly clientId: string;
  readonly clientSecret: string;
  readonly refreshToken: string;
  /** Whether every refresh gives another refresh token and ends the old one; false when left out. */
  readonly rotates?: boolean;
}

/** What a person agrees to in their browser. */
export interface SimulatedConsent extends Omit<SimulatedGrant, "refreshToken"> {
  readonly redirectUri: string;
  /** Where the person also signs in; the code then gives an ID token. */
  readonly signIn?: SignInGrant;
}

/** A service app that an administrator of the organisation has authorised. */
export interface SimulatedServiceApp extends Omit<SimulatedGrant, "refreshToken" | "person"> {
  readonly applicationId: string;
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
const codeMs = 10 * 60_000;

/** Where access tokens come from. */
export const accessTokenPath = "/v1/access_token";

const client = { client_id: z.string(), client_secret: z.string() };
const Form = z.discriminatedUnion("grant_type", [
  z.strictObject({ grant_type: z.literal("refresh_token"), ...client, refresh_token: z.string() }),
  z.strictObject({
    grant_type: z.literal("authorization_code"),
    ...client,
    code: z.string(),
    redirect_uri: z.string(),
    code_verifier: z.string().optional(),
  }),
]);

const ServiceAppBody = z.strictObject({
  clientId: z.string(),
  clientSecret: z.string(),
  targetOrgId: z.string(),
});

const requireSecret = (grant: { readonly clientSecret: string }, given: string): void => {
  if (grant.clientSecret !== given) throw new WebexFault(401, "The client secret is invalid.");
};

/** The grants, and the tokens made of them. */
export class Grants {
  readonly #byRefreshToken = new Map<string, Granted>();
  readonly #byCode = new Map<string, { readonly consent: SimulatedConsent; readonly endsAt: number }>();
  readonly #serviceApps: SimulatedServiceApp[] = [];
  readonly #clock: { now(): number };
  readonly #seed: number;
  readonly #issue: (token: SimulatedToken) => void;
  #made = 0;

  constructor(clock: { now(): number }, seed: number, issue: (token: SimulatedToken) => void) {
    this.#clock = clock;
    this.#seed = seed;
    this.#issue = issue;
  }

  /** From now on the refresh token is good for ninety days. */
  add(grant: SimulatedGrant): void {
    this.#add(grant);
  }

  /** Ends the grant, as an administrator does who takes the authorisation back. */
  revoke(refreshToken: string): void {
    this.#byRefreshToken.delete(refreshToken);
  }

  /** A code for what a person has agreed to; it works once, within ten minutes. */
  consent(consent: SimulatedConsent): string {
    const code = this.#text(`code ${consent.clientId}`);
    this.#byCode.set(code, { consent, endsAt: this.#clock.now() + codeMs });
    return code;
  }

  /** From now on tokens of the service app can be made. */
  addServiceApp(app: SimulatedServiceApp): void {
    this.#serviceApps.push(app);
  }

  /** Makes tokens; 401 for another secret, 400 for a refresh token or a code that is not good. */
  async exchange(form: z.infer<typeof Form>, signIn: SignIn): Promise<Record<string, unknown>> {
    return form.grant_type === "refresh_token" ? this.#refresh(form) : this.#redeem(form, signIn);
  }

  /** Makes tokens of a service app in one organisation; 404 when it is not authorised there. */
  serviceAppTokens(applicationId: string, body: z.infer<typeof ServiceAppBody>): Record<string, unknown> {
    const orgId = uuidOfId("ORGANIZATION", body.targetOrgId);
    const app = this.#serviceApps.find(
      (each) =>
        each.applicationId === applicationId &&
        each.clientId === body.clientId &&
        [orgId, body.targetOrgId].includes(each.orgId),
    );
    if (!app) throw new WebexFault(404, "The service app is not authorized in the organization.");
    requireSecret(app, body.clientSecret);
    const { applicationId: _applicationId, ...grant } = app;
    return this.#answer(this.#add({ ...grant, refreshToken: this.#text(`service app ${applicationId}`) }));
  }

  #text(what: string): string {
    return uuidFor(`seed ${this.#seed} ${what} ${this.#made++}`);
  }

  #add(grant: SimulatedGrant): Granted {
    const { refreshToken } = grant;
    const endsAt = this.#clock.now() + refreshSeconds * 1_000;
    const granted: Granted = { grant, refreshToken, endsAt, refreshes: 0 };
    this.#byRefreshToken.set(refreshToken, granted);
    return granted;
  }

  #refresh(form: z.infer<typeof Form> & { grant_type: "refresh_token" }): Record<string, unknown> {
    const granted = this.#byRefreshToken.get(form.refresh_token);
    if (!granted || granted.endsAt <= this.#clock.now() || granted.grant.clientId !== form.client_id)
      throw new WebexFault(400, "The refresh token provided is expired, revoked or malformed.");
    requireSecret(granted.grant, form.client_secret);
    if (granted.grant.rotates) {
      this.#byRefreshToken.delete(granted.refreshToken);
      granted.refreshToken = this.#text(`refresh ${granted.grant.clientId}`);
      this.#byRefreshToken.set(granted.refreshToken, granted);
    }
    return this.#answer(granted);
  }

  async #redeem(
    form: z.infer<typeof Form> & { grant_type: "authorization_code" },
    signIn: SignIn,
  ): Promise<Record<string, unknown>> {
    const found = this.#byCode.get(form.code);
    const isGood =
      found !== undefined &&
      found.endsAt > this.#clock.now() &&
      found.consent.clientId === form.client_id &&
      found.consent.redirectUri === form.redirect_uri;
    if (!isGood) throw new WebexFault(400, "The code provided is expired, used or of another integration.");
    requireSecret(found.consent, form.client_secret);
    const { redirectUri: _redirectUri, signIn: signedIn, ...grant } = found.consent;
    if (signedIn !== undefined) checkVerifier(signedIn, form.code_verifier);
    this.#byCode.delete(form.code);
    const tokens = this.#answer(
      this.#add({ ...grant, refreshToken: this.#text(`refresh ${grant.clientId}`) }),
    );
    const { clientId, person } = grant;
    const idToken =
      signedIn === undefined || person === undefined
        ? undefined
        : await signIn.idToken(clientId, person, signedIn);
    return idToken === undefined ? tokens : { ...tokens, id_token: idToken };
  }

  /** A new access token, and ninety days from now on for the refresh token. */
  #answer(granted: Granted): Record<string, unknown> {
    const now = this.#clock.now();
    granted.refreshes++;
    granted.endsAt = now + refreshSeconds * 1_000;
    const { clientId, clientSecret: _secret, refreshToken, rotates: _rotates, ...token } = granted.grant;
    const accessToken = uuidFor(`access seed ${this.#seed} ${clientId} ${refreshToken} ${granted.refreshes}`);
    this.#issue({ ...token, token: accessToken, expiresAt: now + accessSeconds * 1_000 });
    return {
      access_token: accessToken,
      expires_in: accessSeconds,
      refresh_token: granted.refreshToken,
      refresh_token_expires_in: refreshSeconds,
      token_type: "Bearer",
    };
  }
}

/**
 * POST /v1/access_token with a form, which needs no access token, and
 * POST /v1/applications/:applicationId/token with a token of the scope `spark:applications_token`.
 */
export const addTokenEndpoints = (
  app: FastifyInstance,
  { grants, signIn }: { readonly grants: Grants; readonly signIn: SignIn },
  tokenOf: (request: FastifyRequest) => SimulatedToken,
): void => {
  app.addContentTypeParser(
    "application/x-www-form-urlencoded",
    { parseAs: "string" },
    (_request, body, done) => done(null, Object.fromEntries(new URLSearchParams(String(body)))),
  );
  app.post(accessTokenPath, async (request) => grants.exchange(checked(Form, request.body), signIn));
  app.post<{ Params: { applicationId: string } }>(
    "/v1/applications/:applicationId/token",
    (request, reply) => {
      if (!tokenOf(request).scopes?.includes("spark:applications_token"))
        throw new WebexFault(403, "The scope spark:applications_token is needed.");
      const body = checked(ServiceAppBody, request.body);
      return reply.send(grants.serviceAppTokens(request.params.applicationId, body));
    },
  );
};
