import type { Issued } from "./token-answer.ts";
import { askWithForm, type TokenEndpointOptions } from "./token-endpoint.ts";

/** What a person is asked to agree to. */
export interface AuthorizationRequest {
  /** `https://webexapis.com` in real life: without `/v1`. */
  readonly baseUrl: string;
  readonly clientId: string;
  /** As it was registered with the integration. */
  readonly redirectUri: string;
  /** For a compliance officer those that begin with `spark-compliance:`, and `spark:kms`. */
  readonly scopes: readonly string[];
  /** Comes back with the code; must be hard to guess, and compared. */
  readonly state: string;
}

/** The address at which a person lets the integration act for them (developer.webex.com, "Integrations"). */
export const authorizationUrl = (request: AuthorizationRequest): string => {
  const url = new URL("/v1/authorize", request.baseUrl);
  url.searchParams.set("response_type", "code");
  url.searchParams.set("client_id", request.clientId);
  url.searchParams.set("redirect_uri", request.redirectUri);
  url.searchParams.set("scope", request.scopes.join(" "));
  url.searchParams.set("state", request.state);
  return url.href;
};

/**
 * POST /v1/access_token with the code that came back to `redirectUri`: the first tokens of an integration. A
 * code works once. Rejects with ProviderError.
 */
export const exchangeCode = async (
  options: TokenEndpointOptions,
  { code, redirectUri }: { readonly code: string; readonly redirectUri: string },
): Promise<Issued> =>
  await askWithForm(options, { grant_type: "authorization_code", code, redirect_uri: redirectUri });
