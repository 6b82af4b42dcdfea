import { type Clock, ProviderError, type ProviderFault } from "@hybrid/kernel";
import { retryAfterMsOf } from "./retry-after.ts";
import { oauthErrorRules, type TokenErrorRule, tokenErrorRules } from "./token-error-rules.ts";

/** An answer of the token endpoint, or of the discovery before it. */
export interface TokenAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
}

/** What a refusal means, and Entra's numbers for it. */
export interface TokenFault extends ProviderFault {
  readonly numbers: readonly number[];
}

const ruleByNumber = new Map(tokenErrorRules.flatMap((rule) => rule.numbers.map((number) => [number, rule])));

type Fields = Readonly<Record<string, unknown>>;

const numbersOf = (body: Fields): readonly number[] => {
  const listed = Array.isArray(body["error_codes"]) ? body["error_codes"].map(Number) : [];
  const text = typeof body["error_description"] === "string" ? body["error_description"] : "";
  const described = text.matchAll(/AADSTS(\d+)/g);
  return [...new Set([...listed, ...[...described].map((match) => Number(match[1]))])].filter(
    Number.isSafeInteger,
  );
};

const byStatus = (status: number): Pick<TokenErrorRule, "code" | "retryable"> => {
  if (status === 429) return { code: "throttled", retryable: true };
  if (status >= 500 || status === 408) return { code: "unavailable", retryable: true };
  return { code: "invalidRequest", retryable: false };
};

/** Reads what a refusal of the token endpoint means. */
export const tokenFaultOf = (answer: TokenAnswer, clock: Clock): TokenFault => {
  const body = (typeof answer.body === "object" && answer.body !== null ? answer.body : {}) as Fields;
  const numbers = numbersOf(body);
  const numbered = numbers.map((number) => ruleByNumber.get(number)).find((rule) => rule !== undefined);
  const general =
    answer.status === 429 || answer.status >= 500 ? undefined : oauthErrorRules[String(body["error"])];
  const rule: Partial<TokenErrorRule> & Pick<TokenErrorRule, "code" | "retryable"> =
    numbered ?? general ?? byStatus(answer.status);
  const retryAfterMs = retryAfterMsOf(answer.headers, clock) ?? rule.retryAfterMs;
  return {
    code: rule.code,
    retryable: rule.retryable,
    status: answer.status,
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    numbers,
  };
};

/** The error of a refusal, with what the tenant's administrator or the operator needs to look it up. */
export const tokenErrorOf = (fault: TokenFault, tenantId: string): ProviderError => {
  const { numbers, ...provider } = fault;
  const named = [fault.status, ...numbers.map((number) => `AADSTS${number}`)].join(" ");
  return new ProviderError(`token for tenant ${tenantId}: Microsoft Entra answered ${named}`, provider);
};
