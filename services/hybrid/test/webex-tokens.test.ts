import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createCertificateAuthority } from "@hybrid/graph-simulator";
import { minutes, plus } from "@hybrid/kernel";
import { VirtualClock } from "@hybrid/kernel/testing";
import { Faults, readSettings } from "@hybrid/settings";
import { openWebexDispatcher } from "@hybrid/webex";
import { startWebexSimulator } from "@hybrid/webex-simulator";
import { expect, onTestFinished, test } from "vitest";
import { openWebexTokens, readWebexTokens, webexTokenSettings } from "../src/clients/webex-tokens.ts";
import { Opened } from "../src/opened.ts";

const read = (variables: Record<string, string>) => {
  const faults = new Faults();
  const values = readSettings(webexTokenSettings, variables, faults);
  return { tokens: values && readWebexTokens(values, faults), faults: faults.found };
};

const ours = { WEBEX_CLIENT_ID: "app", WEBEX_CLIENT_SECRET: "s3cret" };
const serviceApp = {
  WEBEX_APPLICATION_ID: "sa",
  WEBEX_TARGET_ORG_ID: "acme",
  WEBEX_MANAGER_TOKEN: "manager",
};

test("a token that others renew, an integration, and a service app are ways to a token", async () => {
  const given = read({ WEBEX_ACCESS_TOKEN: "t" }).tokens;
  expect(given?.kind === "given" && (await given.accessToken())).toBe("t");
  expect(read({ ...ours, WEBEX_REFRESH_TOKEN: "r" }).tokens).toMatchObject({
    kind: "own",
    file: ".hybrid/webex-tokens",
    first: { refreshToken: "r" },
  });
  expect(read({ ...ours, ...serviceApp }).tokens).toMatchObject({ first: { applicationId: "sa" } });
  expect(read({ ...ours, WEBEX_TOKENS_FILE: "/x" }).tokens).toMatchObject({ file: "/x", first: null });
});

test.each([
  ["nothing", {}, /WEBEX_ACCESS_TOKEN.*WEBEX_CLIENT_ID/],
  ["two ways", { ...ours, WEBEX_ACCESS_TOKEN: "t" }, /take the other away/],
  ["no secret", { WEBEX_CLIENT_ID: "app" }, /WEBEX_CLIENT_SECRET/],
  ["half a service app", { ...ours, WEBEX_APPLICATION_ID: "sa" }, /all three or none/],
  ["integration and service app", { ...ours, ...serviceApp, WEBEX_REFRESH_TOKEN: "r" }, /give one/],
])("%s is a fault that says what to do", (_, variables, fault) => {
  expect(read(variables).faults.join("\n")).toMatch(fault);
});

test("the first token of a service app is made, kept for the next process, and renewed before it ends", async () => {
  const authority = await createCertificateAuthority();
  const { keyPem, certPem } = await authority.issue();
  const clock = new VirtualClock();
  const manager = { orgId: "acme", defaultSite: "acme.webex.com", scopes: ["spark:applications_token"] };
  const webex = await startWebexSimulator({
    tls: { key: keyPem, cert: certPem },
    clock,
    accessTokens: [{ ...manager, token: "manager" }],
  });
  onTestFinished(() => webex.close());
  webex.addServiceApp({
    applicationId: "sa",
    clientId: "app",
    clientSecret: "s3cret",
    orgId: "acme",
    defaultSite: "acme.webex.com",
  });
  const folder = mkdtempSync(join(tmpdir(), "tokens-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const { tokens } = read({ ...ours, ...serviceApp, WEBEX_TOKENS_FILE: join(folder, "tokens") });
  const dispatcher = openWebexDispatcher({ ca: authority.caPem });
  onTestFinished(() => dispatcher.destroy());
  const process = () => {
    const opened = new Opened();
    onTestFinished(() => opened.close());
    if (tokens === undefined) throw new Error("the settings are right");
    return openWebexTokens(tokens, { baseUrl: webex.url, dispatcher, scheduler: clock }, opened);
  };
  const first = await process()();
  expect(await process()()).toBe(first);
  expect(webex.requestCounts()).toEqual({ "POST /v1/applications/:applicationId/token": 1 });
  clock.advanceTo(plus(clock.now(), 1_209_599_000 - minutes(59)));
  const second = await process()();
  expect(second).not.toBe(first);
  expect(webex.requestCounts()["POST /v1/access_token"]).toBe(1);
});
