import { ProviderError } from "@hybrid/kernel";
import { unlessEnded } from "@hybrid/provider-http";
import { decodeJwt, type JWTPayload } from "jose";
import { z } from "zod";
import { createMsalTokenSource, type MsalOptions } from "../auth/msal-token-source.ts";
import { type RedeemCode, redeemCode, type SignedInPerson } from "../auth/redeem-code.ts";
import { graphErrorOf, graphFaultOf } from "../errors/graph-fault.ts";
import type { HttpAnswer } from "../http/http.ts";

/** Where the sign-in page sends the browser, and what it is asked for. */
export interface SignInRequest {
  /** Null: whichever tenant the person belongs to. */
  readonly tenantId: string | null;
  readonly redirectUri: string;
  /** Comes back unchanged. */
  readonly state: string;
  /** Comes back within the id token. */
  readonly nonce: string;
  /** SHA-256 of the code verifier, base64url (PKCE, S256). */
  readonly challenge: string;
  /** Names of delegated permissions of Microsoft Graph. */
  readonly permissions: readonly string[];
  /** Whether a refresh token is wanted. */
  readonly offline?: boolean;
}

/** Where the admin consent page sends the browser. */
export interface AdminConsentRequest {
  readonly tenantId: string;
  readonly redirectUri: string;
  readonly state: string;
}

/** The permissions of an application in a tenant. */
export interface GrantedPermissionsRequest {
  readonly tenantId: string;
  readonly signal: AbortSignal;
}

/** Whose roles in Microsoft Entra are asked for, with that person's token. */
export interface DirectoryRolesRequest {
  readonly objectId: string;
  readonly accessToken: string;
  readonly signal: AbortSignal;
}

/** Signing people in, and what a tenant's administrator grants. Calls throw ProviderError. */
export interface ConsentCalls {
  /** The address of the sign-in page (authorization code flow). */
  signInUrl(request: SignInRequest): string;
  /** The address of the admin consent page. */
  adminConsentUrl(request: AdminConsentRequest): string;
  /** Who has signed in. Throws invalidRequest when the code is not good (any more), or not for this nonce. */
  redeemCode(request: RedeemCode): Promise<SignedInPerson>;
  /** Ids of role definitions (which for built-in roles are those of their templates). */
  listDirectoryRoles(request: DirectoryRolesRequest): Promise<readonly string[]>;
  /**
   * Names of the application permissions that a new token has. What Exchange grants by RBAC for
   * Applications is not among them. Throws consentRevoked when the tenant does not let the application in.
   */
  grantedPermissions(request: GrantedPermissionsRequest): Promise<readonly string[]>;
}

const assignments = z.looseObject({ value: z.array(z.looseObject({ roleDefinitionId: z.string() })) });

const rolesIn = (tenantId: string, accessToken: string): readonly string[] => {
  let claims: JWTPayload;
  try {
    claims = decodeJwt(accessToken);
  } catch (error) {
    throw new ProviderError(
      `the token for tenant ${tenantId} cannot be looked into`,
      { code: "unexpected", retryable: false },
      { cause: error },
    );
  }
  return z.array(z.string()).catch([]).parse(claims["roles"]);
};

const jsonOf = ({ text }: HttpAnswer): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    // A page of a proxy; its status, or its missing fields, are told.
    return undefined;
  }
};

const listDirectoryRoles =
  ({ hosts, http, clock }: MsalOptions) =>
  async ({ objectId, accessToken, signal }: DirectoryRolesRequest): Promise<readonly string[]> => {
    const what = "roles of the person who signed in";
    const filter = encodeURIComponent(`principalId eq '${objectId}'`);
    let answer: HttpAnswer;
    try {
      answer = await http.send({
        url: `${hosts.graphUrl}/v1.0/roleManagement/directory/roleAssignments?$filter=${filter}`,
        method: "GET",
        headers: { authorization: `Bearer ${accessToken}`, accept: "application/json" },
        signal,
      });
    } catch (error) {
      throw new ProviderError(
        `${what}: Microsoft Graph did not answer`,
        { code: "unavailable", retryable: true },
        { cause: error },
      );
    }
    const body = jsonOf(answer);
    if (answer.status !== 200)
      throw graphErrorOf(graphFaultOf({ ...answer, body }, { namesUser: false, clock }), what);
    const read = assignments.safeParse(body);
    if (read.success) return read.data.value.map(({ roleDefinitionId }) => roleDefinitionId);
    throw new ProviderError(`${what}: the answer is no list`, { code: "unavailable", retryable: true });
  };

/** Signing in and consent for one application. */
export const createConsentCalls = (options: MsalOptions): ConsentCalls => {
  const { hosts, clientId } = options;
  const source = createMsalTokenSource(options);
  const page = (path: string, parameters: Readonly<Record<string, string>>): string =>
    `${hosts.loginUrl}/${path}?${new URLSearchParams(parameters).toString()}`;
  return {
    signInUrl: ({ tenantId, redirectUri, state, nonce, challenge, permissions, offline }) =>
      page(`${tenantId ?? "organizations"}/oauth2/v2.0/authorize`, {
        client_id: clientId,
        response_type: "code",
        response_mode: "query",
        redirect_uri: redirectUri,
        scope: [
          "openid",
          "profile",
          ...(offline ? ["offline_access"] : []),
          ...permissions.map((name) => `${hosts.graphUrl}/${name}`),
        ].join(" "),
        state,
        nonce,
        code_challenge: challenge,
        code_challenge_method: "S256",
        prompt: "select_account",
      }),
    adminConsentUrl: ({ tenantId, redirectUri, state }) =>
      page(`${tenantId}/adminconsent`, { client_id: clientId, redirect_uri: redirectUri, state }),
    redeemCode: redeemCode(options),
    listDirectoryRoles: listDirectoryRoles(options),
    grantedPermissions: async ({ tenantId, signal }) => {
      const issued = unlessEnded(source.issue(tenantId), {
        signal,
        what: `token for tenant ${tenantId}`,
      });
      return rolesIn(tenantId, (await issued).value);
    },
  };
};
