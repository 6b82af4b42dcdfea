import type { Issued } from "./token-answer.ts";
import { askWithForm, type TokenEndpointOptions } from "./token-endpoint.ts";

/** Which refresh token to use. */
export interface RefreshRequest {
  readonly refreshToken: string;
}

/** POST /v1/access_token with a refresh token. Throws TypeError when `baseUrl` is not an https address. */
export const refreshCall = (
  options: TokenEndpointOptions,
): ((request: RefreshRequest) => Promise<Issued>) => {
  if (new URL(options.baseUrl).protocol !== "https:")
    throw new TypeError(`the Webex address must start with https: ${new URL(options.baseUrl).origin}`);
  return async ({ refreshToken }) =>
    await askWithForm(options, { grant_type: "refresh_token", refresh_token: refreshToken });
};
