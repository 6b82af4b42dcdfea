import { expect, test } from "vitest";
import { createTickets } from "../src/adapters/tickets.ts";
import {
  ada,
  archiveClientId,
  bo,
  clientId,
  fay,
  groupsClientId,
  openWorld,
  otherTenantId,
  type Shown,
  secret,
  tenantId,
} from "./world.ts";

const codeOf = ({ text }: Shown): string => /\((\w+)\)<\/p>/.exec(text)?.[1] ?? `none in ${text}`;

const callback = /^https:\/\/hybrid\.example\/consent\/callback/;

test("a Global Administrator signs in and accepts, and the tenant is put into service", async () => {
  const { browser, link, activated } = await openWorld();
  const shown = await browser().visit(await link());
  expect([shown.status, shown.text]).toEqual([200, expect.stringContaining("in service")]);
  expect(activated).toEqual([{ org: "acme", tenantId }]);
  expect(shown.path.map((at) => new URL(at).pathname)).toEqual([
    "/consent/start",
    "/organizations/oauth2/v2.0/authorize",
    "/consent/callback",
    `/${tenantId}/adminconsent`,
    "/consent/callback",
  ]);
});

const wizard = "https://hub.example/o/acme/hybrid/calendar/setup/role";

test("who was sent by a page goes back to it, with the tenant or why not", async () => {
  const { browser, link, activated, signIn, clock } = await openWorld();
  const back = /^https:\/\/hub\.example/;
  const accepted = await browser().visit(await link({ returnTo: wizard }), back);
  expect(accepted.path.at(-1)).toBe(`${wizard}?consent=accepted&tenant=${tenantId}`);
  expect(activated).toEqual([{ org: "acme", tenantId }]);
  signIn(ada, false);
  const declined = await browser().visit(await link({ returnTo: wizard }), back);
  const told = new URL(declined.path.at(-1) ?? "").searchParams;
  expect([told.get("consent"), told.get("details")]).toEqual([
    "signInDeclined",
    expect.stringContaining("AADSTS65004"),
  ]);
  // Nobody but who made the ticket says where the way back leads.
  const late = await link({ returnTo: wizard });
  clock.advanceBy(25 * 3_600_000);
  const shown = await browser().visit(`${late}&returnTo=https://evil.example`);
  expect(codeOf(shown)).toBe("linkExpired");
});

test("a Privileged Role Administrator does as well, of another tenant of the same organisation", async () => {
  const { browser, link, activated, signIn } = await openWorld();
  signIn(fay);
  expect((await browser().visit(await link({ tenantId: otherTenantId }))).status).toBe(200);
  expect(activated).toEqual([{ org: "acme", tenantId: otherTenantId }]);
});

test("the sign-in is asked for with PKCE, a nonce and a state that shows nothing", async () => {
  const { browser, link } = await openWorld();
  const { path } = await browser().visit(await link(), /authorize/);
  const asked = new URL(path.at(-1) ?? "").searchParams;
  expect(asked.get("code_challenge_method")).toBe("S256");
  expect(asked.get("nonce")).toMatch(/^[\w-]{43}$/);
  expect(Buffer.from(asked.get("state") ?? "", "base64url").toString()).not.toContain("acme");
});

test("who has no role that may consent is told which ones do", async () => {
  const { browser, link, activated, signIn, simulator } = await openWorld();
  signIn(bo);
  const none = await browser().visit(await link());
  expect([none.status, codeOf(none)]).toEqual([403, "needsAdministrator"]);
  // Somebody consented before for everybody, so that the sign-in itself succeeds.
  simulator.setDirectoryRoles(bo, ["Exchange Administrator"]);
  expect(codeOf(await browser().visit(await link()))).toBe("needsAdministrator");
  expect(activated).toEqual([]);
});

test("a sign-in that is declined, or in which nobody is there, changes nothing", async () => {
  const { browser, link, activated, signIn, simulator } = await openWorld();
  signIn(ada, false);
  const declined = await browser().visit(await link());
  expect([declined.status, codeOf(declined)]).toEqual([403, "signInDeclined"]);
  expect(declined.text).toContain("AADSTS65004");
  simulator.setSignedIn(null);
  expect(codeOf(await browser().visit(await link()))).toBe("signInFailed");
  expect(activated).toEqual([]);
});

test("permissions that are declined after the sign-in change nothing", async () => {
  const { browser, link, activated, signIn } = await openWorld();
  const { visit } = browser();
  const { path } = await visit(await link(), /adminconsent/);
  signIn(ada, false);
  const shown = await visit(path.at(-1) ?? "");
  expect([shown.status, codeOf(shown)]).toEqual([403, "consentDeclined"]);
  expect(activated).toEqual([]);
});

