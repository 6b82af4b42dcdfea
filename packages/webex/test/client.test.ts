import { instant, ProviderError, type ProviderFault } from "@hybrid/kernel";
import { startWebexSimulator, type WebexSimulator } from "@hybrid/webex-simulator";
import { generate } from "selfsigned";
import { afterAll, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { createWebexClient, type WebexClient, type WebexClientOptions } from "../src/index.ts";
import { PromptScheduler } from "./prompt-scheduler.ts";

const now = instant(1_800_000_000_000);
const email = "nora.berg@acme.example";
const signal = new AbortController().signal;
let tls: { key: string; cert: string };
let webex: WebexSimulator;
let client: WebexClient;
let scheduler: PromptScheduler;

const clientFor = (changes: Partial<WebexClientOptions> = {}): WebexClient =>
  createWebexClient({
    baseUrl: webex.url,
    accessToken: async () => "acme-token",
    scheduler,
    random: () => 0.5,
    ca: tls.cert,
    ...changes,
  });

const faultOf = async (calling: Promise<unknown>): Promise<Partial<ProviderFault> & { message: string }> => {
  const error = await calling.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof ProviderError)) throw new Error("expected a ProviderError", { cause: error });
  const { code, retryable, retryAfterMs, status, message } = error;
  return {
    code,
    retryable,
    message,
    ...(retryAfterMs !== undefined && { retryAfterMs }),
    ...(status && { status }),
  };
};

beforeAll(async () => {
  const made = await generate([{ name: "commonName", value: "localhost" }], {
    keyType: "ec",
    algorithm: "sha256",
    extensions: [
      { name: "basicConstraints", cA: true },
      { name: "subjectAltName", altNames: [{ type: 2, value: "localhost" }] },
    ],
  });
  tls = { key: made.private, cert: made.cert };
});

beforeEach(async () => {
  await client?.close();
  await webex?.close();
  scheduler = new PromptScheduler(now);
  webex = await startWebexSimulator({
    tls,
    clock: { now: () => now },
    accessTokens: [
      { token: "acme-token", orgId: "1eb65fdf-9643-417f-9974-ad72cae0e10f", defaultSite: "acme.webex.com" },
    ],
  });
  webex.addPerson({
    orgId: "1eb65fdf-9643-417f-9974-ad72cae0e10f",
    email,
    aliases: ["nora@acme.example"],
    displayName: "Nora Berg",
    sites: ["acme.webex.com", "acme-eu.webex.com"],
    personalRoom: { hostPin: "471199", accessCode: "2345 678 9012", dialInIpAddress: "203.0.113.9" },
  });
  client = clientFor();
});

afterAll(async () => {
  await client.close();
  await webex.close();
});

test("finds a person by primary address and alias, in any case", async () => {
  const { id, uuid } = webex.people()[0]!;
  for (const address of [email, "NORA@Acme.Example"])
    expect(await client.findPerson(address, signal)).toEqual({
      id,
      uuid,
      orgUuid: "1eb65fdf-9643-417f-9974-ad72cae0e10f",
      displayName: "Nora Berg",
      emails: [email, "nora@acme.example"],
      sites: ["acme.webex.com", "acme-eu.webex.com"],
      personalRoomSipAddress: "nora.berg@acme.webex.com",
    });
  expect(await client.findPerson("nobody+else@acme.example", signal)).toBeUndefined();
});

test("reads a personal room and leaves the host PIN where it is", async () => {
  const room = await client.getPersonalRoom({ userEmail: email }, signal);
  expect(room).toEqual({
    joinUrl: "https://acme.webex.com/meet/nora.berg",
    sipAddress: "nora.berg@acme.webex.com",
    dialInIpAddress: "203.0.113.9",
    phoneNumbers: [{ label: "Sweden Toll", number: "+46-8-5050-0100" }],
    accessCode: "2345 678 9012",
  });
  expect(JSON.stringify(room)).not.toContain("471199");
});

test("says that a personal room is missing, and that a user is on no such site", async () => {
  const path = { userEmail: email, siteUrl: "acme-eu.webex.com" };
  expect(await faultOf(client.getPersonalRoom(path, signal))).toMatchObject({
    code: "personalRoomMissing",
    retryable: false,
    status: 404,
  });
  expect(await faultOf(client.listSites({ userEmail: "nobody@acme.example" }, signal))).toMatchObject({
    code: "notFound",
    retryable: false,
  });
});

test("lists sites", async () => {
  expect(await client.listSites({ userEmail: email }, signal)).toEqual([
    { siteUrl: "acme.webex.com", isDefault: true },
    { siteUrl: "acme-eu.webex.com", isDefault: false },
  ]);
});

