import { afterEach, beforeEach, expect, test } from "vitest";
import type { SimulatedDevice } from "../src/index.ts";
import { webexIdText } from "../src/webex-id.ts";
import { nextOf } from "./ask.ts";
import { startWorld, type World } from "./world.ts";

let world: World;
let device: SimulatedDevice;
let deviceId: string;
let placeId: string;
beforeEach(async () => {
  world = await startWorld();
  const calendar = { type: "microsoft", emailAddress: "board@acme.example" };
  const { json } = await world.call("app", "POST", "/v1/workspaces", { displayName: "Board room", calendar });
  placeId = json.id;
  device = world.webex.addDevice({ orgId: "acme", workspaceId: placeId });
  deviceId = webexIdText("DEVICE", device.uuid);
});
afterEach(() => world.webex.close());

const command = async (name: string, more: object = {}, token = "app") =>
  await world.call(token, "POST", `/v1/xapi/command/${name}`, { deviceId, ...more });
const status = async (name: string): Promise<unknown> =>
  (await world.call("app", "GET", `/v1/xapi/status?deviceId=${deviceId}&name=${name}`)).json["result"];

const booking = (Id: string, StartTime: string, more: object = {}) => ({
  Id,
  Title: "Launch",
  Number: "25503113955@acme.webex.com",
  Protocol: "SIP",
  Organizer: { Name: "Nora" },
  Time: { StartTime, Duration: 30, StartTimeBuffer: 300 },
  ...more,
});

test("Bookings.Put replaces the whole list; the device says what is on and when it is free", async () => {
  const first = [booking("1", "2026-01-05T09:30:00Z"), booking("2", "2026-01-05T12:00:00Z")];
  expect((await command("Bookings.Put", { body: { Bookings: first } })).json).toEqual({
    deviceId,
    result: {},
  });
  expect(await status("Bookings.Current.Id")).toEqual({ Bookings: { Current: { Id: "" } } });
  world.clock.time += 25 * 60_000;
  expect(await status("Bookings.Current.Id")).toEqual({ Bookings: { Current: { Id: "1" } } });
  expect(await status("bookings.availability.status")).toEqual({
    Bookings: { Availability: { Status: "FreeUntil" } },
  });
  await command("Bookings.Put", { body: { Bookings: [booking("3", "2026-01-05T09:00:00Z")] } });
  const { json } = await command("Bookings.List", { arguments: { Days: 1 } });
  expect(json["result"]).toMatchObject({
    ResultInfo: { TotalRows: 1 },
    Booking: [{ Id: "3", DialInfo: { ConnectMode: "OBTP" } }],
  });
  expect(await status("Bookings.*.Status")).toEqual({
    Bookings: { Availability: { Status: "BookedUntil" } },
  });
  await command("Bookings.Clear");
  expect(device.bookings).toEqual([]);
});

test.each([
  ["a title of 129 characters", { Title: "x".repeat(129) }],
  ["a number of 129 characters", { Number: "x".repeat(129) }],
  ["1,441 minutes", { Time: { StartTime: "2026-01-05T09:00:00Z", Duration: 1_441 } }],
  ["an unknown protocol", { Protocol: "TELEX" }],
  ["no time", { Time: undefined }],
  ["an unknown property", { Colour: "red" }],
])("a booking with %s is refused, and the list stays", async (_, more) => {
  await command("Bookings.Put", { body: { Bookings: [booking("1", "2026-01-05T09:30:00Z")] } });
  const bad = [booking("2", "2026-01-05T10:30:00Z", more)];
  expect((await command("Bookings.Put", { body: { Bookings: bad } })).status).toBe(400);
  expect(device.bookings.map(({ Id }) => Id)).toEqual(["1"]);
});

test("two bookings of one id are refused; a single one is deleted by its id", async () => {
  const twice = [booking("1", "2026-01-05T09:30:00Z"), booking("1", "2026-01-05T10:30:00Z")];
  expect((await command("Bookings.Put", { body: { Bookings: twice } })).status).toBe(400);
  await command("Bookings.Put", { body: { Bookings: twice.slice(1) } });
  expect((await command("Bookings.Delete", { arguments: { Id: "2" } })).status).toBe(400);
  expect((await command("Bookings.Delete", { arguments: { Id: "1" } })).status).toBe(200);
  expect(device.bookings).toEqual([]);
});

test("a device that is not connected takes no commands; strangers do not see it; other commands are 501", async () => {
  device.connectionStatus = "disconnected";
  expect((await command("Bookings.Clear")).status).toBe(409);
  device.connectionStatus = "connected";
  expect((await command("Bookings.Clear", {}, "guest")).status).toBe(404);
  expect((await command("Bookings.Clear", {}, "nora")).status).toBe(404);
  expect((await command("Audio.Volume.Set", { arguments: { Level: 5 } })).status).toBe(501);
});

test("people see their own devices, administrators and service apps all of them, in pages by number", async () => {
  const nora = world.webex.people().find(({ email }) => email.startsWith("nora"));
  world.webex.addDevice({ orgId: "acme", personUuid: nora?.uuid ?? "", displayName: "Nora's desk" });
  const own = await world.call("nora", "GET", "/v1/devices");
  expect(own.json.items.map((item) => item["displayName"])).toEqual(["Nora's desk"]);
  const first = await world.call("app", "GET", "/v1/devices?max=1");
  const second = await world.call("app", "GET", nextOf(first) ?? "");
  expect([first, second].map(({ json }) => json.items[0]?.["displayName"])).toEqual(["Board", "Nora's desk"]);
  expect(nextOf(second)).toBeUndefined();
  const inPlace = await world.call("app", "GET", `/v1/devices?workspaceId=${placeId}`);
  expect(inPlace.json.items.map(({ id }) => id)).toEqual([deviceId]);
});

test("workspaces are found by their calendar, changed, and end with their devices", async () => {
  await world.call("app", "POST", "/v1/workspaces", { displayName: "Desk", capacity: 1 });
  const found = await world.call("app", "GET", "/v1/workspaces?calendar=microsoft");
  expect(found.json.items).toMatchObject([
    { id: placeId, calendar: { type: "microsoft", emailAddress: "board@acme.example" } },
  ]);
  const path = `/v1/workspaces/${placeId}`;
  const { json: changed } = await world.call("app", "PUT", path, { displayName: "Big room", capacity: 12 });
  expect(changed).toMatchObject({ displayName: "Big room", capacity: 12, calendar: { type: "microsoft" } });
  const bad = { displayName: "x", calendar: { type: "none", emailAddress: "x@acme.example" } };
  expect((await world.call("app", "PUT", path, bad)).status).toBe(400);
  expect((await world.call("nora", "GET", "/v1/workspaces")).status).toBe(403);
  expect((await world.call("app", "DELETE", path)).status).toBe(204);
  expect((await world.call("app", "GET", path)).status).toBe(404);
  expect(world.webex.devices()).toEqual([]);
});