test("an error counts, although the page says admin_consent=True and the tenant beside it", async () => {
  const { browser, link, activated, signIn } = await openWorld();
  const { visit } = browser();
  const { path } = await visit(await link(), /adminconsent/);
  signIn(ada, false);
  const v2 = (path.at(-1) ?? "").replace("/adminconsent", "/v2.0/adminconsent");
  expect(codeOf(await visit(v2))).toBe("consentDeclined");
  expect(activated).toEqual([]);
});

test("an account of another tenant than the link's is refused, at the sign-in and at the consent", async () => {
  const { browser, link, activated, signIn } = await openWorld();
  signIn(fay);
  const atEntra = await browser().visit(await link({ tenantId }));
  expect(atEntra.text).toContain("AADSTS50020");
  signIn(ada);
  const { visit } = browser();
  const { path } = await visit(await link(), callback);
  const state = new URL(path.at(-1) ?? "").searchParams.get("state") ?? "";
  const asked = await visit(path.at(-1) ?? "", /adminconsent/);
  const consentState = new URL(asked.path.at(-1) ?? "").searchParams.get("state") ?? "";
  const forged = `https://hybrid.example/consent/callback?admin_consent=True&tenant=${otherTenantId}&state=`;
  expect(codeOf(await visit(`${forged}${consentState}`))).toBe("wrongTenant");
  expect(codeOf(await visit(`${forged}${state}`))).toBe("signInFailed");
  expect(activated).toEqual([]);
});

test("the person must be of the tenant that the link names, also when Entra lets them pass", async () => {
  const { browser, link, signIn } = await openWorld();
  const { visit } = browser();
  const { path } = await visit(await link({ tenantId }), /authorize/);
  signIn(fay);
  const anywhere = (path.at(-1) ?? "").replace(`/${tenantId}/`, "/organizations/");
  expect(codeOf(await visit(anywhere))).toBe("wrongTenant");
});

test("that somebody says the consent was given is no consent: a token for the tenant proves it", async () => {
  const { browser, link, activated } = await openWorld();
  const { visit } = browser();
  const { path } = await visit(await link(), /adminconsent/);
  const state = new URL(path.at(-1) ?? "").searchParams.get("state") ?? "";
  const claimed = await visit(
    `https://hybrid.example/consent/callback?admin_consent=True&tenant=${tenantId}&state=${state}`,
  );
  expect([claimed.status, codeOf(claimed)]).toEqual([503, "consentNotSeen"]);
  expect(activated).toEqual([]);
});

test.each([
  ["none", ""],
  ["made up", "made.up"],
  ["of a stranger's key", null],
])("a state that is forged is refused: %s", async (_name, given) => {
  const { browser, link, clock } = await openWorld();
  const { visit } = browser();
  await visit(await link(), /authorize/);
  const stranger = createTickets([new Uint8Array(32).fill(8)], clock);
  const ticket = {
    org: "acme",
    app: "calendar",
    tenantId: null,
    nonce: "n",
    verifier: "v",
    browser: "b",
  } as const;
  const state = given ?? (await stranger.issue("signIn", ticket));
  const shown = await visit(`https://hybrid.example/consent/callback?code=1.x&state=${state}`);
  expect([shown.status, codeOf(shown)]).toEqual([400, "linkInvalid"]);
});

test("a ticket opens its own door alone, and the same secret signs nothing else that is one", async () => {
  const { browser, link } = await openWorld();
  const { visit } = browser();
  const given = new URL(await link()).searchParams.get("ticket") ?? "";
  await visit(await link(), /authorize/);
  expect(codeOf(await visit(`https://hybrid.example/consent/callback?code=1.x&state=${given}`))).toBe(
    "linkInvalid",
  );
  expect(codeOf(await visit(`https://hybrid.example/consent/start?ticket=${given.slice(0, -2)}AA`))).toBe(
    "linkInvalid",
  );
  expect(codeOf(await visit("https://hybrid.example/consent/start"))).toBe("linkInvalid");
});

test("a visit goes on in the browser that began it: what a victim is sent is refused", async () => {
  const { browser, link, activated } = await openWorld();
  const { path } = await browser().visit(await link(), callback);
  const shown = await browser().visit(path.at(-1) ?? "");
  expect([shown.status, codeOf(shown)]).toEqual([400, "otherBrowser"]);
  expect(activated).toEqual([]);
});

