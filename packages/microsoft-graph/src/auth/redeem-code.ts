import { ConfidentialClientApplication } from "@azure/msal-node";
import { ProviderError } from "@hybrid/kernel";
import { decodeJwt, errors } from "jose";
import { z } from "zod";
import {
  authOf,
  credentialNow,
  type MsalOptions,
  msalErrorOf,
  RecordingNetwork,
} from "./msal-token-source.ts";

/** A code that the sign-in page gave, with what it was asked for. */
export interface RedeemCode {
  readonly code: string;
  readonly redirectUri: string;
  /** The code verifier whose SHA-256 the page was given. */
  readonly verifier: string;
  readonly nonce: string;
  /** Names of delegated permissions of Microsoft Graph, as they were asked for. */
  readonly permissions: readonly string[];
}

/** Who has signed in, and what may be done on their behalf. */
export interface SignedInPerson {
  readonly tenantId: string;
  readonly objectId: string;
  /** As the person signs in; shown to that person alone. */
  readonly userName: string | null;
  readonly accessToken: string;
  /** Null unless it was asked for. */
  readonly refreshToken: string | null;
}

const guid = z.guid().transform((text) => text.toLowerCase());

const idTokenSchema = z.looseObject({
  tid: guid,
  oid: guid,
  aud: z.string(),
  iss: z.string(),
  nonce: z.string(),
  preferred_username: z.string().optional(),
});

const answerSchema = z.looseObject({
  id_token: z.string(),
  access_token: z.string(),
  refresh_token: z.string().optional(),
});

const what = "the sign-in of an administrator";

const refused = (why: string, cause?: unknown): ProviderError =>
  new ProviderError(
    `${what}: ${why}`,
    { code: "invalidRequest", retryable: false },
    cause === undefined ? {} : { cause },
  );

/** What is said of the person, once it is for us, from this cloud, and for this sign-in. */
const personIn = ({ hosts, clientId }: MsalOptions, body: unknown, nonce: string): SignedInPerson => {
  const answer = answerSchema.safeParse(body);
  if (!answer.success) throw refused("the answer has no id token");
  let claims: unknown;
  try {
    claims = decodeJwt(answer.data.id_token);
  } catch (error) {
    if (error instanceof errors.JOSEError) throw refused("the id token is none", error);
    throw error;
  }
  const read = idTokenSchema.safeParse(claims);
  if (!read.success) throw refused("the id token lacks what must be in it");
  const { tid, oid, aud, iss, nonce: told, preferred_username: userName } = read.data;
  if (aud.toLowerCase() !== clientId.toLowerCase()) throw refused("the id token is for another application");
  if (iss.toLowerCase() !== `${hosts.loginUrl}/${tid}/v2.0`.toLowerCase())
    throw refused("the id token is of another issuer than this cloud's Microsoft Entra");
  if (told !== nonce) throw refused("the id token is of another sign-in");
  return {
    tenantId: tid,
    objectId: oid,
    userName: userName ?? null,
    accessToken: answer.data.access_token,
    refreshToken: answer.data.refresh_token ?? null,
  };
};

/**
 * Exchanges a code for who has signed in. The id token comes straight from Entra over TLS, so its signature
 * need not be checked (OpenID Connect Core, 3.1.3.7). Throws ProviderError: invalidRequest when the code was
 * used before, has expired or belongs elsewhere; credentialsRejected, consentRevoked and the usual ones.
 */
export const redeemCode =
  (options: MsalOptions) =>
  async ({ code, redirectUri, verifier, nonce, permissions }: RedeemCode): Promise<SignedInPerson> => {
    const { hosts, clientId, http, clock } = options;
    const credential = await credentialNow(what, options.credential);
    const network = new RecordingNetwork(http);
    const application = new ConfidentialClientApplication({
      auth: {
        clientId,
        authority: `${hosts.loginUrl}/organizations`,
        knownAuthorities: [new URL(hosts.loginUrl).host],
        ...authOf(credential),
      },
      system: { networkClient: network },
    });
    try {
      await application.acquireTokenByCode({
        code,
        redirectUri,
        codeVerifier: verifier,
        nonce,
        scopes: permissions.map((name) => `${hosts.graphUrl}/${name}`),
      });
    } catch (error) {
      const answered = network.last !== null && network.last.status < 400;
      if (answered) throw refused("what Microsoft Entra answered is of another sign-in", error);
      throw msalErrorOf(what, network, clock, error);
    }
    return personIn(options, network.last?.body, nonce);
  };
