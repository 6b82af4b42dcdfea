import { tenantStatus, userDirectory } from "@hybrid/contracts";
import type { Role, SessionAnswer } from "@hybrid/control-hub-page/api";
import { createCertificateAuthority, type SignedIn, startGraphSimulator } from "@hybrid/graph-simulator";
import type { VirtualClock } from "@hybrid/kernel/testing";
import { generateKeyPair, type JWTPayload, SignJWT } from "jose";
import { Agent, buildConnector, fetch as undiciFetch } from "undici";
import { expect, onTestFinished, test } from "vitest";
import { OpenId } from "../src/adapters/open-id.ts";
import { Visits } from "../src/adapters/visits.ts";
import type { SignInRules } from "../src/domain/guest-of-claims.ts";
import { entry, scene, startAt, tenantId } from "./scene.ts";

const rivalTenantId = "22222222-2222-4222-8222-222222222222";
const clientId = "33333333-3333-4333-8333-333333333333";
const [ada, fay] = ["44444444-4444-4444-8444-444444444444", "66666666-6666-4666-8666-666666666666"];

/** Under this name Entra lets people of every tenant in, and their tokens name each its own. */
const entraHost = "login.microsoftonline.com";

// Keys take the longest to make; one set serves all tests of this file.
let made: Promise<{ caPem: string; tls: { keyPem: string; certPem: string } }> | undefined;
const keys = () =>
  (made ??= (async () => {
    const ca = await createCertificateAuthority();
    return { caPem: ca.caPem, tls: await ca.issue(["localhost", entraHost]) };
  })());

const rules: SignInRules = {
  roles: [
    { value: "Hub.Admin", role: "full" },
    { value: "Hub.Help", role: "support" },
    { value: "Hub.Read", role: "readOnly" },
  ],
  isSelfService: true,
  organisation: null,
  organisations: [],
};

const tenant = (of: string) => ({
  tenantId: of,
  status: "active" as const,
  generation: 1,
  settings: {
    webexKeyword: "personalRoom" as const,
    meetKeyword: "space" as const,
    language: null,
    join: null,
  },
  decidedAt: startAt,
});

