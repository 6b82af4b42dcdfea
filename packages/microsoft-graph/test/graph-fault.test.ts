import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { ErrorCode } from "@hybrid/kernel";
import { VirtualClock } from "@hybrid/kernel/testing";
import { expect, test } from "vitest";
import { graphErrorRules } from "../src/errors/graph-error-rules.ts";
import { graphErrorOf, graphFaultOf, graphMessageOf } from "../src/errors/graph-fault.ts";
import { retryAfterMsOf } from "../src/errors/retry-after.ts";

const clock = new VirtualClock();
const contracts = process.env["HYBRID_CONTRACTS_DIR"];

const faultOf = (
  status: number | null,
  error: object,
  more: { headers?: Record<string, string>; namesUser?: boolean } = {},
) =>
  graphFaultOf(
    { status, headers: more.headers ?? {}, body: { error } },
    { namesUser: more.namesUser ?? true, clock },
  );

const forbidden = "Operation: Create; Exception: [Status Code: Forbidden; Reason: Access denied]";
const missing = "Operation: Create; Exception: [Status Code: NotFound; Reason: Not Found]";
const busy = "Operation: Create; Exception: [Status Code: ServiceUnavailable; Reason: Busy]";

const retryable = new Set<ErrorCode>(["unavailable", "throttled", "validationTimedOut", "unauthorized"]);

test.each<[number, string, string, ErrorCode]>([
  [404, "MailboxNotEnabledForRESTAPI", "", "mailboxMissing"],
  [404, "ResourceNotFound", "Resource could not be discovered.", "mailboxMissing"],
  [404, "ResourceNotFound", "The object was not found.", "notFound"],
  [404, "ResourceNotFound", "Resource provisioning is in progress. Please try again.", "unavailable"],
  [404, "ErrorInvalidUser", "", "mailboxMissing"],
  [404, "Request_ResourceNotFound", "", "userNotFound"],
  [404, "ErrorItemNotFound", "", "notFound"],
  [403, "ErrorAccessDenied", "Access to OData is disabled.", "outOfScope"],
  [403, "Authorization_RequestDenied", "", "outOfScope"],
  [403, "ExtensionError", forbidden, "outOfScope"],
  [403, "Forbidden", "The mailbox has reached its limit of 1000 subscriptions.", "quotaExceeded"],
  [403, "Forbidden", "Access is limited to administrators.", "outOfScope"],
  [400, "ExtensionError", missing, "mailboxMissing"],
  [400, "ExtensionError", busy, "unavailable"],
  [409, "ExtensionError", "Subscription Id 1 already exists for the requested combination", "conflict"],
  [400, "InvalidRequest", "Subscription validation request timed out.", "validationTimedOut"],
  [400, "InvalidRequest", "Subscription validation request failed.", "validationTimedOut"],
  [400, "ErrorOccurrenceCrossingBoundary", "", "invalidRequest"],
  [401, "InvalidAuthenticationToken", "", "unauthorized"],
  [409, "ErrorIrresolvableConflict", "", "preconditionFailed"],
  [412, "ErrorIrresolvableConflict", "", "preconditionFailed"],
  [410, "SyncStateNotFound", "", "syncStateLost"],
  [400, "SyncStateNotFound", "", "syncStateLost"],
  [410, "Gone", "", "syncStateLost"],
  [404, "resyncRequired", "", "syncStateLost"],
  [422, "Request_UnprocessableEntity", "", "invalidRequest"],
  [429, "TooManyRequests", "", "throttled"],
  [503, "MailboxInfoStale", "", "unavailable"],
  [500, "ErrorMoveCopyFailed", "", "unavailable"],
  [501, "NotImplemented", "", "invalidRequest"],
  [504, "UnknownError", "", "unavailable"],
  [302, "", "", "unavailable"],
  [407, "", "", "unavailable"],
  [404, "MailboxNotSupportedForRESTAPI", "REST API is not yet supported for this mailbox.", "mailboxMissing"],
  [404, "RESTAPINotEnabledForComponentSharedMailbox", "", "mailboxMissing"],
  [404, "ErrorNonExistentMailbox", "", "mailboxMissing"],
  [404, "ErrorMailboxNotFound", "", "mailboxMissing"],
  [403, "ErrorInvalidLicense", "", "mailboxMissing"],
  [404, "UserNotFound", "", "userNotFound"],
  [400, "ErrorInvalidSyncStateData", "", "syncStateLost"],
  [409, "ErrorStaleObject", "", "preconditionFailed"],
  [403, "ErrorQuotaExceeded", "", "quotaExceeded"],
  [503, "ErrorServerBusy", "", "throttled"],
  [400, "UnknownError", "", "unavailable"],
  [403, "UnknownError", "", "unavailable"],
  [404, "UnknownError", "", "unavailable"],
  [503, "ExtensionError", busy, "unavailable"],
])("%i %s «%s» is %s", (status, code, message, expected) => {
  const fault = faultOf(status, { code, message });
  expect(fault).toMatchObject({ code: expected, retryable: retryable.has(expected), status });
});

