import { decodeProtectedHeader, errors, jwtVerify, type ProtectedHeaderParameters } from "jose";
import { type EntraFault, entraFault } from "./entra-fault.ts";
import type { TrustedCertificate } from "./tenants.ts";

/** What an assertion must say. */
export interface AssertionExpectations {
  readonly clientId: string;
  readonly certificates: readonly TrustedCertificate[];
  /** The addresses of the token endpoint that are accepted as audience. */
  readonly audiences: readonly string[];
  /** Real time: the client's library takes `iat` and `exp` from the machine's clock. */
  readonly wallNow: number;
}

const invalid = (text: string): EntraFault =>
  entraFault("assertionInvalid", `Client assertion failed. ${text}`);

const headerOf = (assertion: string): ProtectedHeaderParameters => {
  try {
    return decodeProtectedHeader(assertion);
  } catch {
    throw invalid("It is not a JSON Web Token.");
  }
};

const faultOf = (thrown: unknown): EntraFault => {
  if (thrown instanceof errors.JWTExpired)
    return entraFault("assertionOutOfTime", "Client assertion is not within its valid time range.");
  if (thrown instanceof errors.JWTClaimValidationFailed) {
    const text = `The claim '${thrown.claim}' is not what it must be (${thrown.reason}).`;
    return thrown.claim === "nbf" ? entraFault("assertionOutOfTime", text) : invalid(text);
  }
  if (thrown instanceof errors.JWSSignatureVerificationFailed)
    return invalid("The signature does not verify with the registered certificate.");
  return invalid(thrown instanceof Error ? thrown.message : String(thrown));
};

/** Libraries write thumbprints as base64 and as base64url, with padding and without. */
const hexOf = (thumbprint: string): string => Buffer.from(thumbprint, "base64").toString("hex");

const certificateOf = (
  header: ProtectedHeaderParameters,
  certificates: readonly TrustedCertificate[],
): TrustedCertificate => {
  const sha256 = header["x5t#S256"];
  const sha1 = header.x5t;
  const thumbprint = typeof sha256 === "string" ? sha256 : sha1;
  if (typeof thumbprint !== "string") throw invalid("The header has neither 'x5t#S256' nor 'x5t'.");
  const found = certificates.find((known) =>
    typeof sha256 === "string" ? known.sha256 === hexOf(sha256) : known.sha1 === hexOf(thumbprint),
  );
  if (found) return found;
  throw invalid(`The certificate with thumbprint '${thumbprint}' is not registered for the application.`);
};

/**
 * Checks a client assertion (RFC 7523 as Entra profiles it): PS256 or RS256, `x5t#S256` or `x5t` names a
 * certificate of the registration, issuer and subject are the client, audience is the token endpoint,
 * `exp` and `jti` are there, and `nbf` counts if it is.
 * Throws AADSTS700027, or 700024 when it is out of time.
 */
export const checkClientAssertion = async (
  assertion: string,
  expected: AssertionExpectations,
): Promise<void> => {
  const certificate = certificateOf(headerOf(assertion), expected.certificates);
  try {
    await jwtVerify(assertion, certificate.publicKey, {
      algorithms: ["PS256", "RS256"],
      issuer: expected.clientId,
      subject: expected.clientId,
      audience: [...expected.audiences],
      requiredClaims: ["exp", "jti"],
      currentDate: new Date(expected.wallNow),
      clockTolerance: 300,
    });
  } catch (thrown) {
    throw faultOf(thrown);
  }
};
