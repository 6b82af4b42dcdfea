import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { z } from "zod";
import type { SimulatorClock } from "../clock.ts";
import type { Dice } from "../dice.ts";
import { originOf } from "../http/origin.ts";
import { type AccessTokens, tokenLifetimeSeconds } from "./access-tokens.ts";
import { checkClientAssertion } from "./client-assertion.ts";
import { EntraFault, entraFault } from "./entra-fault.ts";
import type { Tenants } from "./tenants.ts";

/** What the Entra side of the simulator needs. */
export interface EntraPorts {
  readonly clock: SimulatorClock;
  readonly wallClock: () => number;
  readonly dice: Dice;
  readonly tenants: Tenants;
  readonly tokens: AccessTokens;
  readonly baseUrl: () => string;
  /** Who is signed in on the admin consent page. */
  readonly administrator: () => { readonly tenantId: string; readonly accepts: boolean } | null;
}

const assertionType = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

const tokenRequestSchema = z.object({
  client_id: z.string(),
  grant_type: z.string(),
  scope: z.string(),
  client_assertion: z.string().optional(),
  client_assertion_type: z.string().optional(),
  client_secret: z.string().optional(),
});

type TokenRequest = z.infer<typeof tokenRequestSchema>;

const readTokenRequest = (body: unknown): TokenRequest => {
  const read = tokenRequestSchema.safeParse(body);
  if (read.success) return read.data;
  const name = read.error.issues[0]?.path.join(".");
  throw entraFault("parameterMissing", `The request body must contain the following parameter: '${name}'.`);
};

/** Where a request is for: the address that its sender used, and the tenant in it. */
interface Place {
  readonly origin: string;
  readonly tenant: string;
}

const authenticate = async (
  ports: EntraPorts,
  { origin, tenant }: Place,
  given: TokenRequest,
): Promise<void> => {
  if (given.client_assertion !== undefined) {
    if (given.client_assertion_type !== assertionType)
      throw entraFault("credentialMissing", `client_assertion_type must be '${assertionType}'.`);
    await checkClientAssertion(given.client_assertion, {
      clientId: given.client_id,
      certificates: ports.tenants.app(given.client_id)?.certificates ?? [],
      audiences: [origin, ports.baseUrl()].map((host) => `${host}/${tenant}/oauth2/v2.0/token`),
      wallNow: ports.wallClock(),
    });
    return;
  }
  if (given.client_secret === undefined)
    throw entraFault("credentialMissing", "The request must contain 'client_assertion' or 'client_secret'.");
  ports.tenants.checkSecret(given.client_id, given.client_secret);
};

const checkScope = (ports: EntraPorts, origin: string, scope: string): void => {
  const resources = ["https://graph.microsoft.com", ports.baseUrl(), origin];
  const accepted = resources.flatMap((resource) => [`${resource}/.default`, `${resource}//.default`]);
  // msal adds nothing for client credentials, but the OpenID scopes are harmless.
  const asked = scope.split(" ").filter((name) => !["openid", "profile", "offline_access"].includes(name));
  if (asked.length !== 1 || !accepted.includes(asked[0] ?? ""))
    throw entraFault("scopeInvalid", `The scope '${scope}' is not valid: it must be <resource>/.default.`);
};

/** Client id and secret may come in an Authorization header too (RFC 6749, section 2.3.1). */
const withBasicCredentials = (body: unknown, authorization: string | undefined): unknown => {
  const [, encoded] = /^Basic (\S+)$/i.exec(authorization ?? "") ?? [];
  if (encoded === undefined) return body;
  const pair = Buffer.from(encoded, "base64").toString();
  const at = pair.indexOf(":");
  const [id = "", secret = ""] = new URLSearchParams(
    `id=${pair.slice(0, at)}&s=${pair.slice(at + 1)}`,
  ).values();
  return { ...(body as object | undefined), client_id: id, client_secret: secret };
};

const token = async (ports: EntraPorts, place: Place, body: unknown): Promise<object> => {
  const tenantId = ports.tenants.resolve(place.tenant);
  const given = readTokenRequest(body);
  if (given.grant_type !== "client_credentials")
    throw entraFault("grantUnsupported", `The grant type '${given.grant_type}' is not simulated.`);
  if (!ports.tenants.app(given.client_id))
    throw entraFault("appNotInTenant", `Application '${given.client_id}' was not found in '${tenantId}'.`);
  checkScope(ports, place.origin, given.scope);
  await authenticate(ports, place, given);
  const accessToken = await ports.tokens.issue(tenantId, given.client_id);
  return {
    token_type: "Bearer",
    expires_in: tokenLifetimeSeconds,
    ext_expires_in: tokenLifetimeSeconds,
    access_token: accessToken,
  };
};

