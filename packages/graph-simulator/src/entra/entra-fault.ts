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
