import { afterEach, beforeEach, expect, test } from "vitest";
import { instantOf } from "../src/meetings/local-time.ts";
import { nextOf } from "./ask.ts";
import { type Item, startWorld, type World } from "./world.ts";

let world: World;
beforeEach(async () => {
  world = await startWorld();
});
afterEach(() => world.webex.close());

const meeting = {
  title: "Launch",
  start: "2026-01-06T10:00:30+01:00",
  end: "2026-01-06T11:00:00+01:00",
  integrationTags: ["our-key"],
};

const post = async (token: string, path: string, body: object): Promise<Item> => {
  const answer = await world.call(token, "POST", path, body);
  expect([answer.status, answer.text]).toEqual([200, expect.any(String)]);
  return answer.json;
};
const statusOf = async (token: string, method: string, path: string, body?: object) =>
  (await world.call(token, method, path, body)).status;
const found = async (token: string, query: string): Promise<readonly string[]> => {
  const { json } = await world.call(token, "GET", `/v1/meetings?${query}`);
  return json.items.map(({ id }) => id);
};

test("a meeting has what an invitation needs, in UTC and whole minutes", async () => {
  const made = await post("nora", "/v1/meetings", { ...meeting, agenda: "All of it" });
  expect(made).toMatchObject({
    id: expect.stringMatching(/^[0-9a-f]{32}$/),
    meetingNumber: expect.stringMatching(/^2\d{10}$/),
    start: "2026-01-06T09:00:00Z",
    end: "2026-01-06T10:00:00Z",
    agenda: "All of it",
    meetingType: "meetingSeries",
    state: "active",
    hostEmail: "nora@acme.example",
    hostKey: expect.stringMatching(/^\d{6}$/),
    webLink: `https://acme.webex.com/acme/j.php?MTID=m${made.id}`,
    sipAddress: `${String(made["meetingNumber"])}@acme.webex.com`,
  });
  expect((await world.call("nora", "GET", `/v1/meetings/${made.id}`)).json).toEqual(made);
});

test("a meeting is found by number, link, tag and time, by its host and its invitees alone", async () => {
  const invitees = [{ email: "Olaf@acme.example" }];
  const made = await post("nora", "/v1/meetings", { ...meeting, invitees });
  const queries = [
    `meetingNumber=${String(made["meetingNumber"])}`,
    `webLink=${encodeURIComponent(String(made["webLink"]))}`,
    "integrationTag=our-key",
    "from=2026-01-06T09:00:00Z",
    "",
  ];
  for (const query of queries) {
    expect([query, await found("nora", query)]).toEqual([query, [made.id]]);
    expect([query, await found("olaf", query)]).toEqual([query, [made.id]]);
    expect([query, await found("guest", query)]).toEqual([query, []]);
  }
  expect(await found("nora", "integrationTag=another")).toEqual([]);
  expect(await found("nora", "from=2026-01-06T09:01:00Z")).toEqual([]);
  const asInvitee = await world.call("olaf", "GET", `/v1/meetings/${made.id}`);
  expect(asInvitee.json).not.toHaveProperty("hostKey");
  expect(await statusOf("guest", "GET", `/v1/meetings/${made.id}`)).toBe(404);
  expect(await statusOf("olaf", "DELETE", `/v1/meetings/${made.id}`)).toBe(403);
  expect(await statusOf("nora", "GET", "/v1/meetings?meetingNumber=1&webLink=x")).toBe(400);
});

test("PATCH changes what is given, PUT wants all of it, and DELETE ends the meeting", async () => {
  const made = await post("nora", "/v1/meetings", {
    ...meeting,
    agenda: "a",
    recurrence: "FREQ=DAILY;COUNT=3",
  });
  const path = `/v1/meetings/${made.id}`;
  const patched = await world.call("nora", "PATCH", path, { agenda: null, recurrence: null, title: "Later" });
  expect(patched.json).toEqual({ ...made, title: "Later", agenda: undefined, recurrence: undefined });
  expect(await statusOf("nora", "PUT", path, { title: "Whole" })).toBe(400);
  const { title: _title, integrationTags: _tags, ...times } = meeting;
  const put = await world.call("nora", "PUT", path, { ...times, title: "Whole", password: "Secret-1" });
  expect(put.json).toMatchObject({ title: "Whole", password: "Secret-1", start: made["start"] });
  expect(await statusOf("nora", "DELETE", `${path}?sendEmail=false`)).toBe(204);
  expect(await statusOf("nora", "GET", path)).toBe(404);
});

test.each([
  ["no end", { title: "x", start: meeting.start }],
  ["nine minutes", { ...meeting, end: "2026-01-06T10:09:00+01:00" }],
  ["a whole day", { ...meeting, end: "2026-01-07T10:00:00+01:00" }],
  ["the past", { ...meeting, start: "2026-01-05T08:00:00Z", end: "2026-01-05T09:30:00Z" }],
  ["no title", { start: meeting.start, end: meeting.end }],
  ["a long title", { ...meeting, title: "x".repeat(129) }],
  ["a long agenda", { ...meeting, agenda: "x".repeat(1_301) }],
  ["four tags", { ...meeting, integrationTags: ["a", "b", "c", "d"] }],
  ["a long tag", { ...meeting, integrationTags: ["x".repeat(65)] }],
  ["a time zone of Windows", { ...meeting, timezone: "W. Europe Standard Time" }],
  ["too many days", { ...meeting, recurrence: "FREQ=DAILY;COUNT=1827" }],
  ["an unknown property", { ...meeting, colour: "red" }],
])("a meeting with %s is refused", async (_, body) => {
  expect(await statusOf("nora", "POST", "/v1/meetings", body)).toBe(400);
});

