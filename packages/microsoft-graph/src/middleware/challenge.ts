import type { ProviderError } from "@hybrid/kernel";

const challenges = new WeakMap<ProviderError, string>();

/**
 * The claims that a WWW-Authenticate header demands of the next token, as JSON (Microsoft's claims challenge
 * of continuous access evaluation); undefined when there are none.
 */
export const claimsOf = (wwwAuthenticate: string | undefined): string | undefined => {
  const encoded = /\bclaims="([A-Za-z0-9+/_=-]+)"/.exec(wwwAuthenticate ?? "")?.[1];
  return encoded === undefined ? undefined : Buffer.from(encoded, "base64").toString("utf8");
};

/** Remembers the challenge that came with an error. */
export const rememberChallenge = (error: ProviderError, claims: string | undefined): void => {
  if (claims !== undefined) challenges.set(error, claims);
};

/** The challenge that came with an error, if any. */
export const challengeOf = (error: ProviderError): string | undefined => challenges.get(error);
