import { ProviderError } from "@hybrid/kernel";
import { type Refusal, refuse } from "#domain/refusals";

/** What a failed call means to the person at the page. */
export const refusalOf = (error: unknown, phase: "signIn" | "roles" | "grants"): Refusal => {
  if (!(error instanceof ProviderError)) throw error;
  if (error.code === "credentialsRejected") return refuse("credentialsRejected");
  if (error.retryable) return refuse("cloudUnavailable");
  // Who may not read roles has none that may consent.
  if (phase === "roles") return refuse("needsAdministrator");
  return phase === "signIn" ? refuse("codeUsed") : refuse("consentNotSeen");
};

/** Whether it is a refusal. */
export const isRefusal = (value: object): value is Refusal => "kind" in value && value.kind === "refused";
