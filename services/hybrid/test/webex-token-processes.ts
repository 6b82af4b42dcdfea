import { createCertificateAuthority } from "@hybrid/graph-simulator";
import { minutes, plus } from "@hybrid/kernel";
import { VirtualClock } from "@hybrid/kernel/testing";
import { Faults, readSettings } from "@hybrid/settings";
import { openWebexDispatcher } from "@hybrid/webex";
import { startWebexSimulator } from "@hybrid/webex-simulator";
import { expect, onTestFinished } from "vitest";
import { openWebexTokens, readWebexTokens, webexTokenSettings } from "../src/clients/webex-tokens.ts";
import { Opened } from "../src/opened.ts";

/** What these settings say of Webex's tokens. */
export const read = (variables: Record<string, string>) => {
  const faults = new Faults();
  const values = readSettings(webexTokenSettings, variables, faults);
  return { tokens: values && readWebexTokens(values, faults), faults: faults.found };
};

/** Settings of a client whose tokens are renewed here. */
export const ours = { WEBEX_CLIENT_ID: "app", WEBEX_CLIENT_SECRET: "s3cret" };

/** What makes it a service app. */
export const serviceApp = {
  WEBEX_APPLICATION_ID: "sa",
  WEBEX_TARGET_ORG_ID: "acme",
  WEBEX_MANAGER_TOKEN: "manager",
};

/** A simulated Webex with that service app, for a test, and processes with the settings of each. */
const openProcesses = async () => {
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
  const dispatcher = openWebexDispatcher({ ca: authority.caPem });
  onTestFinished(() => dispatcher.destroy());
  const said: string[] = [];
  const logger = { warn: (_: unknown, message: string): void => void said.push(message) };
  const start = async (variables: Record<string, string>) => {
    const { tokens } = read(variables);
    const opened = new Opened();
    onTestFinished(() => opened.close());
    if (tokens === undefined) throw new Error("the settings are right");
    const way = { baseUrl: webex.url, dispatcher, scheduler: clock, logger };
    return await openWebexTokens(tokens, way, opened);
  };
  return { webex, clock, said, start };
};

/** The first token is made, kept for the next process (with settings of its own), renewed before it ends. */
export const expectOneToken = async (one: Record<string, string>, other = one): Promise<void> => {
  const { webex, clock, said, start } = await openProcesses();
  const [early, next] = [await start(one), await start(other)];
  const first = await early();
  expect(await next()).toBe(first);
  expect(webex.requestCounts()).toEqual({ "POST /v1/applications/:applicationId/token": 1 });
  clock.advanceTo(plus(clock.now(), 1_209_599_000 - minutes(59)));
  const second = await next();
  expect(second).not.toBe(first);
  expect(await early()).toBe(second);
  expect(webex.requestCounts()["POST /v1/access_token"]).toBe(1);
  expect(said).toEqual([]);
};
