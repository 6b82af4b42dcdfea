import {
  connectorAssignments,
  connectorLoad,
  mailboxMigrations,
  meetingRuleOrders,
  meetingRules,
  migrationBatches,
  migrationCommands,
  roomCommands,
  roomStatus,
  tenantStatus,
  userDirectory,
} from "@hybrid/contracts";
import type { Moves, Rooms, Rules } from "@hybrid/control-hub-page/api";
import { expect, test } from "vitest";
import { batch, load, move, room } from "./places.ts";
import { entry, scene, startAt, tenantId } from "./scene.ts";
import { written } from "./written.ts";

const settings = {
  webexKeyword: "space" as const,
  meetKeyword: "space" as const,
  language: null,
  join: null,
};

const own = JSON.stringify({
  addresses: [{ name: "town", service: "town", hosts: ["meet.town.example"], path: "/[a-z]+" }],
});

const openTown = async () => {
  const made = await scene();
  await made.write(userDirectory, { "acme/u-ada": entry() });
  await made.write(tenantStatus, {
    [`acme/t-${tenantId}`]: { tenantId, status: "active", generation: 1, settings, decidedAt: startAt },
  });
  return { ...made, browser: await made.signIn() };
};

test("a text is explained by the organisation's rules and settings, or by rules that are tried first", async () => {
  const { post, browser, desk, write } = await openTown();
  await write(meetingRules, {
    "acme/o/meeting-rules": { version: 1, document: own, changedAt: startAt },
  });
  const explain = (body: object) => post(browser, "/api/o/acme/explanations", body);
  expect((await explain({ text: "https://meet.town.example/ada" })).json()).toEqual(desk.explained);
  await explain({ text: "x", rules: "{}", organizer: "external" });
  expect(desk.judgedBy).toMatchObject([
    { rules: own, organizer: "internal", now: startAt, settings: { webexKeyword: "space" } },
    { rules: "{}", organizer: "external" },
  ]);
  const noEvent = await explain({ text: '{"id": 1}' });
  expect(noEvent.json()).toMatchObject({ status: 400, type: "urn:hybrid:problem:noEvent" });
  // An invitation may be larger than an order.
  expect((await explain({ text: "x".repeat(1_000_000) })).statusCode).toBe(200);
});

test("an event of a user's mailbox is explained; one that is not there is not found", async () => {
  const { post, browser } = await openTown();
  const explain = (user: string, eventId: string) =>
    post(browser, `/api/o/acme/users/${user}/explanations`, { eventId });
  expect((await explain("ada", "AAkALg")).statusCode).toBe(200);
  expect((await explain("ada", "other")).statusCode).toBe(404);
  expect((await explain("bo", "AAkALg")).statusCode).toBe(404);
});

test("rules are set whole, for the version that they have; what cannot be used is named", async () => {
  const { get, post, browser, log, write } = await openTown();
  const rules = async () => (await get(browser, "/api/o/acme/rules")).json<Rules>();
  expect(await rules()).toMatchObject({ version: 0, document: null });
  const order = (body: object) => post(browser, "/api/o/acme/rules/orders", body);
  const bad = await order({ order: "set", version: 0, document: '{"addresses": [{"name": "x"}]}' });
  expect(bad.json()).toMatchObject({ type: "urn:hybrid:problem:rulesUnusable" });
  expect((await order({ order: "set", version: 0, document: own })).statusCode).toBe(202);
  expect(await written(log, meetingRuleOrders)).toMatchObject([
    { key: "acme/o/meeting-rules", value: { document: own, ifMatch: 0 } },
  ]);
  await write(meetingRules, { "acme/o/meeting-rules": { version: 1, document: own, changedAt: startAt } });
  expect((await rules()).rules[0]).toMatchObject({ name: "town", from: "organisation" });
  expect((await order({ order: "reset", version: 0 })).statusCode).toBe(412);
  expect((await order({ order: "reset", version: 1 })).statusCode).toBe(202);
  const csv = (await get(browser, "/api/o/acme/rules.csv")).body;
  expect(csv).toContain("town,address,town,any,yes,organisation,meet.town.example");
});