test("a code that is replayed is refused, and so is one of another sign-in", async () => {
  const { browser, link } = await openWorld();
  const { visit } = browser();
  const { path } = await visit(await link(), callback);
  const answered = path.at(-1) ?? "";
  expect((await visit(answered, /adminconsent/)).status).toBe(0);
  const replayed = await visit(answered);
  expect([replayed.status, codeOf(replayed)]).toEqual([400, "codeUsed"]);
  const first = await visit(await link(), callback);
  const second = new URL((await visit(await link(), callback)).path.at(-1) ?? "");
  const mixed = new URL(first.path.at(-1) ?? "");
  // The code of the first sign-in with the state of the second: another code verifier, another nonce.
  second.searchParams.set("code", mixed.searchParams.get("code") ?? "");
  expect(codeOf(await visit(second.href))).toBe("codeUsed");
});

test("links and visits grow old", async () => {
  const { browser, link, clock } = await openWorld();
  const { visit } = browser();
  const old = await link();
  const { path } = await visit(old, callback);
  clock.advanceBy(31 * 60_000);
  expect(codeOf(await visit(path.at(-1) ?? ""))).toBe("linkExpired");
  clock.advanceBy(24 * 3_600_000);
  expect(codeOf(await visit(old))).toBe("linkExpired");
});

test("a tenant that serves another organisation is not taken over; its own may authorise it again", async () => {
  const { browser, link, tenants, activated } = await openWorld();
  tenants.served = ["globex"];
  const shown = await browser().visit(await link());
  expect([shown.status, codeOf(shown)]).toEqual([409, "tenantOfAnother"]);
  tenants.served = ["acme"];
  expect((await browser().visit(await link())).status).toBe(200);
  expect(activated).toHaveLength(1);
});

test("a half-given consent names what is missing; a mailbox shows whether Exchange grants it", async () => {
  const { browser, link, simulator, activated } = await openWorld();
  const { visit } = browser();
  const { path } = await visit(await link({ returnTo: wizard }), /adminconsent/);
  const state = new URL(path.at(-1) ?? "").searchParams.get("state") ?? "";
  simulator.grantConsent(tenantId, clientId, ["User.Read.All"]);
  const returned = `https://hybrid.example/consent/callback?admin_consent=True&tenant=${tenantId}&state=${state}`;
  const shown = await visit(returned);
  expect(shown.text).toContain("Calendars.ReadWrite is not in the consent");
  expect(activated).toEqual([]);
  const ticket = /name="ticket" value="([^"]+)"/.exec(shown.text)?.[1] ?? "";
  const name = (mailbox: string) =>
    visit("https://hybrid.example/consent/mailbox", /^$/, { ticket, mailbox });
  const failed = await name("ada@1111.example");
  expect(failed.text).toContain("outOfScope");
  expect(activated).toEqual([]);
  simulator.grantInExchange(tenantId, clientId, ["Calendars.ReadWrite", "MailboxSettings.Read"]);
  const works = await name("ada@1111.example");
  expect(works.text).toContain("done: an event is created");
  expect(works.text).toContain("in service");
  expect(works.text).toContain(`<a href="${wizard}?consent=accepted&#38;tenant=${tenantId}">`);
  expect(activated).toEqual([{ org: "acme", tenantId }]);
  expect(simulator.listEvents(ada)).toEqual([]);
});

test("what does without a permission is told, and the tenant is in service", async () => {
  const { browser, link, simulator, activated } = await openWorld();
  const { visit } = browser();
  const { path } = await visit(await link(), /adminconsent/);
  const state = new URL(path.at(-1) ?? "").searchParams.get("state") ?? "";
  simulator.grantConsent(tenantId, clientId, ["Calendars.ReadWrite", "MailboxSettings.ReadWrite"]);
  const shown = await visit(
    `https://hybrid.example/consent/callback?admin_consent=True&tenant=${tenantId}&state=${state}`,
  );
  expect(shown.text).toContain("Domain.Read.All is not granted: with several tenants");
  expect(activated).toHaveLength(1);
});

test("groups have a registration of their own, whose consent puts no calendar into service", async () => {
  const { browser, link, activated } = await openWorld();
  const shown = await browser().visit(await link({ app: "groups" }));
  expect(shown.text).toContain("Files.ReadWrite.All is not granted: spaces get no folder");
  expect(shown.text).not.toContain("<form");
  expect(activated).toEqual([]);
});

