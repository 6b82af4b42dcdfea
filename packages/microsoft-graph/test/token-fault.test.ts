import type { ErrorCode } from "@hybrid/kernel";
import { VirtualClock } from "@hybrid/kernel/testing";
import { expect, test } from "vitest";
import { tokenErrorRules } from "../src/errors/token-error-rules.ts";
import { tokenErrorOf, tokenFaultOf } from "../src/errors/token-fault.ts";

const clock = new VirtualClock();
const faultOf = (status: number, body: unknown, headers: Record<string, string> = {}) =>
  tokenFaultOf({ status, headers, body }, clock);

test.each<[number, ErrorCode, boolean]>([
  [65001, "consentRevoked", false],
  [90094, "consentRevoked", false],
  [700016, "consentRevoked", false],
  [7000112, "consentRevoked", false],
  [500011, "consentRevoked", false],
  [650052, "consentRevoked", false],
  [7000215, "credentialsRejected", false],
  [7000222, "credentialsRejected", false],
  [700027, "credentialsRejected", false],
  [50012, "credentialsRejected", false],
  [7000229, "consentRevoked", false],
  [700011, "consentRevoked", false],
  [500014, "consentRevoked", false],
  [5000225, "consentRevoked", false],
  [53003, "consentRevoked", false],
  [700024, "credentialsRejected", false],
  [700021, "credentialsRejected", false],
  [1000502, "credentialsRejected", false],
  [70002, "credentialsRejected", false],
  [90055, "throttled", true],
  [500021, "invalidRequest", false],
  [90033, "unavailable", true],
  [50033, "unavailable", true],
  [50196, "throttled", true],
  [90002, "invalidRequest", false],
  [90072, "invalidRequest", false],
])("AADSTS%i is %s", (number, code, retryable) => {
  for (const answer of [
    { error: "invalid_client", error_codes: [number] },
    { error: "invalid_client", error_codes: [String(number)] },
    { error: "invalid_client", error_codes: number },
    { error: "invalid_client", error_description: `AADSTS${number}: text` },
    { error: "invalid_client", error_description: `AADSTS${number}` },
    { error: "invalid_client", error_uri: `https://login.microsoftonline.com/error?code=${number}` },
  ])
    expect([answer, faultOf(401, answer)]).toEqual([
      answer,
      expect.objectContaining({ code, retryable, numbers: [number] }),
    ]);
});

test("no number has two meanings, and every meaning has a reason and a source that anybody can read", () => {
  const numbers = tokenErrorRules.flatMap((rule) => rule.numbers);
  expect(new Set(numbers).size).toBe(numbers.length);
  for (const { because, source } of tokenErrorRules) {
    expect(because).toMatch(/\.$/);
    expect(source).toMatch(/^https:\/\/(?:learn\.microsoft\.com|login\.microsoftonline\.com|github\.com)\//);
  }
});

test.each<[readonly number[], ErrorCode]>([
  [[7000229, 70002], "consentRevoked"],
  [[70002, 7000229], "consentRevoked"],
  [[7000229, 700016], "consentRevoked"],
  [[7000215, 7000229], "consentRevoked"],
  [[1, 7000229], "consentRevoked"],
  [[70002, 50012], "credentialsRejected"],
  [[70002, 90033], "unavailable"],
  [[90002, 70002], "invalidRequest"],
])("of several numbers (%j) the one that explains most decides", (numbers, code) => {
  expect(faultOf(401, { error: "invalid_client", error_codes: numbers }).code).toBe(code);
});

test.each<[number, string, ErrorCode]>([
  [400, "invalid_client", "credentialsRejected"],
  [400, "unauthorized_client", "consentRevoked"],
  [400, "temporarily_unavailable", "unavailable"],
  [400, "something_new", "invalidRequest"],
  [400, "constructor", "invalidRequest"],
  [400, "access_denied", "consentRevoked"],
  [400, "invalid_scope", "invalidRequest"],
  [503, "invalid_client", "unavailable"],
  [429, "invalid_client", "throttled"],
])("%i with %s and an unknown number is %s", (status, error, code) => {
  expect(faultOf(status, { error, error_codes: [1] }).code).toBe(code);
});

test("an HTML page of a gateway is unavailable, and Retry-After is kept", () => {
  expect(faultOf(502, "<html>", { "retry-after": "7" })).toMatchObject({
    code: "unavailable",
    retryable: true,
    retryAfterMs: 7_000,
  });
});

test.each([400, 403, 404, 407, 302])("%i without Entra's own words is unavailable", (status) => {
  for (const body of [{}, "<html>Blocked</html>", null, [], { error: { code: "x" } }])
    expect(faultOf(status, body)).toMatchObject({ code: "unavailable", retryable: true });
});

test("the error names the tenant and Entra's number, and not Entra's text", () => {
  const fault = faultOf(400, {
    error: "invalid_grant",
    error_description: "AADSTS65001: 'Acme' has not consented",
  });
  const error = tokenErrorOf(fault, "token for tenant t-1");
  expect(error.message).toBe("token for tenant t-1: Microsoft Entra answered 400 AADSTS65001");
});
