import { Agent } from "undici";
import { afterEach, expect, test } from "vitest";
import { type Issued, type RefreshRequest, refreshCall } from "../src/index.ts";
import { type FakeWebex, failureOf, openFakeWebex, type Script } from "./fake-webex.ts";

let webex: FakeWebex | undefined;
let agent: Agent | undefined;
afterEach(async () => {
  await agent?.destroy();
  await webex?.close();
});

const open = async (script: Script): Promise<(request: RefreshRequest) => Promise<Issued>> => {
  webex = await openFakeWebex(script);
  agent = new Agent({ connect: { ca: webex.ca } });
  const { url: baseUrl, scheduler: clock } = webex;
  return refreshCall({ baseUrl, clientId: "app", clientSecret: "a b&c", dispatcher: agent, clock });
};
const tokens = { access_token: "new", expires_in: 1_209_599, refresh_token: "next" };

test("a refresh token becomes new tokens, each with the lifetime that Webex says", async () => {
  const refresh = await open(() => ({ body: { ...tokens, refresh_token_expires_in: 7_776_000 } }));
  expect(await refresh({ refreshToken: "old" })).toEqual({
    accessToken: "new",
    expiresInMs: 1_209_599_000,
    refreshToken: "next",
    refreshExpiresInMs: 7_776_000_000,
  });
  const [asked] = webex?.arrived ?? [];
  expect(asked).toMatchObject({ method: "POST", path: "/v1/access_token", authorization: undefined });
  expect(Object.fromEntries(new URLSearchParams(asked?.body))).toEqual({
    grant_type: "refresh_token",
    client_id: "app",
    client_secret: "a b&c",
    refresh_token: "old",
  });
});

test("a lifetime of the refresh token that is not said is not assumed", async () => {
  const refresh = await open(() => ({ body: tokens }));
  expect(await refresh({ refreshToken: "old" })).toMatchObject({ refreshExpiresInMs: null });
});

test("refusals, throttling and nonsense are told apart, and no secret stands in the message", async () => {
  const answers = [
    { status: 400, body: { message: "old a b&c" } },
    { status: 429, headers: { "retry-after": "3600" }, body: "<html>" },
    { status: 200, body: "<html>old" },
    { status: 200, body: { ...tokens, access_token: "two\nlines" } },
    { status: 200, body: { ...tokens, expires_in: -1 } },
  ];
  const refresh = await open((_, index) => answers[index] ?? {});
  const expected = [
    { code: "invalidRequest", status: 400, retryable: false },
    { code: "throttled", retryAfterMs: 3_600_000 },
    { code: "unavailable", retryable: true },
    { code: "unexpected", retryable: false },
    { code: "unexpected", retryable: false },
  ];
  for (const fault of expected) {
    const failure = await failureOf(refresh({ refreshToken: "old" }));
    expect(failure).toMatchObject(fault);
    expect(failure.message).not.toMatch(/old|a b&c|two/);
  }
});

test("the secrets leave by https only", () => {
  const options = { baseUrl: "http://localhost:1", clientId: "a", clientSecret: "b" };
  const clock = { now: () => 0 as never };
  expect(() => refreshCall({ ...options, dispatcher: new Agent(), clock })).toThrow(TypeError);
});