/** A simulated Entra, the hub that asks it, and a browser before both. */
const world = async (
  changed: Partial<SignInRules> = {},
  { issuerTenant = tenantId, host }: { readonly issuerTenant?: string; readonly host?: string } = {},
) => {
  const { caPem, tls } = await keys();
  let simulator: Awaited<ReturnType<typeof startGraphSimulator>> | undefined;
  const connect = buildConnector({ ca: caPem });
  let forging: ((idToken: string) => Promise<string>) | null = null;
  /** From now on somebody between the provider and us changes the ID tokens. */
  const forge = (change: typeof forging): void => void (forging = change);
  const agent = new Agent({
    // Whatever name is asked for, the simulator answers.
    connect: (asked, done) =>
      connect(
        { ...asked, hostname: "127.0.0.1", port: String(simulator?.port), servername: asked.hostname },
        done,
      ),
  });
  onTestFinished(() => agent.destroy());
  const start = async (clock: VirtualClock) => {
    const started = await startGraphSimulator({ clock, tls, caPem });
    onTestFinished(() => started.stop());
    started.registerApp({
      clientId,
      credentials: [{ kind: "secret", secret: "s3cret" }],
      redirectUris: ["http://localhost/sign-in/callback"],
    });
    for (const [id, userId] of [
      [tenantId, ada],
      [rivalTenantId, fay],
    ] as const) {
      started.addTenant({ tenantId: id, displayName: id });
      const mail = `${userId.slice(0, 4)}@${id.slice(0, 4)}.example`;
      started.addMailbox({ tenantId: id, userId, userPrincipalName: mail, mail, displayName: "Somebody" });
    }
    return started;
  };
  const hub = await scene(undefined, {
    providerOf: (clock, key) => {
      const fetch = (async (url: string, init: object) => {
        const answer = await undiciFetch(url, { ...init, dispatcher: agent });
        if (forging === null || !url.endsWith("/token")) return answer;
        const body = (await answer.json()) as { readonly id_token: string };
        return Response.json({ ...body, id_token: await forging(body.id_token) });
      }) as never;
      const openId = () =>
        new OpenId({
          issuer: `${host === undefined ? simulator?.baseUrl : `https://${host}`}/${issuerTenant}/v2.0`,
          clientId,
          clientSecret: "s3cret",
          roleClaim: "roles",
          organisationClaim: "hub_org",
          scopes: ["openid", "profile"],
          clock,
          fetch,
        });
      let opened: OpenId | undefined;
      const late = {
        begin: (uri: string) => (opened ??= openId()).begin(uri),
        finish: (...given: Parameters<OpenId["finish"]>) => (opened ??= openId()).finish(...given),
      } as OpenId;
      return { openId: late, visits: new Visits(key, clock), rules: { ...rules, ...changed } };
    },
  });
  simulator = await start(hub.clock);
  await hub.write(userDirectory, { "acme/u-ada": entry({ objectId: ada }), "rival/u-ada": entry() });
  await hub.write(tenantStatus, {
    [`acme/t-${tenantId}`]: tenant(tenantId),
    [`rival/t-${rivalTenantId}`]: tenant(rivalTenantId),
  });

  /** A browser with a memory for cookies. */
  const browser = () => {
    const cookies = new Map<string, string>();
    const visit = async (url: string) => {
      const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join("; ");
      const answer = await hub.app.inject({ url, headers: { host: "localhost", cookie } });
      for (const { name, value } of answer.cookies)
        if (value === "") cookies.delete(name);
        else cookies.set(name, value);
      return answer;
    };
    /** To the provider and up to the address to which it leads back, which is not opened. */
    const away = async (start = "/sign-in/start"): Promise<URL> => {
      const { location } = (await visit(start)).headers;
      const answer = await undiciFetch(String(location), { dispatcher: agent, redirect: "manual" });
      return new URL(answer.headers.get("location") ?? "");
    };
    const back = async (address: URL): Promise<string> =>
      String((await visit(`${address.pathname}${address.search}`)).headers.location);
    const session = async () => {
      const answer = await visit("/api/session");
      return answer.statusCode === 200 ? answer.json<SessionAnswer>() : null;
    };
    return { cookies, visit, away, back, session };
  };
  const person = (roles: readonly string[], more: Partial<SignedIn> & { claims?: object } = {}): void =>
    simulator?.setSignedIn({ tenantId, userId: ada, accepts: true, claims: { roles }, ...more });
  person(["Hub.Admin"]);
  return { ...hub, simulator, browser, person, forge };
};

test("a person signs in by the provider with PKCE, state and nonce, into the tenant's organisation", async () => {
  const { browser } = await world();
  const { visit, away, back, session } = browser();
  const asked = new URL(String((await visit("/sign-in/start")).headers.location)).searchParams;
  expect(asked.get("code_challenge_method")).toBe("S256");
  for (const name of ["state", "nonce"]) expect(asked.get(name)?.length).toBeGreaterThan(30);
  expect(await back(await away("/sign-in/start?to=/o/acme/users"))).toBe("/o/acme/users");
  expect(await session()).toMatchObject({ role: "full", organisations: ["acme"] });
  expect((await visit("/api/o/acme/overview")).statusCode).toBe(200);
  expect((await visit("/api/o/rival/overview")).statusCode).toBe(404);
});

test("the most that the values of the claim say is the role", async () => {
  const { browser, person } = await world();
  const expected: readonly (readonly [readonly string[], Role])[] = [
    [["Hub.Read", "Hub.Admin"], "full"],
    [["Hub.Read", "Hub.Help"], "support"],
    [["Hub.Read"], "readOnly"],
    [[], "user"],
  ];
  for (const [values, role] of expected) {
    person(values);
    const { away, back, session } = browser();
    await back(await away());
    expect([values, (await session())?.role]).toEqual([values, role]);
  }
});

