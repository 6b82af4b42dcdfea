import type { SessionAnswer } from "@hybrid/control-hub-page/api";
import { createCertificateAuthority } from "@hybrid/graph-simulator";
import type { VirtualClock } from "@hybrid/kernel/testing";
import { startWebexSimulator, type WebexSimulator } from "@hybrid/webex-simulator";
import { Agent, fetch as undiciFetch } from "undici";
import { expect, onTestFinished, test } from "vitest";
import { OpenId } from "../src/adapters/open-id.ts";
import { Visits } from "../src/adapters/visits.ts";
import type { ProviderPorts } from "../src/http/sign-in-routes.ts";
import { scene } from "./scene.ts";

const redirectUri = "http://localhost/sign-in/callback";

/** A simulated Webex by which people sign in, and the hub that asks it. */
const world = async (issuerOf: (url: string) => string = (url) => `${url}/idb`) => {
  const authority = await createCertificateAuthority();
  const tls = await authority.issue();
  const agent = new Agent({ connect: { ca: authority.caPem } });
  onTestFinished(() => agent.destroy());
  let webex: WebexSimulator | undefined;
  const asked = ((url: string, init: object) => undiciFetch(url, { ...init, dispatcher: agent })) as never;
  const openIdOf = (clock: VirtualClock): OpenId =>
    new OpenId({
      issuer: issuerOf(webex?.url ?? ""),
      discoveryUrl: `${webex?.url}/v1/.well-known/openid-configuration`,
      clientId: "C1",
      clientSecret: "s3cret",
      roleClaim: "email",
      organisationClaim: "tid",
      scopes: ["openid", "email", "profile"],
      clock,
      fetch: asked,
    });
  const providerOf = (clock: VirtualClock, key: Uint8Array): ProviderPorts => {
    let opened: OpenId | undefined;
    const openId = {
      begin: (uri: string) => (opened ??= openIdOf(clock)).begin(uri),
      finish: (...given: Parameters<OpenId["finish"]>) => (opened ??= openIdOf(clock)).finish(...given),
    } as OpenId;
    const rules = {
      roles: [{ value: "ada@acme.example", role: "full" as const }],
      isSelfService: false,
      organisation: "acme",
      organisations: [],
    };
    return { openId, visits: new Visits(key, clock), rules };
  };
  const hub = await scene(undefined, { providerOf });
  const started = await startWebexSimulator({
    tls: { key: tls.keyPem, cert: tls.certPem },
    clock: hub.clock,
    accessTokens: [],
  });
  webex = started;
  onTestFinished(() => started.close());
  started.addIntegration({ clientId: "C1", clientSecret: "s3cret", redirectUris: [redirectUri] });
  for (const name of ["ada", "bo"])
    started.addPerson({ orgId: "acme", email: `${name}@acme.example`, displayName: name, sites: [] });
  const cookies = new Map<string, string>();
  const visit = async (url: string) => {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join("; ");
    const answer = await hub.app.inject({ url, headers: { host: "localhost", cookie } });
    for (const { name, value } of answer.cookies) cookies.set(name, value);
    return answer;
  };
  /** Where the browser is in the end, when this person answers at Webex's page. */
  const signIn = async (mail: string, answer = "accept"): Promise<string> => {
    const asked = String((await visit("/sign-in/start")).headers.location);
    const page = await (await undiciFetch(asked, { dispatcher: agent })).text();
    const row = new RegExp(
      `\\(${mail}\\).*?<a href="([^"]+)">${answer}`.replaceAll(".", "\\.").replace("\\.*?", ".*?"),
    );
    const choice = (row.exec(page)?.[1] ?? "").replaceAll("&#38;", "&");
    const chosen = await undiciFetch(new URL(choice, asked), { dispatcher: agent, redirect: "manual" });
    const back = new URL(chosen.headers.get("location") ?? "");
    return String((await visit(`${back.pathname}${back.search}`)).headers.location);
  };
  const session = async (): Promise<SessionAnswer | null> => {
    const answer = await visit("/api/session");
    return answer.statusCode === 200 ? answer.json<SessionAnswer>() : null;
  };
  return { signIn, session };
};

test("people sign in by Webex: the address says the role, and the tokens name their own issuer", async () => {
  const { signIn, session } = await world();
  expect(await signIn("ada@acme.example")).toBe("/");
  expect(await session()).toMatchObject({ role: "full", organisations: ["acme"] });
});

test("who has no role, or declines, is let in nowhere", async () => {
  const { signIn, session } = await world();
  expect(await signIn("bo@acme.example")).toBe("/signed-out?why=noRole");
  expect(await signIn("ada@acme.example", "decline")).toBe("/signed-out?why=refused");
  expect(await session()).toBeNull();
});

test("a token of another issuer than the one that is set is refused, whatever the description says", async () => {
  const { signIn, session } = await world((url) => `${url}/idb-of-another-cluster`);
  expect(await signIn("ada@acme.example")).toBe("/signed-out?why=refused");
  expect(await session()).toBeNull();
});
