import type { FastifyInstance, FastifyRequest } from "fastify";
import { z } from "zod";
import { checked, WebexFault } from "./answers.ts";
import type { Grants } from "./grants.ts";
import type { People } from "./organization.ts";
import type { SignIn } from "./sign-in.ts";
import type { SimulatedToken } from "./token.ts";

/** Addresses of sign-in, which need no access token. */
export const signInPaths: ReadonlySet<string> = new Set([
  "/v1/.well-known/openid-configuration",
  "/v1/authorize",
  "/v1/verification",
]);

const Asked = z.object({
  client_id: z.string(),
  response_type: z.literal("code"),
  redirect_uri: z.string(),
  scope: z.string(),
  state: z.string(),
  nonce: z.string().optional(),
  code_challenge: z.string().optional(),
  code_challenge_method: z.literal("S256").optional(),
  simulated_user: z.string().optional(),
  simulated_answer: z.enum(["accept", "decline"]).optional(),
});

const addAuthorize = (
  app: FastifyInstance,
  { signIn, grants, people }: { readonly signIn: SignIn; readonly grants: Grants; readonly people: People },
): void => {
  app.get("/v1/authorize", (request, reply) => {
    const asked = checked(Asked, request.query);
    const { clientId, clientSecret } = signIn.integration(asked.client_id, asked.redirect_uri);
    const scopes = asked.scope.split(" ");
    const person = asked.simulated_user === undefined ? undefined : people.byAnyEmail(asked.simulated_user);
    if (person === undefined) {
      const address = new URL(request.url, `https://${request.host}`);
      return reply.type("text/html; charset=utf-8").send(signIn.choicePage(address, scopes));
    }
    const back = new URL(asked.redirect_uri);
    back.searchParams.set("state", asked.state);
    if (asked.simulated_answer !== "accept") {
      back.searchParams.set("error", "access_denied");
      return reply.redirect(back.href, 302);
    }
    const code = grants.consent({
      clientId,
      clientSecret,
      redirectUri: asked.redirect_uri,
      orgId: person.orgId,
      defaultSite: person.sites[0] ?? "",
      person: person.email,
      scopes,
      signIn: { scopes, nonce: asked.nonce ?? null, challenge: asked.code_challenge ?? null },
    });
    back.searchParams.set("code", code);
    return reply.redirect(back.href, 302);
  });
};

/** `/v1/authorize`, its description and keys, and `/v1/userinfo` of a token that signed somebody in. */
export const addSignIn = (
  app: FastifyInstance,
  ports: {
    readonly signIn: SignIn;
    readonly grants: Grants;
    readonly people: People;
    readonly origin: () => string;
    readonly tokenOf: (request: FastifyRequest) => SimulatedToken;
  },
): void => {
  const { signIn, people, origin, tokenOf } = ports;
  app.get("/v1/.well-known/openid-configuration", () => ({
    // The real one names one cluster for all, which is not that of every token.
    issuer: `${origin()}/idb-of-another-cluster`,
    authorization_endpoint: `${origin()}/v1/authorize`,
    token_endpoint: `${origin()}/v1/access_token`,
    userinfo_endpoint: `${origin()}/v1/userinfo`,
    jwks_uri: `${origin()}/v1/verification`,
    response_types_supported: ["code"],
    subject_types_supported: ["public"],
    id_token_signing_alg_values_supported: ["RS256"],
    token_endpoint_auth_methods_supported: ["client_secret_post"],
    code_challenge_methods_supported: ["S256"],
    scopes_supported: ["openid", "email", "profile"],
  }));
  app.get("/v1/verification", () => signIn.publicKeys());
  app.get("/v1/userinfo", (request) => {
    const { person: address, scopes = [] } = tokenOf(request);
    const person = address === undefined ? undefined : people.byAnyEmail(address);
    if (person === undefined || !scopes.includes("openid"))
      throw new WebexFault(403, "The token was not given by signing in.");
    return signIn.claims(person, scopes);
  });
  addAuthorize(app, ports);
};
