import { afterEach, beforeEach, expect, test } from "vitest";
import { startWorld, type World } from "./world.ts";

let world: World;
beforeEach(async () => {
  world = await startWorld();
});
afterEach(() => world.webex.close());

const path = "/identity/scim/acme/v2/Groups";
const uuidOf = (name: string): string =>
  world.webex.people().find(({ email }) => email.startsWith(name))?.uuid ?? "";
const patch = (...Operations: readonly object[]) => ({
  schemas: ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
  Operations,
});
const create = async (members: readonly string[], token = "app") =>
  await world.call(token, "POST", path, {
    schemas: ["urn:ietf:params:scim:schemas:core:2.0:Group"],
    displayName: "Board",
    members: members.map((name) => ({ value: uuidOf(name) })),
  });
const membersOf = (json: object): readonly string[] =>
  (json as { members: readonly { display: string }[] }).members.map(({ display }) => display);

test("members come, go and are replaced; the name changes; the group ends", async () => {
  const made = await create(["nora"]);
  expect([made.status, membersOf(made.json)]).toEqual([201, ["nora"]]);
  const one = `${path}/${made.json.id}`;
  const change = async (...operations: readonly object[]) =>
    (await world.call("app", "PATCH", one, patch(...operations))).json;
  const olaf = [{ value: uuidOf("olaf") }];
  expect(membersOf(await change({ op: "add", path: "members", value: olaf }))).toEqual(["nora", "olaf"]);
  const nora = [{ value: uuidOf("nora"), operation: "delete" }];
  expect(membersOf(await change({ op: "remove", path: "members", value: nora }))).toEqual(["olaf"]);
  expect(membersOf(await change({ op: "replace", path: "members", value: [] }))).toEqual([]);
  expect(await change({ op: "replace", value: { displayName: "Staff" } })).toMatchObject({
    displayName: "Staff",
  });
  expect((await world.call("app", "DELETE", one)).status).toBe(204);
  expect((await world.call("app", "GET", one)).status).toBe(404);
});

test("people who are no administrators change nothing; strangers are no members", async () => {
  expect((await create(["nora"], "nora")).status).toBe(403);
  expect((await create(["guest"])).status).toBe(400);
  expect((await world.call("guest", "GET", path)).status).toBe(403);
  const { json } = await create([]);
  const odd = patch({ op: "replace", path: "colour", value: "red" });
  expect((await world.call("app", "PATCH", `${path}/${json.id}`, odd)).status).toBe(501);
});