test("who has no role is let in nowhere, and told why; so is who has too many groups for a token", async () => {
  const { browser, person } = await world({ isSelfService: false });
  person(["Something.Else"]);
  const { away, back, session } = browser();
  expect(await back(await away())).toBe("/signed-out?why=noRole");
  person([], { claims: { _claim_names: { roles: "src1" } } });
  expect(await back(await away())).toBe("/signed-out?why=tooManyGroups");
  expect(await session()).toBeNull();
});

test("a tenant that no organisation has, or that two have, leads nowhere", async () => {
  const { browser, write } = await world();
  const { away, back, session } = browser();
  await write(tenantStatus, { [`rival/t-${tenantId}`]: tenant(tenantId) });
  expect(await back(await away())).toBe("/signed-out?why=ambiguousTenant");
  await write(tenantStatus, { [`rival/t-${tenantId}`]: null, [`acme/t-${tenantId}`]: null });
  expect(await back(await away())).toBe("/signed-out?why=unknownTenant");
  expect(await session()).toBeNull();
});

test("an ID token that somebody changed, or that another key or none has signed, lets nobody in", async () => {
  const { browser, forge } = await world();
  const partsOf = (token: string) => {
    const [head = "", payload = "", signature = ""] = token.split(".");
    const read = (part: string) => JSON.parse(Buffer.from(part, "base64url").toString()) as JWTPayload;
    return { head: read(head), claims: read(payload), raw: [head, payload, signature] as const };
  };
  const encoded = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url");
  const { privateKey } = await generateKeyPair("ES256");
  const forgeries: readonly ((token: string) => Promise<string>)[] = [
    async (token) => {
      const { claims, raw } = partsOf(token);
      return [raw[0], encoded({ ...claims, tid: rivalTenantId }), raw[2]].join(".");
    },
    async (token) => `${encoded({ alg: "none", typ: "JWT" })}.${partsOf(token).raw[1]}.`,
    async (token) => {
      const { head, claims } = partsOf(token);
      return new SignJWT(claims).setProtectedHeader({ ...head, alg: "ES256" }).sign(privateKey);
    },
  ];
  for (const change of forgeries) {
    forge(change);
    const { away, back, session } = browser();
    expect(await back(await away())).toBe("/signed-out?why=refused");
    expect(await session()).toBeNull();
  }
  forge(async (token) => token);
  const { away, back, session } = browser();
  await back(await away());
  expect(await session()).toMatchObject({ role: "full" });
});

test("people of every tenant sign in by one address of Entra, each into the own organisation", async () => {
  const { browser, person } = await world({}, { issuerTenant: "organizations", host: entraHost });
  const [first, second] = [browser(), browser()];
  await first.back(await first.away());
  expect(await first.session()).toMatchObject({ role: "full", organisations: ["acme"] });
  person(["Hub.Read"], { tenantId: rivalTenantId, userId: fay });
  await second.back(await second.away());
  expect(await second.session()).toMatchObject({ role: "readOnly", organisations: ["rival"] });
  expect((await second.visit("/api/o/acme/overview")).statusCode).toBe(404);
  expect((await first.visit("/api/o/rival/overview")).statusCode).toBe(404);
});

test("a claim names the organisation, also one of which nothing is known yet; two of them lead nowhere", async () => {
  const { browser, person } = await world({
    organisations: [
      { value: "north", org: "nordhamn" },
      { value: "south", org: "rival" },
    ],
  });
  const signedIn = async (hubOrg: unknown) => {
    person([], { claims: { roles: ["Hub.Admin"], hub_org: hubOrg } });
    const { away, back, session } = browser();
    const to = await back(await away());
    return [to, (await session())?.organisations ?? null];
  };
  expect(await signedIn("north")).toEqual(["/", ["nordhamn"]]);
  expect(await signedIn(["south", "elsewhere"])).toEqual(["/", ["rival"]]);
  expect(await signedIn(["north", "south"])).toEqual(["/signed-out?why=ambiguousTenant", null]);
  // Where no value fits, the tenant decides.
  expect(await signedIn("elsewhere")).toEqual(["/", ["acme"]]);
});

