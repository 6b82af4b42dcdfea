import { instant, ProviderError } from "@hybrid/kernel";
import { startWebexSimulator, type WebexSimulator } from "@hybrid/webex-simulator";
import { generate } from "selfsigned";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createWebexClient, type WebexClient } from "../src/index.ts";
import { PromptScheduler } from "./prompt-scheduler.ts";

const now = instant(1_800_000_000_000);
const email = "nora.berg@acme.example";
const signal = new AbortController().signal;
let webex: WebexSimulator;
let ca: string;

beforeAll(async () => {
  const made = await generate([{ name: "commonName", value: "localhost" }], {
    keyType: "ec",
    algorithm: "sha256",
    extensions: [
      { name: "basicConstraints", cA: true },
      { name: "subjectAltName", altNames: [{ type: 2, value: "localhost" }] },
    ],
  });
  ca = made.cert;
  webex = await startWebexSimulator({
    tls: { key: made.private, cert: made.cert },
    clock: { now: () => now },
    accessTokens: [
      { token: "fresh", orgId: "11111111-1111-4111-8111-111111111111", defaultSite: "acme.webex.com" },
    ],
  });
});
afterAll(async () => await webex.close());

const clientWith = (accessToken: (rejected?: string) => Promise<string>): WebexClient =>
  createWebexClient({
    baseUrl: webex.url,
    accessToken,
    scheduler: new PromptScheduler(),
    random: () => 0.5,
    ca,
  });

const failureOf = async (work: Promise<unknown>): Promise<ProviderError> => {
  const error: unknown = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof ProviderError) return error;
  throw new Error("expected a ProviderError", { cause: error });
};

test("a token that has expired is asked for again, once, and the call succeeds", async () => {
  const asked: (string | undefined)[] = [];
  const client = clientWith(async (rejected) => {
    asked.push(rejected);
    return rejected === undefined ? "stale" : "fresh";
  });
  expect(await client.findPerson(email, signal)).toBeUndefined();
  expect(asked).toEqual([undefined, "stale"]);
  await client.close();
});

test("when there is no other token, or Webex refuses that one as well, the call is unauthorized", async () => {
  for (const tokens of [["stale"], ["stale", "staler"]]) {
    const before = webex.activity().total;
    const left = [...tokens];
    const client = clientWith(async () => (left.length > 1 ? left.shift() : left[0]) ?? "");
    const failure = await failureOf(client.findPerson(email, signal));
    expect(failure).toMatchObject({ code: "unauthorized", retryable: false, status: 401 });
    expect(failure.message).not.toContain("stale");
    expect(webex.activity().total - before).toBe(tokens.length);
    await client.close();
  }
});

test.each([" ", "two words", "line\nbreak", "bläd"])(
  "a token that cannot stand in a header (%j) is never sent; the error says what to do",
  async (token) => {
    const before = webex.activity().total;
    const client = clientWith(async () => token);
    const failure = await failureOf(client.findPerson(email, signal));
    expect(failure).toMatchObject({ code: "unauthorized", retryable: false });
    expect(failure.message).toMatch(
      /is empty or holds blanks or line breaks; give the system an access token/,
    );
    expect(failure.message).not.toContain(token.trim() || "Bearer");
    expect(webex.activity().total).toBe(before);
    await client.close();
  },
);

test("a token that cannot be had is an error of the provider that names the reason as its cause", async () => {
  const client = clientWith(async () => {
    throw new Error("no such file");
  });
  const failure = await failureOf(client.findPerson(email, signal));
  expect(failure).toMatchObject({ code: "unauthorized", retryable: false, cause: new Error("no such file") });
  await client.close();
});

test("a caller that waits for a token is let go at the call's deadline", async () => {
  const client = clientWith(() => new Promise<string>(() => undefined));
  const stop = new AbortController();
  const ended = failureOf(client.findPerson(email, stop.signal));
  stop.abort(new Error("deadline"));
  expect(await ended).toMatchObject({ code: "deadlineExceeded", retryable: true });
  expect(await failureOf(client.findPerson(email, stop.signal))).toMatchObject({ code: "deadlineExceeded" });
  await client.close();
});
