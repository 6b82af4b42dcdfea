import { adminCommands, presence, userDirectory, userStatus } from "@hybrid/contracts";
import type { Me } from "@hybrid/control-hub-page/api";
import { expect, test } from "vitest";
import { entry, scene, startAt, status } from "./scene.ts";
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
