import {
  adminCommands,
  presence,
  tenantStatus,
  type UserConsent,
  userConsents,
  userDirectory,
  userStatus,
} from "@hybrid/contracts";
import type { Me } from "@hybrid/control-hub-page/api";
import { actorIdOf, days, sealedFor } from "@hybrid/kernel";
import { sealValue } from "@hybrid/sealing";
import { expect, test } from "vitest";
import { entry, scene, startAt, status, tenantId } from "./scene.ts";
import { audited, written } from "./written.ts";

const world = async () => {
  const made = await scene();
  await made.write(userDirectory, {
    "acme/u-ada": entry(),
    "acme/u-bo": entry({ mailAddress: "bo@acme.example" }),
    "rival/u-ada": entry({ mailAddress: "ada@rival.example" }),
  });
  await made.write(userStatus, { "acme/u-ada": status() });
  const ada = await made.signIn({ org: "acme", role: "user", user: "ada", name: "ada@acme.example" });
  return { ...made, ada };
};

test("a person sees their own state and presence, and nobody else's", async () => {
  const { get, write, clock, ada } = await world();
  const out = { status: "outOfOffice" as const, episode: 1, since: startAt, until: startAt + 86_400_000 };
  const more = { source: "automaticReplies" as const, atWebex: true, webexReason: null, at: startAt };
  await write(presence, { "acme/u-ada": { ...out, ...more, expiresAt: startAt + 3_000_000 } });
  const me = async () => (await get(ada, "/api/me")).json<Me>();
  expect(await me()).toMatchObject({
    organisation: "acme",
    user: { id: "ada", state: "active", mailAddress: "ada@acme.example" },
    presence: { status: "outOfOffice", atWebex: true, until: startAt + 86_400_000 },
    meetingsUrl: "https://meetings.acme.example/today",
  });
  for (const path of ["users", "users/ada", "users/bo", "overview", "events"])
    expect((await get(ada, `/api/o/acme/${path}`)).statusCode).toBe(403);
  // Nobody refreshed it.
  clock.advanceBy(3_000_000);
  expect((await me()).presence).toMatchObject({ status: "none", atWebex: false });
});

test("what is stored about a person is given to them whole, without the secrets of their sessions", async () => {
  const { get, ada } = await world();
  const answer = await get(ada, "/api/me/export.json");
  expect(answer.headers["content-disposition"]).toContain("about-me.json");
  expect(answer.json()).toMatchObject({
    name: "ada@acme.example",
    user: { id: "ada", history: [{ to: "active" }] },
    sessions: [{ role: "user", way: "link" }],
  });
  expect(answer.body).not.toContain(ada.csrfToken);
  expect(answer.body).not.toContain("bo@acme.example");
});

test("where users consent each is led to Microsoft and back, and told until when it holds", async () => {
  const { get, post, write, log, desk, vault, ada } = await world();
  const me = async () => (await get(ada, "/api/me")).json<Me>();
  const link = () => post(ada, "/api/me/consent-links", {});
  const tenant = (consent: "organisation" | "user") =>
    write(tenantStatus, {
      [`acme/t-${tenantId}`]: {
        tenantId,
        status: "active",
        generation: consent === "user" ? 2 : 1,
        settings: { webexKeyword: "space", meetKeyword: "space", language: null, join: null, consent },
        decidedAt: startAt,
      },
    });
  await tenant("organisation");
  expect((await me()).consent).toBeNull();
  expect((await link()).json()).toMatchObject({ type: "urn:hybrid:problem:connectedAsAWhole" });
  await tenant("user");
  expect((await me()).consent).toEqual({ givenAt: null, expiresAt: null });
  expect((await link()).json()).toEqual({ url: "https://consent.example/consent/connect?ticket=connect" });
  expect(desk.connecting).toEqual(["http://localhost/me"]);
  const given = { tenantId, objectId: entry().objectId, givenAt: startAt, expiresAt: startAt + days(30) };
  const consent = { ...given, refreshToken: sealedFor(actorIdOf("acme/u-ada"), "refresh") };
  await write(userConsents, { "acme/u-ada": sealValue(consent, vault) as UserConsent });
  expect((await me()).consent).toEqual({ givenAt: startAt, expiresAt: startAt + days(30) });
  const stored = await get(ada, "/api/me/export.json");
  expect(stored.json()).toMatchObject({ consent: { givenAt: startAt } });
  expect(stored.body).not.toContain("refresh");
  const acts = (await audited(log, vault)).map(({ value }) => value);
  expect(acts.at(-1)).toMatchObject({ act: "me.consent", role: "user", about: "ada" });
});

test("people connect and disconnect their own calendar alone, and the audit log says that they did", async () => {
  const { post, log, vault, ada, signIn } = await world();
  expect((await post(ada, "/api/me/orders", { order: "disconnect" })).statusCode).toBe(202);
  const orders = await written(log, adminCommands);
  expect(orders.map(({ key, value }) => [key, value.kind, value.enabled])).toEqual([
    ["acme/o/user-ada", "toggleUser", false],
  ]);
  const acts = (await audited(log, vault)).map(({ value }) => value);
  expect(acts).toContainEqual(expect.objectContaining({ act: "me.disconnect", role: "user", about: "ada" }));
  // Who is nobody of the directory, and who is everywhere, has no calendar here.
  for (const guest of [
    { org: "acme", user: null },
    { org: "acme", user: "gone" },
    { org: null, user: "ada" },
  ]) {
    const other = await signIn({ ...guest, role: "user" });
    expect((await post(other, "/api/me/orders", { order: "connect" })).statusCode).toBe(409);
  }
});
