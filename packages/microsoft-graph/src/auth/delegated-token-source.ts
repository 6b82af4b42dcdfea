import { ConfidentialClientApplication } from "@azure/msal-node";
import { ProviderError } from "@hybrid/kernel";
import type { Delegations } from "./delegation-port.ts";
import { consentError, ownerOfKey } from "./delegations.ts";
import {
  authOf,
  credentialNow,
  lifetimeMsOf,
  type MsalOptions,
  msalErrorOf,
  RecordingNetwork,
  type TokenSource,
} from "./msal-token-source.ts";

/** What may be done on behalf of a user; the sign-in page asks for these. */
export const delegatedPermissions: readonly string[] = ["Calendars.ReadWrite", "MailboxSettings.Read"];

/** Entra tells of a grant that is over, or blocked, in many ways; the user gives a new one in all of them. */
const isOver = ({ code }: ProviderError): boolean => code === "consentRevoked" || code === "invalidRequest";

/**
 * Tokens on behalf of users by their refresh tokens. Microsoft Entra gives a new refresh token with each use
 * and leaves the old one good (https://learn.microsoft.com/entra/identity-platform/refresh-tokens), for ninety
 * days at least, so the first one serves until the user consents again. Throws userConsentRevoked, and what
 * the source of tenants throws.
 */
export const createDelegatedTokenSource = (
  options: Omit<MsalOptions, "shared"> & { readonly delegations: Delegations },
): TokenSource => {
  const { hosts, clientId, http, clock, delegations } = options;

  const refreshTokenOf = async (key: string): Promise<string> => {
    const owner = ownerOfKey(key);
    const given = await delegations.find(owner.tenantId, owner.userObjectId);
    let token: string | null;
    try {
      token = (await given?.refreshToken()) ?? null;
    } catch (cause) {
      throw new ProviderError(
        `token on behalf of user ${owner.userObjectId}: the refresh token cannot be opened`,
        { code: "unavailable", retryable: true },
        { cause },
      );
    }
    if (token === null) throw consentError("userConsentMissing", owner);
    return token;
  };

  return {
    issue: async (key, { claims } = {}) => {
      const owner = ownerOfKey(key);
      const { tenantId, userObjectId } = owner;
      const what = `token on behalf of user ${userObjectId} of tenant ${tenantId}`;
      const refreshToken = await refreshTokenOf(key);
      const credential = await credentialNow(what, options.credential);
      const network = new RecordingNetwork(http);
      const application = new ConfidentialClientApplication({
        auth: {
          clientId,
          authority: `${hosts.loginUrl}/${tenantId}`,
          knownAuthorities: [new URL(hosts.loginUrl).host],
          ...authOf(credential),
        },
        system: { networkClient: network },
      });
      try {
        const result = await application.acquireTokenByRefreshToken({
          refreshToken,
          scopes: delegatedPermissions.map((name) => `${hosts.graphUrl}/${name}`),
          ...(claims === undefined ? {} : { claims }),
        });
        const lifetimeMs = lifetimeMsOf(network.last);
        if (!result || result.accessToken === "" || lifetimeMs === null)
          throw new TypeError("the answer holds no access_token with expires_in");
        return { value: result.accessToken, lifetimeMs };
      } catch (error) {
        const known = msalErrorOf(what, network, clock, error);
        throw isOver(known) ? consentError("userConsentRevoked", owner, known) : known;
      }
    },
  };
};
