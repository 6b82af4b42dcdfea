import { HttpFault } from "@hybrid/http-api";
import { type ErrorCode, ProviderError } from "@hybrid/kernel";
import { expect, test } from "vitest";
import { calendarFaultOf, isGone } from "../src/api/calendar-faults.ts";
import { ListsNotReady } from "../src/api/meeting-view.ts";

const failed = (code: ErrorCode, retryAfterMs?: number) =>
  new ProviderError("told", {
    code,
    retryable: false,
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  });

test.each<[ErrorCode, number, string]>([
  ["quotaExceeded", 422, "told"],
  ["invalidRequest", 422, "told"],
  ["outOfScope", 403, "told"],
  ["conflict", 409, "told"],
  ["preconditionFailed", 412, "told"],
  ["consentRevoked", 409, "no longer allows access"],
  ["userConsentRevoked", 409, "Connect it again"],
  ["userConsentMissing", 409, "not connected"],
  ["userConsentExpired", 409, "too long ago"],
  ["mailboxMissing", 409, "no mailbox"],
  ["notFound", 404, "no such meeting any more"],
  ["unavailable", 502, "told"],
  ["deadlineExceeded", 502, "told"],
  ["credentialsRejected", 502, "told"],
])("%s of the calendar is %i, with the reason", (code, status, words) => {
  const fault = calendarFaultOf(failed(code));
  expect(fault).toMatchObject({ status, code, message: expect.stringContaining(words) });
  expect(isGone(failed(code))).toBe(status === 404);
});

test("what passes by itself says when to come again; what nobody foresaw is no fault of the calendar", () => {
  for (const code of ["throttled", "breakerOpen"] as const)
    expect(calendarFaultOf(failed(code, 1_200))).toMatchObject({
      status: 503,
      code,
      more: { retryAfter: 2 },
    });
  expect(calendarFaultOf(new ListsNotReady("being read"))).toMatchObject({ status: 503, code: "notReady" });
  expect(calendarFaultOf(new Error("unforeseen"))).toBeNull();
  const own = new HttpFault(400, "invalidRequest", "no");
  expect(calendarFaultOf(own)).toBe(own);
});
