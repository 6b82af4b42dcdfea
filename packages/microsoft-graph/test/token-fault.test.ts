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
  [90033, "unavailable", true],
  [50033, "unavailable", true],
  [50196, "throttled", true],
  [90002, "invalidRequest", false],
  [90072, "invalidRequest", false],
])("AADSTS%i is %s", (number, code, retryable) => {
  const listed = { error: "whatever", error_codes: [number] };
  const described = { error: "whatever", error_description: `AADSTS${number}: text` };
  expect(faultOf(400, listed)).toMatchObject({ code, retryable, numbers: [number] });
  expect(faultOf(401, described)).toMatchObject({ code, retryable, numbers: [number] });
});

test("no number has two meanings", () => {
  const numbers = tokenErrorRules.flatMap((rule) => rule.numbers);
  expect(new Set(numbers).size).toBe(numbers.length);
});

test.each<[number, string, ErrorCode]>([
  [400, "invalid_client", "credentialsRejected"],
  [400, "unauthorized_client", "consentRevoked"],
  [400, "temporarily_unavailable", "unavailable"],
  [400, "something_new", "invalidRequest"],
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

test("the error names the tenant and Entra's number, and not Entra's text", () => {
  const fault = faultOf(400, {
    error: "invalid_grant",
    error_description: "AADSTS65001: 'Acme' has not consented",
  });
  const error = tokenErrorOf(fault, "t-1");
  expect(error.message).toBe("token for tenant t-1: Microsoft Entra answered 400 AADSTS65001");
});