/** The body Entra answers an error with. */
export const entraErrorBody = (
  fault: EntraFault,
  ports: Pick<EntraPorts, "clock" | "dice">,
  requestId: string,
): object => {
  const traceId = ports.dice.guid("trace", requestId);
  const correlationId = ports.dice.guid("correlation", requestId);
  const timestamp = `${new Date(ports.clock.now()).toISOString().slice(0, 19).replace("T", " ")}Z`;
  return {
    error: fault.error,
    ...(fault.suberror === undefined ? {} : { suberror: fault.suberror }),
    error_description: [
      fault.message,
      `Trace ID: ${traceId}`,
      `Correlation ID: ${correlationId}`,
      `Timestamp: ${timestamp}`,
    ].join(" "),
    error_codes: [fault.code],
    timestamp,
    trace_id: traceId,
    correlation_id: correlationId,
  };
};

/**
 * OpenID metadata, for unknown tenants too: msal-node carries the metadata of the real clouds within
 * itself and learns of an unknown tenant at the token endpoint only; so it is here.
 */
const metadata = ({ origin: base, tenant }: Place): object => {
  const tenantId = ["common", "organizations"].includes(tenant) ? "{tenantid}" : tenant;
  return {
    issuer: `${base}/${tenantId}/v2.0`,
    authorization_endpoint: `${base}/${tenant}/oauth2/v2.0/authorize`,
    token_endpoint: `${base}/${tenant}/oauth2/v2.0/token`,
    jwks_uri: `${base}/common/discovery/v2.0/keys`,
    response_types_supported: ["code", "id_token", "code id_token", "id_token token"],
    response_modes_supported: ["query", "fragment", "form_post"],
    subject_types_supported: ["pairwise"],
    id_token_signing_alg_values_supported: ["ES256"],
    token_endpoint_auth_methods_supported: ["client_secret_post", "private_key_jwt", "client_secret_basic"],
    scopes_supported: ["openid", "profile", "email", "offline_access"],
    tenant_region_scope: null,
  };
};

interface Params {
  readonly tenant: string;
}

const consentQuerySchema = z.object({
  client_id: z.string(),
  redirect_uri: z.url({ protocol: /^https$/ }),
  state: z.string().optional(),
});

/** Where the admin consent page sends the browser; grants the consent when the administrator accepts. */
const adminConsent = (ports: EntraPorts, tenant: string, query: unknown): string => {
  const read = consentQuerySchema.safeParse(query);
  if (!read.success)
    throw entraFault(
      "parameterMissing",
      `'${read.error.issues[0]?.path.join(".")}' is missing or not valid.`,
    );
  const { client_id: clientId, redirect_uri: redirectUri, state } = read.data;
  const registration = ports.tenants.app(clientId)?.registration;
  if (!registration) throw entraFault("appNotInTenant", `Application '${clientId}' was not found.`);
  if (registration.redirectUris && !registration.redirectUris.includes(redirectUri))
    throw entraFault("redirectMismatch", `The redirect URI is not registered for '${clientId}'.`);
  const signedIn = ports.administrator();
  const named = ["common", "organizations"].includes(tenant)
    ? signedIn?.tenantId
    : ports.tenants.resolve(tenant);
  const target = new URL(redirectUri);
  if (state !== undefined) target.searchParams.set("state", state);
  if (named === undefined || (signedIn !== null && (!signedIn.accepts || signedIn.tenantId !== named))) {
    target.searchParams.set("error", "access_denied");
    target.searchParams.set("error_description", "AADSTS65004: The administrator declined to consent.");
    return target.href;
  }
  ports.tenants.grant(named, clientId);
  target.searchParams.set("tenant", named);
  target.searchParams.set("admin_consent", "True");
  return target.href;
};

/** Adds the routes of the Entra side. */
export const addEntraRoutes = (server: FastifyInstance, ports: EntraPorts): void => {
  const guarded =
    (answer: (request: FastifyRequest<{ Params: Params }>, reply: FastifyReply) => Promise<unknown>) =>
    async (request: FastifyRequest<{ Params: Params }>, reply: FastifyReply): Promise<unknown> => {
      try {
        return await answer(request, reply.header("cache-control", "no-store, no-cache"));
      } catch (thrown) {
        if (!(thrown instanceof EntraFault)) throw thrown;
        return reply.code(thrown.status).send(entraErrorBody(thrown, ports, request.id));
      }
    };
  server.get<{ Params: Params }>("/:tenant/v2.0/.well-known/openid-configuration", (request) =>
    metadata({ origin: originOf(request), tenant: request.params.tenant }),
  );
  server.get("/common/discovery/v2.0/keys", () => ({ keys: [ports.tokens.publicJwk] }));
  server.get("/common/discovery/instance", (request) => {
    const { host } = request;
    const { tenant = "common" } = request.query as { readonly tenant?: string };
    return {
      tenant_discovery_endpoint: `${originOf(request)}/${tenant}/v2.0/.well-known/openid-configuration`,
      "api-version": "1.1",
      metadata: [{ preferred_network: host, preferred_cache: host, aliases: [host] }],
    };
  });
  server.post(
    "/:tenant/oauth2/v2.0/token",
    guarded((request) => {
      const place = { origin: originOf(request), tenant: request.params.tenant };
      return token(ports, place, withBasicCredentials(request.body, request.headers.authorization));
    }),
  );
  server.get(
    "/:tenant/adminconsent",
    guarded(async ({ params, query }, reply) =>
      reply.redirect(adminConsent(ports, params.tenant, query), 302),
    ),
  );
};
