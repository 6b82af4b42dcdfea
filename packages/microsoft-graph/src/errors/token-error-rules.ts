import type { ErrorCode } from "@hybrid/kernel";

/** What refusals of the token endpoint with these numbers mean. */
export interface TokenErrorRule {
  /** AADSTS numbers. */
  readonly numbers: readonly number[];
  readonly code: ErrorCode;
  readonly retryable: boolean;
  /** How long to stay away when the answer names no Retry-After, milliseconds. */
  readonly retryAfterMs?: number;
  readonly because: string;
}

/**
 * What Microsoft Entra's error numbers mean for an application that signs in by itself (Entra error code
 * reference; facts dossier, section 4). Numbers decide before the OAuth `error`, which lumps the tenant's
 * refusal and our own bad certificate together.
 */
export const tokenErrorRules: readonly TokenErrorRule[] = [
  {
    numbers: [65001, 90094, 90008],
    code: "consentRevoked",
    retryable: false,
    because: "No consent, or no longer: an administrator must give it.",
  },
  {
    numbers: [700016, 700011, 70001, 7000112],
    code: "consentRevoked",
    retryable: false,
    because: "The application is not in the tenant, or disabled there: the administrator removed it.",
  },
  {
    numbers: [500011, 650052],
    code: "consentRevoked",
    retryable: false,
    because: "The tenant has no Microsoft Graph or Exchange to consent to: nothing of it can be reached.",
  },
  {
    numbers: [53003, 530032, 530035],
    code: "consentRevoked",
    retryable: false,
    because: "Conditional access for workload identities shuts the application out of the tenant.",
  },
  {
    numbers: [7000215, 70002, 7000218, 7000222],
    code: "credentialsRejected",
    retryable: false,
    because: "Our secret or assertion is wrong, missing or expired: no tenant will take it.",
  },
  {
    numbers: [700027, 50012, 700024, 700030],
    code: "credentialsRejected",
    retryable: false,
    because: "Our certificate or the assertion signed with it is not valid.",
  },
  {
    numbers: [90055, 90024, 90006, 90033, 50033],
    code: "unavailable",
    retryable: true,
    because: "Entra says itself that it passes.",
  },
  {
    numbers: [50196],
    code: "throttled",
    retryable: true,
    retryAfterMs: 300_000,
    because: "Entra takes us for a loop: stay away long enough to be forgiven.",
  },
  {
    numbers: [90002, 90072, 90038],
    code: "invalidRequest",
    retryable: false,
    because:
      "There is no such tenant in this cloud: a wrong tenant id or a wrong cloud. Nobody revoked " +
      "anything, so a new consent would not help; the routing must be corrected.",
  },
];

/** What the OAuth `error` means when no number is known (RFC 6749, sections 4.1.2.1 and 5.2). */
export const oauthErrorRules: Readonly<Record<string, Pick<TokenErrorRule, "code" | "retryable">>> = {
  temporarily_unavailable: { code: "unavailable", retryable: true },
  server_error: { code: "unavailable", retryable: true },
  invalid_client: { code: "credentialsRejected", retryable: false },
  unauthorized_client: { code: "consentRevoked", retryable: false },
  consent_required: { code: "consentRevoked", retryable: false },
  interaction_required: { code: "consentRevoked", retryable: false },
  invalid_grant: { code: "consentRevoked", retryable: false },
  invalid_resource: { code: "consentRevoked", retryable: false },
};
