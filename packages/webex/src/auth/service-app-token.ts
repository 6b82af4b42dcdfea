import type { Issued } from "./token-answer.ts";
import { askForTokens, type TokenEndpointOptions } from "./token-endpoint.ts";

/** A service app that an administrator has authorised. */
export interface ServiceApp extends TokenEndpointOptions {
  readonly applicationId: string;
  /** The organisation that authorised it, as Webex writes its id. */
  readonly targetOrgId: string;
  /** An access token of an integration with the scope `spark:applications_token`. */
  readonly managerToken: () => Promise<string>;
}

/**
 * POST /v1/applications/{applicationId}/token: tokens of a service app in one organisation, the first ones or
 * new ones when the refresh token was lost. Rejects with ProviderError.
 */
export const serviceAppToken = async (app: ServiceApp): Promise<Issued> =>
  await askForTokens(app, {
    route: "/v1/applications/{applicationId}/token",
    path: `/v1/applications/${encodeURIComponent(app.applicationId)}/token`,
    headers: {
      "content-type": "application/json",
      authorization: `Bearer ${await app.managerToken()}`,
    },
    body: JSON.stringify({
      clientId: app.clientId,
      clientSecret: app.clientSecret,
      targetOrgId: app.targetOrgId,
    }),
  });