test("treats empty dial-in details as absent", async () => {
  const body = JSON.stringify({
    personalMeetingRoomLink: "https://acme.webex.com/meet/x",
    sipAddress: "x@acme.webex.com",
    dialInIpAddress: "",
    telephony: { accessCode: "", callInNumbers: [], links: [{ rel: "globalCallinNumbers" }] },
  });
  webex.faults.answerNext({ kind: "answer", status: 200, body });
  expect(await client.getPersonalRoom({ userEmail: email }, signal)).toEqual({
    joinUrl: "https://acme.webex.com/meet/x",
    sipAddress: "x@acme.webex.com",
    dialInIpAddress: null,
    phoneNumbers: [],
    accessCode: null,
  });
});

test("passes on a long Retry-After uncapped and at once, though the body is a page", async () => {
  webex.faults.throttleUntil(now + 3_600_000);
  expect(await faultOf(client.findPerson(email, signal))).toMatchObject({
    code: "throttled",
    retryable: true,
    retryAfterMs: 3_600_000,
    status: 429,
  });
  expect(webex.activity().total).toBe(1);
  expect(scheduler.waits).toEqual([]);
});

test("reads Retry-After as seconds of any size, as a date, and as nothing when it is nonsense", async () => {
  // Webex's clock is an hour ahead of ours: a date counts from the answer's own.
  const date = new Date(now + 3_600_000).toUTCString();
  const cases: [string, number | undefined][] = [
    ["86400", 86_400_000],
    ["9".repeat(30), 366 * 86_400_000],
    [new Date(now + 3_600_000 + 90_000).toUTCString(), 90_000],
    [new Date(now).toUTCString(), 0],
    ["soon", undefined],
  ];
  for (const [header, retryAfterMs] of cases) {
    const answer = {
      kind: "answer",
      status: 429,
      headers: { "retry-after": header, date },
      body: "<html>",
    } as const;
    webex.faults.answerNext(answer, answer, answer, answer);
    expect([header, (await faultOf(client.findPerson(email, signal))).retryAfterMs]).toEqual([
      header,
      retryAfterMs,
    ]);
    await client.close();
    await webex.close();
    webex = await startWebexSimulator({ tls, clock: { now: () => now }, accessTokens: [] });
    client = clientFor();
  }
});

test("honours a short Retry-After within the call, then succeeds", async () => {
  webex.faults.answerNext(
    { kind: "answer", status: 429, headers: { "retry-after": "1" }, body: "<html>" },
    { kind: "drop" },
    { kind: "answer", status: 503, body: "" },
  );
  expect(await client.findPerson(email, signal)).toMatchObject({ displayName: "Nora Berg" });
  expect(scheduler.waits).toEqual([1_000, 100, 200]);
});

test("stops when the next wait does not fit into what is left of two seconds", async () => {
  const oneSecond = { kind: "answer", status: 429, headers: { "retry-after": "1.5" }, body: "" } as const;
  webex.faults.answerNext(oneSecond, oneSecond, oneSecond);
  expect(await faultOf(client.findPerson(email, signal))).toMatchObject({
    code: "throttled",
    retryAfterMs: 1_500,
  });
  expect(scheduler.waits).toEqual([1_500]);
});