test("a token of another issuer than the one that was asked is refused", async () => {
  // The address that is asked lets every tenant in, so that the token names the person's own as its issuer.
  const { browser, person } = await world({}, { issuerTenant: "organizations" });
  person(["Hub.Admin"], { tenantId: rivalTenantId, userId: fay });
  const { visit, session } = browser();
  expect((await visit("/sign-in/start")).headers.location).toBe("/signed-out?why=away");
  expect(await session()).toBeNull();
});

test("a state that is forged, of another browser, or comes again is refused", async () => {
  const { browser } = await world();
  const [victim, attacker] = [browser(), browser()];
  const address = await attacker.away();
  // An attacker's code in the victim's browser, which never went there, and which is elsewhere.
  expect(await victim.back(address)).toBe("/signed-out?why=visit");
  await victim.away();
  expect(await victim.back(address)).toBe("/signed-out?why=refused");
  const forged = new URL(await victim.away());
  forged.searchParams.set("state", "x".repeat(43));
  expect(await victim.back(forged)).toBe("/signed-out?why=refused");
  expect(await victim.session()).toBeNull();
  // Once it was used it is of no use any more, not even to the browser that went there with its cookie.
  const own = browser();
  const again = await own.away();
  const kept = new Map(own.cookies);
  expect(await own.back(again)).toBe("/");
  for (const [name, value] of kept) own.cookies.set(name, value);
  expect(await own.back(again)).toBe("/signed-out?why=visit");
});

test("a visit of yesterday, a code that was changed, and a person who declines are refused", async () => {
  const { browser, clock, person } = await world();
  const { away, back, session } = browser();
  const late = await away();
  clock.advanceBy(11 * 60_000);
  expect(await back(late)).toBe("/signed-out?why=visit");
  const changed = await away();
  changed.searchParams.set("code", "1.00000000-0000-4000-8000-000000000000");
  expect(await back(changed)).toBe("/signed-out?why=refused");
  person(["Hub.Admin"], { accepts: false });
  expect(await back(await away())).toBe("/signed-out?why=refused");
  expect(await session()).toBeNull();
});

test("a sign-in leads to no other place than a page of ours", async () => {
  const { browser } = await world();
  for (const to of [
    "https://evil.example",
    "//evil.example",
    "/\\evil.example",
    "/o/../../evil",
    "/api/session",
    "javascript:alert(1)",
    "/o//evil.example",
  ]) {
    const { away, back } = browser();
    expect([to, await back(await away(`/sign-in/start?to=${encodeURIComponent(to)}`))]).toEqual([to, "/"]);
  }
});

test("a session that was planted before is another one afterwards, and one that was there has ended", async () => {
  const { browser, app } = await world();
  const { cookies, away, back } = browser();
  cookies.set("hub-session", "planted");
  await back(await away());
  const first = cookies.get("hub-session") ?? "";
  expect(first).not.toBe("planted");
  await back(await away());
  expect(cookies.get("hub-session")).not.toBe(first);
  const headers = { host: "localhost", cookie: `hub-session=${first}` };
  expect((await app.inject({ url: "/api/session", headers })).statusCode).toBe(401);
});

test("while the provider is away people are told so, and links still let in", async () => {
  const { browser, simulator, signIn, get } = await world();
  await simulator.stop();
  const { visit } = browser();
  expect((await visit("/sign-in/start")).headers.location).toBe("/signed-out?why=away");
  expect((await get(await signIn(), "/api/session")).statusCode).toBe(200);
});