test("only administrators and service apps make meetings for others, and a service app has none", async () => {
  const forNora = { ...meeting, hostEmail: "nora@acme.example" };
  expect(await statusOf("olaf", "POST", "/v1/meetings", forNora)).toBe(403);
  expect(await statusOf("app", "POST", "/v1/meetings", meeting)).toBe(400);
  const stranger = { ...meeting, hostEmail: "guest@other.example" };
  expect(await statusOf("app", "POST", "/v1/meetings", stranger)).toBe(404);
  const made = await post("app", "/v1/meetings", forNora);
  expect(made["hostEmail"]).toBe("nora@acme.example");
  expect(await found("app", "hostEmail=nora@acme.example")).toEqual([made.id]);
  expect(await statusOf("app", "DELETE", `/v1/meetings/${made.id}?hostEmail=nora@acme.example`)).toBe(204);
});

test("a meeting of a room invites its members; an ad-hoc one is the room's only one", async () => {
  const room = await post("nora", "/v1/rooms", { title: "Press" });
  await post("nora", "/v1/memberships", { roomId: room.id, personEmail: "olaf@acme.example" });
  const made = await post("nora", "/v1/meetings", { ...meeting, roomId: room.id });
  expect(await found("olaf", `roomId=${room.id}`)).toEqual([made.id]);
  expect(await statusOf("guest", "POST", "/v1/meetings", { ...meeting, roomId: room.id })).toBe(404);
  const adhoc = { adhoc: true, title: "Now", roomId: room.id };
  const first = await post("nora", "/v1/meetings", adhoc);
  expect((await post("olaf", "/v1/meetings", adhoc)).id).toBe(first.id);
  expect(await statusOf("nora", "DELETE", `/v1/meetings/${first.id}`)).toBe(400);
  expect(await statusOf("nora", "POST", "/v1/meetings", { adhoc: true, title: "Now" })).toBe(400);
});

test("sendEmail: false is silence; without it host and invitees are written to", async () => {
  const invitees = [{ email: "olaf@acme.example" }];
  await post("nora", "/v1/meetings", { ...meeting, invitees, sendEmail: false });
  expect(world.webex.meetings().map(({ mails }) => mails)).toEqual([0]);
  await post("nora", "/v1/meetings", { ...meeting, title: "Loud", invitees });
  expect(new Set(world.webex.meetings().map(({ mails }) => mails))).toEqual(new Set([0, 2]));
});

test("a meeting may be 404 for a while after it was made", async () => {
  world.webex.meetingFaults.hiddenForMs = 60_000;
  const made = await post("nora", "/v1/meetings", meeting);
  expect(await statusOf("nora", "GET", `/v1/meetings/${made.id}`)).toBe(404);
  expect(await found("nora", "")).toEqual([]);
  world.clock.time += 60_000;
  expect(await found("nora", "")).toEqual([made.id]);
});

test("the hundred and first meeting within a day is 429, refused ones counted; lists have pages", async () => {
  for (let count = 0; count < 100; count++)
    await world.call("nora", "POST", "/v1/meetings", count % 2 === 0 ? meeting : { ...meeting, start: "?" });
  const refused = await world.call("nora", "POST", "/v1/meetings", meeting);
  expect([refused.status, refused.headers.get("retry-after")]).toEqual([429, "86400"]);
  expect(await statusOf("olaf", "POST", "/v1/meetings", meeting)).toBe(200);
  const first = await world.call("nora", "GET", "/v1/meetings?max=30");
  const second = await world.call("nora", "GET", nextOf(first) ?? "");
  expect([first.json.items.length, second.json.items.length, nextOf(second)]).toEqual([30, 20, undefined]);
  world.clock.time += 86_400_000;
  expect(
    await statusOf("nora", "POST", "/v1/meetings", {
      ...meeting,
      end: "2026-01-07T10:00",
      start: "2026-01-07T09:30",
    }),
  ).toBe(200);
});

test("a time without an offset is one of the zone, on both sides of a change of clocks", () => {
  const iso = (text: string, zone: string) => new Date(instantOf(text, zone) ?? Number.NaN).toISOString();
  expect(iso("2026-03-29 01:30:00", "Europe/Stockholm")).toBe("2026-03-29T00:30:00.000Z");
  expect(iso("2026-03-29T03:30", "Europe/Stockholm")).toBe("2026-03-29T01:30:00.000Z");
  expect(iso("2026-07-01T09:00", "America/New_York")).toBe("2026-07-01T13:00:00.000Z");
  expect(iso("2026-07-01T09:00:00+0530", "UTC")).toBe("2026-07-01T03:30:00.000Z");
  expect(instantOf("tomorrow", "UTC")).toBeUndefined();
});
