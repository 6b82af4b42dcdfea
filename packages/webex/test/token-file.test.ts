import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { hours, instant, plus, type Scheduler } from "@hybrid/kernel";
import { Agent } from "undici";
import { afterEach, beforeEach, expect, test } from "vitest";
import {
  authorizationUrl,
  createRefreshingToken,
  exchangeCode,
  type Issued,
  openTokenFile,
  refreshCall,
  type StoredTokens,
  serviceAppToken,
  type TokenFile,
} from "../src/index.ts";
import { PromptScheduler } from "./prompt-scheduler.ts";
import { openSimulatedWebex, type SimulatedWebex } from "./simulated-webex.ts";

let folder: string;
let world: SimulatedWebex;
let agent: Agent;
const opened: TokenFile[] = [];
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "tokens-"));
  world = await openSimulatedWebex();
  agent = new Agent({ connect: { ca: world.ca } });
});
afterEach(async () => {
  for (const file of opened.splice(0)) file.close();
  await agent.destroy();
  await world.close();
  rmSync(folder, { recursive: true });
});

/** Real time: who waits for a lock waits for somebody else's answer. */
const realTime: Scheduler = {
  now: () => instant(Date.now()),
  at: (dueAt, run) => {
    const timer = setTimeout(run, dueAt - Date.now());
    return () => clearTimeout(timer);
  },
};

const open = (name = "acme", scheduler: Scheduler = realTime): TokenFile => {
  const file = openTokenFile(join(folder, "tokens"), { name, scheduler });
  opened.push(file);
  return file;
};
const endpoint = () => ({
  baseUrl: world.webex.url,
  clientId: "app",
  clientSecret: "s3cret",
  dispatcher: agent,
  clock: world.scheduler,
});
const grant = { clientId: "app", clientSecret: "s3cret", orgId: "acme", defaultSite: "acme.webex.com" };
const tokens = (accessToken: string): StoredTokens => ({
  accessToken,
  accessIssuedAt: instant(1),
  accessExpiresAt: instant(2),
  refreshToken: `${accessToken}-refresh`,
  refreshExpiresAt: null,
  previousRefreshToken: null,
});
const worker = (file: TokenFile, first?: () => Promise<Issued>) =>
  createRefreshingToken({
    store: file,
    clock: world.scheduler,
    refresh: refreshCall(endpoint()),
    ...(first && { first }),
  });

test("tokens are found again by another process, each under its name, and nobody else may read the file", async () => {
  await open().save(tokens("a"));
  await open("other").save(tokens("b"));
  expect(await open().load()).toEqual(tokens("a"));
  expect(await open("nobody").load()).toBeUndefined();
  expect(statSync(join(folder, "tokens")).mode & 0o777).toBe(0o600);
  expect(statSync(join(folder, "tokens.lock")).mode & 0o777).toBe(0o600);
});

test("work of two processes never overlaps; a lock that somebody keeps too long is a failure that passes", async () => {
  const clock = new PromptScheduler();
  const [one, two] = [open("acme", clock), open("acme", clock)];
  const seen: string[] = [];
  const { promise: held, resolve: release } = Promise.withResolvers<void>();
  const first = one.exclusively(async () => {
    seen.push("one begins");
    await held;
    seen.push("one ends");
  });
  await expect(two.exclusively(async () => seen.push("two"))).rejects.toMatchObject({
    code: "unavailable",
    retryable: true,
  });
  release();
  await first;
  await two.exclusively(async () => seen.push("two"));
  expect(seen).toEqual(["one begins", "one ends", "two"]);
});

test("work that fails gives the lock back", async () => {
  await expect(open().exclusively(async () => Promise.reject(new Error("no")))).rejects.toThrow("no");
  expect(await open().exclusively(async () => 1)).toBe(1);
});

test("several workers on one file refresh once when the token is due", async () => {
  world.webex.addGrant({ ...grant, refreshToken: "r", rotates: true });
  await open().save({ ...tokens("old"), refreshToken: "r" });
  const got = await Promise.all([worker(open())(), worker(open())(), worker(open())()]);
  expect(new Set(got).size).toBe(1);
  expect(world.webex.requestCounts()["POST /v1/access_token"]).toBe(1);
});

