import { afterEach, beforeEach, expect, test } from "vitest";
import { startWorld, type World } from "./world.ts";

let world: World;
beforeEach(async () => {
  world = await startWorld();
});
afterEach(() => world.webex.close());

const path = "/v1/room/linkedFolders";
const folder = (roomId: string, more: object = {}) => ({
  roomId,
  contentUrl: "https://acme.sharepoint.example/launch",
  displayName: "Launch",
  driveId: "b!drive",
  itemId: "01ITEM",
  defaultFolder: "true",
  ...more,
});
const roomWithOlaf = async (isLocked: boolean): Promise<string> => {
  const { json: room } = await world.call("nora", "POST", "/v1/rooms", { title: "Press", isLocked });
  await world.call("nora", "POST", "/v1/memberships", { roomId: room.id, personEmail: "olaf@acme.example" });
  return room.id;
};

test("a space has one default folder: a new one takes the place of the old one", async () => {
  const roomId = await roomWithOlaf(false);
  const { json: first } = await world.call("nora", "POST", path, folder(roomId));
  expect(first).toMatchObject({ defaultFolder: "true", driveId: "b!drive", roomType: "group", roomId });
  const { json: second } = await world.call("olaf", "POST", path, folder(roomId, { itemId: "02ITEM" }));
  const { json: list } = await world.call("olaf", "GET", `${path}?roomId=${roomId}`);
  expect(list.items.map((item) => [item.id, item["defaultFolder"]])).toEqual([
    [first.id, "false"],
    [second.id, "true"],
  ]);
  const renamed = folder(roomId, { displayName: "Elsewhere", defaultFolder: "false" });
  await world.call("nora", "PUT", `${path}/${second.id}`, renamed);
  const { json: one } = await world.call("nora", "GET", `${path}/${second.id}`);
  expect(one).toMatchObject({ displayName: "Elsewhere", defaultFolder: "false" });
  expect((await world.call("nora", "DELETE", `${path}/${first.id}`)).status).toBe(204);
  expect((await world.call("nora", "GET", `${path}/${first.id}`)).status).toBe(404);
});

test("strangers see no folder; in a moderated space its moderators alone link one", async () => {
  const roomId = await roomWithOlaf(true);
  const { json: made } = await world.call("nora", "POST", path, folder(roomId));
  expect((await world.call("olaf", "POST", path, folder(roomId))).status).toBe(403);
  expect((await world.call("olaf", "GET", `${path}/${made.id}`)).status).toBe(200);
  expect((await world.call("guest", "GET", `${path}/${made.id}`)).status).toBe(404);
  expect((await world.call("guest", "GET", `${path}?roomId=${roomId}`)).status).toBe(404);
});

test("a boolean instead of its text, a missing id and another room are refused", async () => {
  const roomId = await roomWithOlaf(false);
  const { json: made } = await world.call("nora", "POST", path, folder(roomId));
  const { itemId: _itemId, ...withoutItem } = folder(roomId);
  for (const body of [folder(roomId, { defaultFolder: true }), withoutItem])
    expect((await world.call("nora", "POST", path, body)).status).toBe(400);
  const other = await roomWithOlaf(false);
  expect((await world.call("nora", "PUT", `${path}/${made.id}`, folder(other))).status).toBe(400);
});
