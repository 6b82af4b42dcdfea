import { days, hours } from "@hybrid/kernel";
import type { MicrosoftGraph } from "@hybrid/microsoft-graph";
import { expect, onTestFinished, test } from "vitest";
import { ada, bo, clientId, fay, openWorld, tenantId } from "./world.ts";

const connect = "https://hybrid.example/consent/connect";
const codeOf = ({ text }: { readonly text: string }): string | undefined => /\((\w+)\)/.exec(text)?.[1];
const of = (userObjectId: string) => ({ tenantId, userObjectId, signal: AbortSignal.timeout(30_000) });

/** A tenant in which no administrator has consented, and users may. */
const openUsers = async () => {
  const world = await openWorld();
  world.tenants.byUser = [tenantId];
  const graph: MicrosoftGraph = world.graphOf(world.certificate, clientId, world.delegations);
  onTestFinished(() => graph.close());
  return { ...world, graph };
};

test("a user connects the own calendar: what is kept makes calls for that user, and for nobody else", async () => {
  const { browser, kept, graph, clock, activated } = await openUsers();
  const shown = await browser().visit(connect);
  expect(shown.status).toBe(200);
  expect(shown.text).toContain("Your calendar is connected");
  expect(shown.text).toContain("until 2026-02-11");
  expect(kept).toMatchObject([
    { user: "acme/u-ada", tenantId, objectId: ada, givenAt: clock.now(), expiresAt: clock.now() + days(30) },
  ]);
  expect(shown.path.some((at) => at.includes("offline_access") && at.includes("code_challenge="))).toBe(true);
  expect(await graph.mailboxes.probe(of(ada))).toEqual({ userPurpose: "user" });
  await expect(graph.mailboxes.probe(of(bo))).rejects.toMatchObject({ code: "userConsentMissing" });
  await expect(
    graph.users.findByAddress({ tenantId, address: "bo@1111.example", signal: AbortSignal.timeout(30_000) }),
  ).rejects.toMatchObject({ code: "organisationConsentMissing", retryable: false });
  expect(activated).toEqual([]);
});

test("one refresh token serves for thirty days, an hour at a time; then no call is made with it", async () => {
  const { browser, graph, clock, simulator } = await openUsers();
  await browser().visit(connect);
  const asked = () =>
    simulator.metrics.countRequests({ method: "POST", route: "/:tenant/oauth2/v2.0/token", status: 200 });
  const before = asked();
  for (let hour = 0; hour < 4; hour++) {
    for (let call = 0; call < 3; call++) await graph.mailboxes.probe(of(ada));
    clock.advanceBy(hours(1));
  }
  expect(asked()).toBe(before + 4);
  clock.advanceBy(days(30));
  await expect(graph.mailboxes.probe(of(ada))).rejects.toMatchObject({ code: "userConsentExpired" });
  expect(asked()).toBe(before + 4);
  await browser().visit(connect);
  expect(await graph.mailboxes.probe(of(ada))).toEqual({ userPurpose: "user" });
});

test("a consent that is taken back says so, until it is given again", async () => {
  const { browser, graph, clock, simulator } = await openUsers();
  await browser().visit(connect);
  await graph.mailboxes.probe(of(ada));
  simulator.revokeSignIns(ada);
  clock.advanceBy(hours(1));
  await expect(graph.mailboxes.probe(of(ada))).rejects.toMatchObject({
    code: "userConsentRevoked",
    retryable: false,
  });
  await browser().visit(connect);
  expect(await graph.mailboxes.probe(of(ada))).toEqual({ userPurpose: "user" });
});

test("who is no user, or of a tenant that has consented as a whole, is told so; nothing is kept", async () => {
  const { browser, signIn, kept, tenants } = await openUsers();
  signIn(fay);
  const stranger = await browser().visit(connect);
  expect([stranger.status, codeOf(stranger)]).toEqual([403, "notAUser"]);
  tenants.byUser = [];
  signIn(ada);
  const whole = await browser().visit(connect);
  expect([whole.status, codeOf(whole)]).toEqual([409, "connectedAsAWhole"]);
  expect(whole.text).toContain("Your calendar is not connected");
  expect(kept).toEqual([]);
});

test("a consent that is declined, or that only an administrator may give, changes nothing", async () => {
  const { browser, signIn, kept } = await openUsers();
  signIn(ada, false);
  expect(codeOf(await browser().visit(connect))).toBe("connectDeclined");
  const { visit } = browser();
  const { path } = await visit(connect, /authorize/);
  const state = new URL(path.at(-1) ?? "").searchParams.get("state") ?? "";
  const query = new URLSearchParams({ state, error: "access_denied", error_description: "AADSTS90094: no" });
  const shown = await visit(`https://hybrid.example/consent/callback?${query.toString()}`);
  expect([shown.status, codeOf(shown)]).toEqual([403, "usersMayNotConsent"]);
  expect(kept).toEqual([]);
});

test("who was sent by a page goes back to it, with a calendar connected or with why not", async () => {
  const { browser, signIn, kept, connectLink, link, clock } = await openUsers();
  const returnTo = "https://hub.example/me";
  const linkOf = () => connectLink(returnTo);
  const back = async (link: string) => (await browser().visit(link, /^https:\/\/hub\.example/)).path.at(-1);
  expect(await back(await linkOf())).toBe(`${returnTo}?consent=connected`);
  expect(kept).toHaveLength(1);
  signIn(fay);
  expect(await back(await linkOf())).toBe(`${returnTo}?consent=notAUser`);
  // Nobody but us says where a browser goes: neither a forged ticket, nor one that opens another door.
  const ofAnother = new URL(await link({ returnTo })).searchParams.get("ticket") ?? "";
  for (const ticket of ["https://evil.example", ofAnother])
    expect(codeOf(await browser().visit(`${connect}?ticket=${ticket}`))).toBe("linkInvalid");
  const old = await linkOf();
  clock.advanceBy(hours(1));
  expect(codeOf(await browser().visit(old))).toBe("linkExpired");
  expect(kept).toHaveLength(1);
});

test("a visit goes on in its own browser, within half an hour, and its code is good once", async () => {
  const { browser, kept, clock } = await openUsers();
  const { visit } = browser();
  const { path } = await visit(connect, /^https:\/\/hybrid\.example\/consent\/callback/);
  const answered = path.at(-1) ?? "";
  expect(codeOf(await browser().visit(answered))).toBe("otherBrowser");
  expect((await visit(answered)).status).toBe(200);
  expect(codeOf(await visit(answered))).toBe("codeUsed");
  clock.advanceBy(hours(1));
  expect(codeOf(await visit(answered))).toBe("linkExpired");
  expect(kept).toHaveLength(1);
});
