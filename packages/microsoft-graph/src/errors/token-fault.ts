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

type Fields = Readonly<Record<string, unknown>>;

const fieldText = (body: Fields, name: string): string => {
  const value = body[name];
  return typeof value === "string" ? value : "";
};

/** An answer names its numbers in up to three places, and each of them is left out now and then. */
const numbersOf = (body: Fields): readonly number[] => {
  const codes = body["error_codes"];
  const listed = (Array.isArray(codes) ? codes : [codes]).map((code) => (code ? Number(code) : Number.NaN));
  const described = fieldText(body, "error_description").matchAll(/AADSTS(\d{1,12})/gi);
  const linked = fieldText(body, "error_uri").matchAll(/[?&]code=(\d{1,12})/g);
  const found = [...described, ...linked].map((match) => Number(match[1]));
  return [...new Set([...listed, ...found])].filter(Number.isSafeInteger);
};

/** What the numbers say together: the first rule of the table that knows one, a general one last. */
const ruleOf = (numbers: readonly number[]): TokenErrorRule | undefined => {
  const known = tokenErrorRules.filter((rule) => rule.numbers.some((number) => numbers.includes(number)));
  return known.find((rule) => rule.general !== true) ?? known[0];
};

const byStatus = (status: number, isEntras: boolean): Pick<TokenErrorRule, "code" | "retryable"> => {
  if (status === 429) return { code: "throttled", retryable: true };
  if (status >= 500 || status === 408) return { code: "unavailable", retryable: true };
  // Without Entra's own words it is somebody on the way who answered: a proxy, a firewall, a sign-in page.
  return isEntras ? { code: "invalidRequest", retryable: false } : { code: "unavailable", retryable: true };
};

const byOauthError = (status: number, error: string): Pick<TokenErrorRule, "code" | "retryable"> => {
  const told = status === 429 || status >= 500 ? undefined : oauthErrorRules.get(error);
  return told ?? byStatus(status, error !== "");
};

/** Reads what a refusal of the token endpoint means. */
export const tokenFaultOf = (answer: TokenAnswer, clock: Clock): TokenFault => {
  const body = (typeof answer.body === "object" && answer.body !== null ? answer.body : {}) as Fields;
  const numbers = numbersOf(body);
  const rule: Partial<TokenErrorRule> & Pick<TokenErrorRule, "code" | "retryable"> =
    ruleOf(numbers) ?? byOauthError(answer.status, fieldText(body, "error"));
  const retryAfterMs = retryAfterMsOf(answer.headers, clock) ?? rule.retryAfterMs;
  return {
    code: rule.code,
    retryable: rule.retryable,
    status: answer.status,
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    numbers,
  };
};

/** The error of a refusal, with what people need to look it up; `what` was asked for. */
export const tokenErrorOf = (fault: TokenFault, what: string): ProviderError => {
  const { numbers, ...provider } = fault;
  const named = [fault.status, ...numbers.map((number) => `AADSTS${number}`)].join(" ");
  return new ProviderError(`${what}: Microsoft Entra answered ${named}`, provider);
};