test("a rotated answer that is lost before it is saved: the old token is refused, and a person is asked", async () => {
  world.webex.addGrant({ ...grant, refreshToken: "r", rotates: true });
  const file = open();
  await file.save({ ...tokens("old"), refreshToken: "r" });
  const failing = { ...file, save: async () => Promise.reject(new Error("crash")) };
  await expect(worker(failing)()).rejects.toMatchObject({ code: "unavailable" });
  await expect(worker(open())()).rejects.toMatchObject({ code: "unauthorized", retryable: false });
});

test("the same of a service app heals by itself: its tokens are made again", async () => {
  world.webex.addServiceApp({ ...grant, applicationId: "sa/1", rotates: true });
  world.webex.addToken({
    token: "manager",
    orgId: "acme",
    defaultSite: "acme.webex.com",
    scopes: ["spark:applications_token"],
  });
  const app = {
    ...endpoint(),
    applicationId: "sa/1",
    targetOrgId: "acme",
    managerToken: async () => "manager",
  };
  const first = () => serviceAppToken(app);
  const file = open();
  const token = await worker(file, first)();
  const people = world.client(token).listPeople({ email: "nora@acme.example" }, new AbortController().signal);
  expect((await people.next()).value).toMatchObject({ items: [{ displayName: "nora" }] });
  const stored = await file.load();
  expect(stored).toMatchObject({ accessToken: token, previousRefreshToken: null });
  const failing = { ...file, save: async () => Promise.reject(new Error("crash")) };
  await expect(worker(failing, first)(token)).rejects.toMatchObject({ code: "unavailable" });
  const healed = await worker(open(), first)(token);
  expect(healed).not.toBe(token);
  expect(await open().load()).toMatchObject({ accessToken: healed });
  const elsewhere = { ...app, targetOrgId: "other" };
  await expect(serviceAppToken(elsewhere)).rejects.toMatchObject({ status: 404 });
  await expect(serviceAppToken({ ...app, managerToken: async () => "nora" })).rejects.toMatchObject({
    status: 403,
  });
});

test("a compliance officer's consent becomes tokens once, and the feed opens to them", async () => {
  const redirectUri = "https://hybrid.example/consent";
  const scopes = ["spark-compliance:events_read", "spark:kms"];
  const asked = new URL(authorizationUrl({ ...endpoint(), redirectUri, scopes, state: "x1" }));
  expect(Object.fromEntries(asked.searchParams)).toEqual({
    response_type: "code",
    client_id: "app",
    redirect_uri: redirectUri,
    scope: "spark-compliance:events_read spark:kms",
    state: "x1",
  });
  const code = world.webex.consent({ ...grant, redirectUri, scopes, person: "nora@acme.example" });
  const wrong = { code, redirectUri: "https://evil.example/" };
  await expect(exchangeCode(endpoint(), wrong)).rejects.toMatchObject({ status: 400 });
  const issued = await exchangeCode(endpoint(), { code, redirectUri });
  await expect(exchangeCode(endpoint(), { code, redirectUri })).rejects.toMatchObject({ status: 400 });
  const to = new Date(world.scheduler.now()).toISOString();
  const signal = new AbortController().signal;
  const page = await world.client(issued.accessToken).listEvents({ to }, signal).next();
  expect(page.value).toEqual({ items: [], unusable: [] });
  const file = open();
  const token = await worker(file, async () => issued)();
  expect(await file.load()).toMatchObject({
    accessToken: token,
    accessExpiresAt: plus(world.scheduler.now(), issued.expiresInMs),
    refreshExpiresAt: plus(world.scheduler.now(), hours(90 * 24)),
  });
});

test("nothing stored and nothing to begin with: a person is asked", async () => {
  await expect(worker(open())()).rejects.toThrow("No tokens for Webex are stored");
});
