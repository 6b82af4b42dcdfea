const kinds = {
  tenantNotFound: [400, "invalid_request", 90002],
  appNotInTenant: [400, "unauthorized_client", 700016],
  consentMissing: [400, "invalid_grant", 65001],
  assertionInvalid: [401, "invalid_client", 700027],
  assertionOutOfTime: [401, "invalid_client", 700024],
  credentialMissing: [401, "invalid_client", 7000218],
  secretInvalid: [401, "invalid_client", 7000215],
  scopeInvalid: [400, "invalid_scope", 70011],
  grantUnsupported: [400, "unsupported_grant_type", 70003],
  parameterMissing: [400, "invalid_request", 900144],
  redirectMismatch: [400, "invalid_request", 50011],
  replyMismatch: [400, "invalid_client", 500112],
  userNotInTenant: [400, "invalid_request", 50020],
  adminConsentNeeded: [400, "access_denied", 90094],
  consentDeclined: [400, "access_denied", 65004],
  codeRedeemed: [400, "invalid_grant", 54005],
  codeExpired: [400, "invalid_grant", 70008],
  grantMalformed: [400, "invalid_grant", 9002313],
  grantOfAnotherClient: [400, "invalid_grant", 70000],
  grantOfAnotherTenant: [400, "invalid_grant", 700005],
  verifierMissing: [400, "invalid_grant", 50148],
  verifierWrong: [400, "invalid_grant", 501481],
  refreshTokenExpired: [400, "invalid_grant", 700082],
  refreshTokenRevoked: [400, "invalid_grant", 50173],
  responseTypeUnsupported: [400, "unsupported_response_type", 700054],
} as const satisfies Record<string, readonly [number, string, number]>;

/** An answer of the token endpoint that is an error: RFC 6749 body plus Entra's own fields. */
export class EntraFault extends Error {
  override readonly name = "EntraFault";
  readonly status: number;
  /** RFC 6749 error, for example `invalid_client`. */
  readonly error: string;
  /** The number after `AADSTS`. */
  readonly code: number;
  readonly suberror: string | undefined;

  constructor(kind: keyof typeof kinds, text: string) {
    const [status, error, code] = kinds[kind];
    super(`AADSTS${code}: ${text}`);
    this.status = status;
    this.error = error;
    this.code = code;
    this.suberror = kind === "consentMissing" ? "consent_required" : undefined;
  }
}

/** Makes the fault of a kind; codes and errors as the error code reference lists them. */
export const entraFault = (kind: keyof typeof kinds, text: string): EntraFault => new EntraFault(kind, text);