test("gives up after four attempts on a server that keeps failing", async () => {
  webex.faults.errorRate(1);
  expect(await faultOf(client.findPerson(email, signal))).toMatchObject({
    code: "unavailable",
    retryable: true,
    status: 502,
    message: expect.stringMatching(/\/v1\/people with 502 \(tracking id SIMULATOR_/),
  });
  expect(webex.requestCounts()).toEqual({ "GET /v1/people": 4 });
  expect(scheduler.waits).toEqual([50, 100, 200]);
});

test("maps refusals without repeating them", async () => {
  webex.revokeToken("acme-token");
  expect(await faultOf(client.findPerson(email, signal))).toMatchObject({
    code: "unauthorized",
    retryable: false,
  });
  for (const [status, code] of [
    [400, "invalidRequest"],
    [403, "invalidRequest"],
    [409, "conflict"],
    [410, "notFound"],
  ] as const) {
    webex.faults.answerNext({ kind: "answer", status, body: "{}" });
    const fault = await faultOf(client.listSites({ userEmail: email }, signal));
    expect(fault).toMatchObject({ code, retryable: false, status });
  }
  expect(scheduler.waits).toEqual([]);
});

test("takes what a proxy answered in place of Webex for no answer: asked again, never followed", async () => {
  const headers = { location: "https://localhost/" };
  for (const status of [302, 307, 407])
    webex.faults.answerNext({ kind: "answer", status, headers, body: "<html>sign in</html>" });
  expect(await client.findPerson(email, signal)).toMatchObject({ displayName: "Nora Berg" });
  webex.faults.answerNext({ kind: "answer", status: 200, body: "<html>sign in</html>" });
  webex.faults.answerNext({ kind: "answer", status: 200, body: '{"items":[' });
  webex.faults.answerNext({ kind: "answer", status: 200, body: "{}{}" });
  expect(await client.findPerson(email, signal)).toMatchObject({ displayName: "Nora Berg" });
  expect(scheduler.waits).toHaveLength(6);
});

test("refuses answers it cannot use, naming the place and not the content", async () => {
  const room = (link: string) => JSON.stringify({ personalMeetingRoomLink: link, sipAddress: "a@b" });
  const bodies = [
    "null",
    "{}",
    room("secret"),
    room("http://secret"),
    room("javascript:secret"),
    JSON.stringify({ personalMeetingRoomLink: "https://secret.webex.com/meet/x", sipAddress: 7 }),
  ];
  for (const body of bodies) {
    webex.faults.answerNext({ kind: "answer", status: 200, body });
    const fault = await faultOf(client.getPersonalRoom({ userEmail: email }, signal));
    expect(fault).toMatchObject({ code: "unexpected", retryable: false, status: 200 });
    expect(fault.message).not.toContain("secret");
    expect(fault.message).not.toContain("nora");
  }
  webex.faults.answerNext({
    kind: "answer",
    status: 200,
    body: `{"items":[{"id":"?","emails":["${email}"]}]}`,
  });
  expect(await faultOf(client.findPerson(email, signal))).toMatchObject({ code: "unexpected" });
});

test("a person who cannot be read is a failure, not nobody", async () => {
  webex.faults.answerNext({ kind: "answer", status: 200, body: '{"items":[{"id":"secret","emails":7}]}' });
  const fault = await faultOf(client.findPerson(email, signal));
  expect(fault).toMatchObject({ code: "unexpected", retryable: false });
  expect(fault.message).toContain("unusable properties: items.0.emails");
});

test("follows pages, even past an empty one, and never to another host", async () => {
  const link = (target: string) => ({ link: `<https://a.example/>; rel="prev", <${target}>; rel="next"` });
  const empty = JSON.stringify({ items: [] });
  const answer = (target: string) =>
    ({ kind: "answer", status: 200, headers: link(target), body: empty }) as const;
  webex.faults.answerNext(answer(`${webex.url}/v1/people?email=${email}&max=null&before&after=x`));
  expect(await client.findPerson(email, signal)).toMatchObject({ displayName: "Nora Berg" });
  webex.faults.answerNext(answer("https://elsewhere.example/v1/people"));
  expect(await faultOf(client.findPerson(email, signal))).toMatchObject({
    code: "unexpected",
    retryable: false,
  });
  webex.faults.answerNext(
    ...Array.from({ length: 12 }, (_, page) => answer(`${webex.url}/v1/people?after=${page}`)),
  );
  expect((await faultOf(client.findPerson(email, signal))).message).toContain("more than 10 pages");
});

test("ends with the caller's deadline, whether Webex hangs or we wait", async () => {
  webex.faults.answerNext({ kind: "hang" });
  const deadline = new AbortController();
  const asking = faultOf(client.findPerson(email, deadline.signal));
  // Before the request has arrived the script would wait for the next one.
  await vi.waitUntil(() => webex.activity().inFlight > 0, { timeout: 20_000, interval: 5 });
  deadline.abort();
  const hanging = await asking;
  expect(hanging).toMatchObject({ code: "deadlineExceeded", retryable: true });
  const stop = new AbortController();
  const pausing = clientFor({
    scheduler: new PromptScheduler(now, () => stop.abort()),
  });
  webex.faults.answerNext({ kind: "drop" });
  expect(await faultOf(pausing.findPerson(email, stop.signal))).toMatchObject({ code: "deadlineExceeded" });
  await pausing.close();
});

test("says unavailable when nobody listens", async () => {
  await webex.close();
  expect(await faultOf(client.findPerson(email, signal))).toMatchObject({
    code: "unavailable",
    retryable: true,
  });
  expect(scheduler.waits).toHaveLength(3);
});

test("refuses an address that is not https", () => {
  expect(() => clientFor({ baseUrl: "http://localhost:1" })).toThrow(TypeError);
});