test("mailboxes on the move are told with who serves them, batches and clusters; one is looked at now", async () => {
  const { get, post, browser, log, write, views } = await openTown();
  await write(mailboxMigrations, {
    "acme/u-ada": move(),
    "acme/u-bo": move({ completedAt: startAt, waitsFor: null }),
    "rival/u-ada": move(),
  });
  await write(connectorAssignments, {
    "acme/u-ada": {
      stage: "released",
      cluster: "north",
      mailbox: "exchange",
      resourceGroup: null,
      reason: "mailboxInCloud",
      at: startAt,
    },
  });
  await write(connectorLoad, { "acme/c-north": load(), "acme/c-south": load({ removed: true }) });
  await write(migrationBatches, { "acme/o": batch() }, views.histories);
  await write(migrationBatches, { "acme/o": batch({ completed: 2, closed: true }) }, views.histories);
  const page = (await get(browser, "/api/o/acme/migrations")).json<Moves>();
  expect(page).toMatchObject({
    count: 1,
    rows: [{ user: "ada", mailAddress: "ada@acme.example", connector: "north", stage: "released" }],
    batches: [{ batch: 1, completed: 2, isOver: true }],
    clusters: [{ name: "north", load: "amber" }],
  });
  const all = (await get(browser, "/api/o/acme/migrations?all=true&limit=1")).json<Moves>();
  expect([all.count, all.rows.length]).toEqual([2, 1]);
  const next = await get(browser, `/api/o/acme/migrations?all=true&cursor=${all.next}`);
  expect(next.json<Moves>().rows.map(({ user }) => user)).toEqual(["bo"]);
  const csv = (await get(browser, "/api/o/acme/migrations.csv?all=true")).body;
  expect(csv.trim().split("\r\n")).toHaveLength(3);
  expect((await post(browser, "/api/o/acme/migrations/ada/orders", { order: "look" })).statusCode).toBe(202);
  expect((await post(browser, "/api/o/acme/migrations/x/orders", { order: "look" })).statusCode).toBe(404);
  expect(await written(log, migrationCommands)).toMatchObject([
    { key: "acme/u-ada", value: { kind: "force" } },
  ]);
});

test("rooms are told with their devices and what seems wrong; all of them follow their calendars, or stop", async () => {
  const { get, post, browser, log, write } = await openTown();
  await write(roomStatus, {
    "acme/w-1": room({ name: "Zeppelin" }),
    "acme/w-2": room({ name: "=Atlas", objectId: null, devices: [] }),
    "rival/w-1": room(),
  });
  const { rooms } = (await get(browser, "/api/o/acme/rooms")).json<Rooms>();
  expect(rooms.map(({ id, name, hasMailbox }) => [id, name, hasMailbox])).toEqual([
    ["2", "=Atlas", false],
    ["1", "Zeppelin", true],
  ]);
  const csv = (await get(browser, "/api/o/acme/rooms.csv")).body;
  // What begins like a formula is none to a spreadsheet.
  expect(csv).toContain("'=Atlas,");
  const order = (body: object) => post(browser, "/api/o/acme/rooms/orders", body);
  expect((await order({ order: "follow", tenantId })).statusCode).toBe(202);
  const elsewhere = "7f9619ff-8b86-4011-b42d-00c04fc964ff";
  expect((await order({ order: "follow", tenantId: elsewhere })).statusCode).toBe(404);
  expect((await order({ order: "stop" })).statusCode).toBe(202);
  expect((await written(log, roomCommands)).map(({ value }) => [value.kind, value.tenantId])).toEqual([
    ["follow", tenantId],
    ["stop", null],
  ]);
});
