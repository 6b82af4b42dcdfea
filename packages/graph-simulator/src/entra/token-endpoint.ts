import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { z } from "zod";
import type { SimulatorClock } from "../clock.ts";
import { originOf } from "../http/origin.ts";
import { type AccessTokens, tokenLifetimeSeconds } from "./access-tokens.ts";
import { adminConsentPage } from "./admin-consent-page.ts";
import { authorizePage, type PageAnswer, type PagePorts, type PageRequest } from "./authorize-page.ts";
import { checkClientAssertion } from "./client-assertion.ts";
import { delegatedToken } from "./delegated-grants.ts";
import { EntraFault, entraFault } from "./entra-fault.ts";
import type { SimulatedCloud } from "./simulated-clouds.ts";

/** What the Entra side of the simulator needs. */
export interface EntraPorts extends PagePorts {
  readonly clock: SimulatorClock;
  readonly wallClock: () => number;
  readonly cloud: SimulatedCloud;
  readonly tokens: AccessTokens;
}

const assertionType = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

const tokenRequestSchema = z.object({
  client_id: z.string(),
  grant_type: z.string(),
  scope: z.string().optional(),
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

const checkScope = (ports: EntraPorts, origin: string, scope: string | undefined): void => {
  if (scope === undefined)
    throw entraFault("parameterMissing", "The request body must contain the following parameter: 'scope'.");
  const resources = [ports.graphUrl, ports.baseUrl(), origin];
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
  const given = readTokenRequest(body);
  if (given.grant_type === "authorization_code" || given.grant_type === "refresh_token") {
    await authenticate(ports, place, given);
    return await delegatedToken(ports, place, body, given.grant_type);
  }
  const tenantId = ports.tenants.resolve(place.tenant);
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
const metadata = ({ origin: base, tenant }: Place, cloud: SimulatedCloud): object => {
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
    cloud_instance_name: cloud.name,
    msgraph_host: new URL(cloud.graphUrl).host,
  };
};

interface Params {
  readonly tenant: string;
}

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
    metadata({ origin: originOf(request), tenant: request.params.tenant }, ports.cloud),
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
  const page = (url: string, show: (asked: PageRequest) => PageAnswer): void => {
    const answer = guarded(async (request, reply) => {
      const shown = show({
        tenant: request.params.tenant,
        query: request.query as Readonly<Record<string, unknown>>,
        address: new URL(request.url, originOf(request)),
        isBrowser: request.headers.accept?.includes("text/html") ?? false,
      });
      if ("redirect" in shown) return reply.redirect(shown.redirect, 302);
      return reply.header("content-type", "text/html; charset=utf-8").send(shown.html);
    });
    server.get<{ Params: Params }>(url, answer);
  };
  page("/:tenant/oauth2/v2.0/authorize", (asked) => authorizePage(ports, asked));
  page("/:tenant/adminconsent", (asked) => adminConsentPage(ports, asked, "v1"));
  page("/:tenant/v2.0/adminconsent", (asked) => adminConsentPage(ports, asked, "v2.0"));
};