test("two writes that met in the directory may be repeated, unlike any other conflict", () => {
  const fault = faultOf(409, { code: "Directory_ConcurrencyViolation", message: "" });
  expect(fault).toMatchObject({ code: "conflict", retryable: true });
});

test("a missing resource in the directory is only then a missing user when the request named one", () => {
  const error = { code: "Request_ResourceNotFound", message: "" };
  expect(faultOf(404, error, { namesUser: false }).code).toBe("notFound");
});

test("the most specific code decides, at any depth and in either spelling of the inner error", () => {
  const innermost = { code: "SyncStateNotFound" };
  const error = { code: "badRequest", innererror: { code: "generalException", innerError: innermost } };
  expect(faultOf(400, error)).toMatchObject({
    code: "syncStateLost",
    graphCodes: ["badRequest", "generalException", "SyncStateNotFound"],
  });
});

test.each<[unknown]>([
  ["<html>Bad gateway</html>"],
  [null],
  [[]],
  [{}],
  [{ error: "text" }],
  [{ error: { code: 5 } }],
  [undefined],
  [""],
])("a refusal without a code of Graph's (%j) proves nothing about what was asked for", (body) => {
  for (const status of [400, 403, 404, 413, 502]) {
    const fault = graphFaultOf({ status, headers: {}, body }, { namesUser: true, clock });
    expect([status, fault]).toEqual([
      status,
      expect.objectContaining({ code: "unavailable", retryable: true }),
    ]);
    expect(fault.mailboxOnly).toBe(status !== 502);
  }
  const codeOf = (status: number) =>
    graphFaultOf({ status, headers: {}, body }, { namesUser: true, clock }).code;
  expect([401, 409, 410, 412, 429].map(codeOf)).toEqual([
    "unauthorized",
    "conflict",
    "syncStateLost",
    "preconditionFailed",
    "throttled",
  ]);
});

test.each<[number, string, string]>([
  [503, "MailboxInfoStale", ""],
  [503, "ErrorInternalServerError", "Target resource 'x' is hosted on database 'y' on backend 'Unknown'."],
  [500, "UnknownError", "MailboxInfoStaleException"],
  [503, "ExtensionError", busy],
  [404, "ResourceNotFound", "Resource provisioning is in progress. Please try again."],
])("%i %s «%s» is one mailbox's trouble, not the service's", (status, code, message) => {
  expect(faultOf(status, { code, message })).toMatchObject({ code: "unavailable", mailboxOnly: true });
});

test("no code has two rules that nothing else tells apart", () => {
  const bare = graphErrorRules.filter(({ status, message, namesUser }) => !status && !message && !namesUser);
  const codes = bare.flatMap((rule) => rule.codes ?? []);
  expect(new Set(codes).size).toBe(codes.length);
  expect(codes.filter((code) => code !== code.toLowerCase())).toEqual([]);
});

test("the error tells status, codes and request-id, and loggers find none of Graph's own text", () => {
  const error = {
    code: "ErrorAccessDenied",
    message: "anna@acme.example may not",
    innerError: { "request-id": "r-1" },
  };
  const made = graphErrorOf(faultOf(403, error), "events.get for user u of tenant t");
  expect(made.message).toBe(
    "events.get for user u of tenant t: Graph answered 403 ErrorAccessDenied (request-id r-1)",
  );
  expect(JSON.stringify(made) + made.stack + Object.values(made).join()).not.toContain("anna@");
  expect(graphMessageOf(made)).toBe("anna@acme.example may not");
});

test.each<[Record<string, string>, number | null]>([
  [{ "retry-after": "10" }, 10_000],
  [{ "retry-after": "0.5" }, 500],
  [{ "retry-after": "86400" }, 86_400_000],
  [{ "retry-after": "Mon, 05 Jan 2026 09:00:30 GMT", date: "Mon, 05 Jan 2026 09:00:00 GMT" }, 30_000],
  [{ "retry-after": "Mon, 05 Jan 2026 08:00:30 GMT" }, 30_000],
  [{ "retry-after": "Mon, 05 Jan 2026 07:00:30 GMT" }, 0],
  [{ "retry-after": "soon" }, null],
  [{ "retry-after": "-1" }, null],
  [{ "retry-after": "10, 30" }, 30_000],
  [{ "x-ms-retry-after-ms": "1500" }, 1_500],
  [{ "retry-after": "1", "x-ms-retry-after-ms": "2500" }, 2_500],
  [{}, null],
])("Retry-After of %j is %j ms", (headers, expected) => {
  expect(retryAfterMsOf(headers, clock)).toBe(expected);
});

