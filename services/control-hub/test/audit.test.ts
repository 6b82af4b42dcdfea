import { auditLog, userDirectory } from "@hybrid/contracts";
import type { AuditPage } from "@hybrid/control-hub-page/api";
import { expect, test, vi } from "vitest";
import { entry, scene, startAt } from "./scene.ts";
import { written } from "./written.ts";

/*
 * Goal: the audit log names who did what for as long as it may, nobody reads a name in its topic, and erasing
 * a person, or an organisation, takes the names away and leaves acts, times and ids.
 */

const world = async () => {
  const made = await scene();
  const { write, signIn, post, get, clock, vault } = made;
  await write(userDirectory, {
    "acme/u-ada": entry(),
    "acme/u-bo": entry({ mailAddress: "bo@acme.example" }),
  });
  const ada = await signIn({ org: "acme", name: "ada@acme.example", user: "ada" });
  const guest = await signIn({ org: "acme", name: "guest@elsewhere.example" });
  for (const browser of [ada, guest])
    expect((await post(browser, "/api/o/acme/users/bo/orders", { order: "retry" })).statusCode).toBe(202);
  const rows = async (): Promise<AuditPage["rows"]> =>
    (await get(guest, "/api/o/acme/audit")).json<AuditPage>().rows;
  const retries = async () =>
    (await rows()).filter(({ act }) => act === "users.retry").map(({ by, about }) => [by, about]);
  await vi.waitFor(async () => expect(await retries()).toHaveLength(2));
  /** Lets more time pass than a key is kept at hand. */
  const erase = (owner: string): void => {
    vault.ban(owner);
    clock.advanceBy(120_000);
  };
  return { ...made, guest, retries, erase };
};

test("names are shown on the page and in its table, and stand nowhere in the topic", async () => {
  const { retries, get, guest, log } = await world();
  expect(await retries()).toEqual([
    ["guest@elsewhere.example", "bo"],
    ["ada@acme.example", "bo"],
  ]);
  const table = (await get(guest, "/api/o/acme/audit.csv")).body;
  expect(table).toContain("ada@acme.example,full,users.retry,bo");
  const text = JSON.stringify(await written(log, auditLog));
  expect(text).toContain("users.retry");
  expect(text).not.toMatch(/@|elsewhere/);
});

test("of a person who was erased the id is left; others stay", async () => {
  const { retries, erase } = await world();
  erase("acme/u-ada");
  expect(await retries()).toEqual([
    ["guest@elsewhere.example", "bo"],
    ["ada", "bo"],
  ]);
});

test("with the keys of an organisation all its names are gone, and its acts are not", async () => {
  const { retries, erase } = await world();
  erase("acme/u-ada");
  erase("acme/o");
  expect(await retries()).toEqual([
    ["", null],
    ["ada", null],
  ]);
});

test("entries of a release that had names in clear are shown as they were", async () => {
  const { write, views, get, guest } = await world();
  const old = { by: "cy@acme.example", role: "full", act: "users.enable", about: "bo", details: null };
  await write(auditLog, { "acme/o": { ...old, orderId: null, at: startAt } }, views.histories);
  const { rows } = (await get(guest, "/api/o/acme/audit")).json<AuditPage>();
  expect(rows).toContainEqual(expect.objectContaining(old));
});
