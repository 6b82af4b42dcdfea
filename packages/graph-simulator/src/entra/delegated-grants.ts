import { z } from "zod";
import { type AccessTokens, tokenLifetimeSeconds } from "./access-tokens.ts";
import { graphScopes, isAnyTenant, readPageQuery } from "./authorize-page.ts";
import { entraFault } from "./entra-fault.ts";
import type { Grant, SignIns } from "./sign-ins.ts";
import type { Tenants } from "./tenants.ts";

/** What is needed to answer for a person at the token endpoint. */
export interface DelegatedPorts {
  readonly tenants: Tenants;
  readonly tokens: AccessTokens;
  readonly signIns: SignIns;
  readonly graphUrl: string;
  readonly baseUrl: () => string;
}

const codeSchema = z.object({
  client_id: z.string(),
  code: z.string(),
  redirect_uri: z.string(),
  code_verifier: z.string().optional(),
});

const refreshSchema = z.object({ client_id: z.string(), refresh_token: z.string() });

const answerFor = async (ports: DelegatedPorts, origin: string, grant: Grant): Promise<object> => {
  const { clientId, person, scopes, nonce } = grant;
  const { tenantId, userId } = person;
  const names = graphScopes(scopes, ports);
  const accessToken = await ports.tokens.issueDelegated({ tenantId, clientId, userId, scopes: names });
  const idToken = await ports.tokens.idToken({
    ...person.claims,
    aud: clientId,
    iss: `${origin}/${tenantId}/v2.0`,
    tid: tenantId,
    oid: userId,
    sub: userId,
    name: person.displayName,
    preferred_username: person.userName,
    ...(nonce === null ? {} : { nonce }),
  });
  const clientInfo = Buffer.from(JSON.stringify({ uid: userId, utid: tenantId })).toString("base64url");
  return {
    token_type: "Bearer",
    scope: scopes.filter((name) => name !== "offline_access").join(" "),
    expires_in: tokenLifetimeSeconds,
    ext_expires_in: tokenLifetimeSeconds,
    access_token: accessToken,
    ...(scopes.includes("openid") ? { id_token: idToken } : {}),
    ...(scopes.includes("offline_access") ? { refresh_token: ports.signIns.refreshToken(grant) } : {}),
    client_info: clientInfo,
  };
};

/**
 * Answers `authorization_code` and `refresh_token`, once the application has proved who it is. Throws AADSTS
 * faults of codes and refresh tokens, and 700005 when the code is of another tenant than the one in the path.
 */
export const delegatedToken = async (
  ports: DelegatedPorts,
  place: { readonly origin: string; readonly tenant: string },
  body: unknown,
  grantType: "authorization_code" | "refresh_token",
): Promise<object> => {
  let grant: Grant;
  if (grantType === "authorization_code") {
    const given = readPageQuery(codeSchema, body);
    grant = ports.signIns.redeem({
      code: given.code,
      clientId: given.client_id,
      redirectUri: given.redirect_uri,
      verifier: given.code_verifier ?? null,
    });
  } else {
    const given = readPageQuery(refreshSchema, body);
    const epochOf = (tenantId: string): number => ports.tenants.epoch(tenantId, given.client_id);
    grant = ports.signIns.refresh(given.refresh_token, given.client_id, epochOf);
  }
  if (!isAnyTenant(place.tenant) && ports.tenants.resolve(place.tenant) !== grant.person.tenantId)
    throw entraFault("grantOfAnotherTenant", "The code is intended to use against other tenant.");
  return await answerFor(ports, place.origin, grant);
};
