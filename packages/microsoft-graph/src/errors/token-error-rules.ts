import type { ErrorCode } from "@hybrid/kernel";

/** What refusals of the token endpoint with these numbers mean. */
export interface TokenErrorRule {
  /** AADSTS numbers. */
  readonly numbers: readonly number[];
  readonly code: ErrorCode;
  readonly retryable: boolean;
  /** How long to stay away when the answer names no Retry-After, milliseconds. */
  readonly retryAfterMs?: number;
  /** The number only says that something failed; any other known number of the answer explains it. */
  readonly general?: true;
  readonly because: string;
  /** Where everybody can read it. */
  readonly source: string;
}

const reference = "https://learn.microsoft.com/entra/identity-platform/reference-error-codes";
const identityWeb = "https://github.com/AzureAD/microsoft-identity-web/blob/master/changelog.md";
const federation =
  "https://learn.microsoft.com/entra/workload-id/workload-identity-federation-considerations";

/**
 * What Microsoft Entra's error numbers mean for an application that signs in by itself. Numbers decide before
 * the OAuth `error`, which lumps the tenant's refusal and our own bad certificate together. Of several known
 * numbers in one answer the first rule of this table decides, and a general one only when it is alone.
 */
export const tokenErrorRules: readonly TokenErrorRule[] = [
  {
    numbers: [50196],
    code: "throttled",
    retryable: true,
    retryAfterMs: 300_000,
    because: "Entra takes us for a loop: stay away long enough to be forgiven.",
    source: reference,
  },
  {
    numbers: [90055],
    code: "throttled",
    retryable: true,
    retryAfterMs: 60_000,
    because: "Too many requests for this tenant come in, no matter who sends them.",
    source: reference,
  },
  {
    numbers: [50000, 50033, 50087, 51005, 90006, 90012, 90024, 90033, 90036, 90090, 90091, 90092, 230109],
    code: "unavailable",
    retryable: true,
    because: "Something within Entra fails, for now; nobody's setting is at fault.",
    source: reference,
  },
  {
    numbers: [65001, 65004, 650056, 90008, 90093, 90094, 90095, 90099],
    code: "consentRevoked",
    retryable: false,
    because: "No consent, or no longer: an administrator of the tenant must give it.",
    source: reference,
  },
  {
    numbers: [70001, 700011, 700016, 7000112, 1000031],
    code: "consentRevoked",
    retryable: false,
    because: "The application is not in the tenant, or disabled there: the administrator removed it.",
    source: reference,
  },
  {
    numbers: [7000229],
    code: "consentRevoked",
    retryable: false,
    because:
      "The application's service principal is missing in the tenant: the administrator removed it. Entra " +
      "calls that invalid_client, as if the certificate were wrong.",
    source: "https://github.com/Azure/azure-sdk-for-net/issues/46762",
  },
  {
    numbers: [50105, 501051],
    code: "consentRevoked",
    retryable: false,
    because: "The tenant lets only assigned applications in, and this one is not assigned.",
    source: reference,
  },
  {
    numbers: [50001, 500011, 650052, 650054],
    code: "consentRevoked",
    retryable: false,
    because: "The tenant has no Microsoft Graph or Exchange to consent to: nothing of it can be reached.",
    source: reference,
  },
  {
    numbers: [500014],
    code: "consentRevoked",
    retryable: false,
    because: "Microsoft Graph is disabled in the tenant, by its administrator or because it stopped paying.",
    source: "https://github.com/AzureAD/microsoft-authentication-library-for-dotnet/issues/3150",
  },
  {
    numbers: [5000224, 5000225],
    code: "consentRevoked",
    retryable: false,
    because: "The tenant itself is closed: deleted, or blocked after long disuse.",
    source: "https://learn.microsoft.com/entra/fundamentals/inaccessible-tenant",
  },
  {
    numbers: [50005, 50131, 53000, 53001, 53002, 53003, 53011, 530032, 530034, 530035],
    code: "consentRevoked",
    retryable: false,
    because: "A policy of the tenant (conditional access, security defaults) shuts the application out.",
    source: reference,
  },
  {
    numbers: [700027, 50003, 50006, 50012, 50013, 50017, 50027, 50032, 50048, 50146, 500133, 700030, 900384],
    code: "credentialsRejected",
    retryable: false,
    because: "Our certificate, or the assertion signed with it, is not valid: no tenant will take it.",
    source: reference,
  },
  {
    numbers: [7000214, 7000274, 7000277, 1000502],
    code: "credentialsRejected",
    retryable: false,
    because: "Our certificate is revoked, or outside of its time.",
    source: identityWeb,
  },
  {
    numbers: [700021, 700024, 700026],
    code: "credentialsRejected",
    retryable: false,
    because:
      "The assertion is somebody else's or not of this time (a clock of ours is wrong), or the application " +
      "has no keys.",
    source: "https://learn.microsoft.com/entra/identity-platform/certificate-credentials",
  },
  {
    numbers: [7000215, 7000218, 7000222, 700025, 50192],
    code: "credentialsRejected",
    retryable: false,
    because: "Our secret or assertion is wrong, missing or expired.",
    source: reference,
  },
  {
    numbers: [7000216],
    code: "credentialsRejected",
    retryable: false,
    because: "A client-credentials request came without secret and assertion.",
    source: "https://login.microsoftonline.com/error?code=7000216",
  },
  {
    numbers: [70021, 700211, 700212, 700213, 700229],
    code: "credentialsRejected",
    retryable: false,
    because: "The application's federated credential does not know our issuer, subject or audience.",
    source: federation,
  },
  {
    numbers: [90002, 90019, 90038, 90043, 90051, 90072, 50029, 50049, 50059, 50128, 900382, 900432, 1000104],
    code: "invalidRequest",
    retryable: false,
    because:
      "There is no such tenant in this cloud: a wrong tenant id or a wrong cloud. Nobody revoked " +
      "anything, so a new consent would not help; the routing must be corrected.",
    source: reference,
  },
  {
    numbers: [900021, 900023],
    code: "invalidRequest",
    retryable: false,
    because: "The tenant id is none.",
    source: "https://login.microsoftonline.com/error?code=900023",
  },
  {
    numbers: [50002, 500021, 500022],
    code: "invalidRequest",
    retryable: false,
    because: "A proxy of our own network restricts which tenants may be reached, and this one is not listed.",
    source: reference,
  },
  {
    numbers: [28002, 28003, 65002, 65005, 650057, 70011, 700022, 90009, 901002, 501461],
    code: "invalidRequest",
    retryable: false,
    because: "What is asked for is wrong: scope or resource, or the application's registration lacks it.",
    source: reference,
  },
  {
    numbers: [650053],
    code: "invalidRequest",
    retryable: false,
    because: "The application asks for a permission that Microsoft Graph does not have.",
    source: "https://login.microsoftonline.com/error?code=650053",
  },
  {
    numbers: [
      50050, 50194, 70003, 90004, 90013, 90014, 90015, 90023, 90056, 90100, 90102, 90117, 90121, 90124,
    ].concat([90130, 100007, 165900, 900144, 900561, 7000114, 9001023, 9002313]),
    code: "invalidRequest",
    retryable: false,
    because: "The request itself is malformed or goes to the wrong place: a fault of this software.",
    source: reference,
  },
  {
    numbers: [54005, 70000, 70008, 500112, 501481, 50148, 700005],
    code: "invalidRequest",
    retryable: false,
    because: "The code of a sign-in was used before, has expired or belongs elsewhere: sign in again.",
    source: reference,
  },
  {
    numbers: [70002],
    code: "credentialsRejected",
    retryable: false,
    general: true,
    because: "Stands before the number that says what was wrong with the credentials.",
    source: reference,
  },
];

/** What the OAuth `error` means when no number is known (RFC 6749, sections 4.1.2.1 and 5.2). */
export const oauthErrorRules: ReadonlyMap<string, Pick<TokenErrorRule, "code" | "retryable">> = new Map([
  ["temporarily_unavailable", { code: "unavailable", retryable: true }],
  ["server_error", { code: "unavailable", retryable: true }],
  ["invalid_client", { code: "credentialsRejected", retryable: false }],
  ["unauthorized_client", { code: "consentRevoked", retryable: false }],
  ["access_denied", { code: "consentRevoked", retryable: false }],
  ["consent_required", { code: "consentRevoked", retryable: false }],
  ["interaction_required", { code: "consentRevoked", retryable: false }],
  ["invalid_grant", { code: "consentRevoked", retryable: false }],
  ["invalid_resource", { code: "consentRevoked", retryable: false }],
  ["invalid_request", { code: "invalidRequest", retryable: false }],
  ["invalid_scope", { code: "invalidRequest", retryable: false }],
  ["unsupported_grant_type", { code: "invalidRequest", retryable: false }],
]);