interface Example {
  readonly request?: { readonly url?: string };
  readonly response?: {
    readonly status?: number | null;
    readonly headers?: Record<string, string>;
    readonly body?: unknown;
  };
}

/** Microsoft's published error examples, and the status to assume where the example names none. */
const expectedByFile: Readonly<Record<string, readonly [ErrorCode, number?]>> = {
  "error--aad-advanced-queries--03.json": ["invalidRequest", 400],
  "error--aad-advanced-queries--04.json": ["invalidRequest", 400],
  "error--aad-advanced-queries--05.json": ["invalidRequest", 400],
  "error--advanced-queries--03-2026.json": ["invalidRequest", 400],
  "error--advanced-queries--04-2026.json": ["invalidRequest", 400],
  "error--advanced-queries--05-2026.json": ["invalidRequest", 400],
  "error--advanced-queries--06-2026.json": ["invalidRequest", 400],
  "error--auth-limit-mailbox-access--01.json": ["outOfScope", 403],
  "error--delta-query-overview--01.json": ["invalidRequest"],
  "error--errors--01-2026.json": ["invalidRequest", 400],
  "error--errors--01.json": ["invalidRequest", 400],
  "error--known-issues--01.json": ["invalidRequest", 400],
  "error--known-issues--05.json": ["outOfScope", 403],
  "error--m40-subscription-validation-timeout.json": ["validationTimedOut"],
  "error--m41-subscription-extensionerror-forbidden.json": ["outOfScope"],
  "error--m42-mailbox-not-enabled-old.json": ["mailboxMissing"],
  "error--m43-mailbox-not-enabled-new.json": ["mailboxMissing"],
  "error--m44-resource-not-discovered.json": ["mailboxMissing"],
  "error--m45-mailbox-concurrency.json": ["throttled"],
  "error--m46-syncstatenotfound.json": ["syncStateLost"],
  "error--m47-mailboxinfostale.json": ["unavailable"],
  "error--m48-toomanyobjectsopened.json": ["throttled"],
  "error--m49-movecopyfailed.json": ["unavailable"],
  "error--m50-group-drive-provisioning.json": ["unavailable"],
  "error--m51-duplicate-mailnickname.json": ["invalidRequest"],
  "error--m52-subscription-invalid-resource-403.json": ["outOfScope"],
  "error--m53-sdk-searchevents-400.json": ["invalidRequest", 400],
  "error--throttling--01.json": ["throttled"],
  "error--user-post-messages--04.json": ["invalidRequest"],
};

const lowered = (headers: Record<string, string> = {}): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));

const examplesFolder = join(contracts ?? ".", "graph-examples");
const readExample = (file: string): Example => JSON.parse(readFileSync(join(examplesFolder, file), "utf8"));

// Needs HYBRID_CONTRACTS_DIR: Microsoft's examples are read where they lie and never copied.
test.skipIf(!contracts)("every published error example has the class expected of it", () => {
  const files = readdirSync(examplesFolder).filter((file) => file.startsWith("error--"));
  const read = files.map((file) => {
    const { response, request } = readExample(file);
    const status = response?.status ?? expectedByFile[file]?.[1] ?? null;
    const answer = { status, headers: lowered(response?.headers), body: response?.body };
    const namesUser = /\/(?:me|users)\//.test(request?.url ?? "/users/");
    return [file, graphFaultOf(answer, { namesUser, clock }).code];
  });
  expect(Object.fromEntries(read)).toEqual(
    Object.fromEntries(Object.entries(expectedByFile).map(([file, [code]]) => [file, code])),
  );
  const throttling = readExample("error--throttling--01.json").response;
  const answer = { status: 429, headers: lowered(throttling?.headers), body: throttling?.body };
  expect(graphFaultOf(answer, { namesUser: true, clock }).retryAfterMs).toBe(10_000);
});

interface FoundAnswer {
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly body: unknown;
}

/** Every answer of 400 and above in an example, those inside of batches too. */
const failuresIn = (value: unknown): FoundAnswer[] => {
  if (typeof value !== "object" || value === null) return [];
  const { status, headers, body } = value as { status?: unknown; headers?: unknown; body?: unknown };
  const inner = Object.values(value).flatMap(failuresIn);
  if (typeof status !== "number" || status < 400) return inner;
  return [{ status, headers: lowered(headers as Record<string, string>), body }, ...inner];
};

// Needs HYBRID_CONTRACTS_DIR, as above.
test.skipIf(!contracts)("every failure in any published example has a class of its own", () => {
  const found = readdirSync(examplesFolder).flatMap((file) =>
    failuresIn(readExample(file).response).map((answer) => [file, answer] as const),
  );
  expect(found.length).toBeGreaterThan(15);
  const unexpected = found.filter(
    ([, answer]) => graphFaultOf(answer, { namesUser: true, clock }).code === "unexpected",
  );
  expect(unexpected).toEqual([]);
});