test("each registration signs in and asks by itself, and its consent stands and falls by itself", async () => {
  const { browser, link, simulator, activated, ports } = await openWorld();
  const ids = { calendar: clientId, groups: groupsClientId, archive: archiveClientId } as const;
  for (const [app, id] of Object.entries(ids)) {
    const { path } = await browser().visit(await link({ app: app as keyof typeof ids }));
    const asked = path.flatMap((at) => new URL(at).searchParams.get("client_id") ?? []);
    expect(asked.length).toBeGreaterThan(1);
    expect(new Set(asked)).toEqual(new Set([id]));
  }
  expect(activated).toHaveLength(1);
  const granted = async (app: keyof typeof ids) => {
    const signal = AbortSignal.timeout(20_000);
    const names = ports.registrations[app].grantedPermissions({ tenantId, signal });
    return await names.then(
      (some) => [...some].sort(),
      (error: { readonly code?: string }) => error.code,
    );
  };
  simulator.revokeConsent(tenantId, archiveClientId);
  expect(await granted("archive")).toBe("consentRevoked");
  expect(await granted("groups")).toEqual(["Group.ReadWrite.All", "User.Read.All"]);
  expect(await granted("calendar")).toContain("Calendars.ReadWrite");
  const { visit } = browser();
  const { path } = await visit(await link({ app: "archive" }), /adminconsent/);
  const state = new URL(path.at(-1) ?? "").searchParams.get("state") ?? "";
  simulator.grantConsent(tenantId, archiveClientId, ["Mail.ReadWrite"]);
  const half = await visit(
    `https://hybrid.example/consent/callback?admin_consent=True&tenant=${tenantId}&state=${state}`,
  );
  expect(half.text).toContain("User.Read.All");
  expect(half.text).toContain("(halfGiven)");
  await browser().visit(await link({ app: "archive" }));
  expect(await granted("archive")).toEqual(["Mail.ReadWrite", "User.Read.All"]);
});

test("a consent that was taken back is given again by the same link", async () => {
  const { browser, link, simulator, activated } = await openWorld();
  await browser().visit(await link());
  simulator.revokeConsent(tenantId, clientId);
  await browser().visit(await link());
  expect(activated).toHaveLength(2);
});

test("a mailbox that cannot be used says what to do, and leaves nothing behind", async () => {
  const { browser, link, simulator } = await openWorld();
  const { visit } = browser();
  const shown = await visit(await link());
  const ticket = /name="ticket" value="([^"]+)"/.exec(shown.text)?.[1] ?? "";
  const name = (mailbox: string) =>
    visit("https://hybrid.example/consent/mailbox", /^$/, { ticket, mailbox });
  expect((await name("nobody@1111.example")).text).toContain("nobody in the tenant has this address");
  simulator.setMailboxState(bo, "unlicensed");
  expect((await name(bo)).text).toContain("Give the user a licence");
  const good = await name(ada);
  expect(good.text.match(/done: /g)).toHaveLength(4);
  expect(simulator.listEvents(ada)).toEqual([]);
  expect(
    (await browser().visit("https://hybrid.example/consent/mailbox", /^$/, { ticket, mailbox: ada })).status,
  ).toBe(400);
});

test("a certificate that Entra refuses is said to be ours to mend", async () => {
  const world = await openWorld();
  const { browser, link, stranger, graphOf, ports } = world;
  const { visit } = browser();
  const { path } = await visit(await link(), callback);
  const refusing = graphOf(stranger);
  Object.assign(ports.registrations, { calendar: refusing.consent });
  expect(codeOf(await visit(path.at(-1) ?? ""))).toBe("credentialsRejected");
  await refusing.close();
});

test("what comes back is shown as text, never as a page", async () => {
  const { browser, link } = await openWorld();
  const { visit } = browser();
  const { path } = await visit(await link(), /authorize/);
  const state = new URL(path.at(-1) ?? "").searchParams.get("state") ?? "";
  const query = new URLSearchParams({
    state,
    error: "<script>",
    error_description: "<script>alert(1)</script>",
  });
  const shown = await visit(`https://hybrid.example/consent/callback?${query.toString()}`);
  expect([codeOf(shown), shown.text.includes("<script")]).toEqual(["signInFailed", false]);
});

test("a second key writes what the first wrote before it was replaced", async () => {
  const { clock } = await openWorld();
  const before = createTickets([secret], clock);
  const after = createTickets([new Uint8Array(32).fill(9), secret], clock);
  const ticket = await before.issue("link", { org: "acme", app: "archive", tenantId: null });
  expect(await after.open("link", ticket)).toMatchObject({ app: "archive" });
});
