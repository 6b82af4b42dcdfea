import { afterEach, beforeEach, expect, test } from "vitest";
import { nextOf } from "./ask.ts";
import { type Item, startWorld, type World } from "./world.ts";

let world: World;
beforeEach(async () => {
  world = await startWorld();
});
afterEach(() => world.webex.close());

const day = 86_400_000;
const iso = (at: number): string => new Date(at).toISOString();

const pages = async (query: string): Promise<readonly (readonly Item[])[]> => {
  const seen: (readonly Item[])[] = [];
  for (let path: string | undefined = `/v1/events${query}`; path !== undefined; ) {
    const answer = await world.call("officer", "GET", path);
    expect(answer.status).toBe(200);
    seen.push(answer.json.items);
    path = nextOf(answer);
  }
  return seen;
};

const person = (name: string) => {
  const found = world.webex.people().find(({ displayName }) => displayName === name);
  if (!found) throw new Error(`${name} is missing`);
  return found;
};

const roomWith = (messages: number) => {
  const room = world.webex.spaces.createRoom(person("nora"), "Plans");
  for (let at = 0; at < messages; at++) world.webex.spaces.post(person("nora"), room, { text: `m${at}` });
  return room;
};

test("a new space is its creator's membership; then the welcome message, when Webex writes one", async () => {
  world.webex.spaces.welcomesNewRooms = true;
  roomWith(0);
  const [page = []] = await pages("");
  expect(page.map(({ resource, type }) => `${resource} ${type}`)).toEqual([
    "memberships created",
    "messages created",
  ]);
  expect(page[0]?.data).toMatchObject({ roomType: "group", personEmail: "nora@acme.example" });
  expect(page[1]?.data).toMatchObject({ text: expect.stringContaining("Welcome") });
});

test("a membership that came through the team lacks roomType and isRoomHidden", async () => {
  const { json: team } = await world.call("nora", "POST", "/v1/teams", { name: "Launch" });
  await world.call("nora", "POST", "/v1/team/memberships", {
    teamId: team.id,
    personEmail: "olaf@acme.example",
  });
  const [page = []] = await pages("?resource=memberships");
  expect(page.map(({ data }) => "roomType" in data || "isRoomHidden" in data)).toEqual([true, false]);
});

test("ties of one millisecond come once each, over pages of every size", async () => {
  roomWith(5);
  const whole = (await pages("")).flat().map(({ id }) => id);
  expect(whole).toHaveLength(6);
  for (const max of [1, 2, 3, 4]) {
    const paged = await pages(`?max=${max}`);
    expect(paged.flat().map(({ id }) => id)).toEqual(whole);
    expect(paged).toHaveLength(Math.ceil(6 / max));
  }
});

test("empty pages have a next page, and max=null in a link is taken back", async () => {
  roomWith(3);
  Object.assign(world.webex.feedFaults, { emptyPages: 2, nextSaysMaxNull: true });
  const paged = await pages("?max=1");
  expect(paged.map((page) => page.length)).toEqual([0, 0, 4]);
});

test("a late event shows up after its time, behind a cursor that has passed it", async () => {
  const room = roomWith(1);
  world.webex.feedFaults.lateByMs = 30_000;
  world.clock.time += 1_000;
  world.webex.spaces.post(person("nora"), room, { text: "late" });
  world.webex.feedFaults.lateByMs = 0;
  world.clock.time += 1_000;
  world.webex.spaces.post(person("nora"), room, { text: "punctual" });
  const texts = async () => (await pages("?resource=messages")).flat().map(({ data }) => data["text"]);
  expect(await texts()).toEqual(["m0", "punctual"]);
  world.clock.time += 30_000;
  expect(await texts()).toEqual(["m0", "late", "punctual"]);
});

test("from and to bound the feed; the future is 400, more than 90 days ago is 403", async () => {
  const start = world.clock.time;
  roomWith(0);
  world.clock.time += 1_000;
  roomWith(0);
  const between = `?from=${iso(start + 1)}&to=${iso(start + 1_000)}`;
  expect((await pages(between)).flat()).toHaveLength(1);
  const status = async (query: string) => (await world.call("officer", "GET", `/v1/events${query}`)).status;
  expect(await status(`?to=${iso(start + day)}`)).toBe(400);
  expect(await status(`?from=${iso(start)}&to=${iso(start - 1)}`)).toBe(400);
  expect(await status(`?from=${iso(world.clock.time - 90 * day)}`)).toBe(200);
  expect(await status(`?from=${iso(world.clock.time - 90 * day - 1)}`)).toBe(403);
  expect(await status("?type=exploded")).toBe(400);
});

test("an edit keeps the first text in the first event; who has no compliance scope gets 403", async () => {
  const room = roomWith(0);
  const message = world.webex.spaces.post(person("nora"), room, { text: "first" });
  world.webex.spaces.edit(message, "second", undefined);
  world.webex.spaces.removeMessage(person("nora").uuid, message);
  const events = (await pages("?resource=messages")).flat();
  expect(events.map(({ type, data }) => [type, data["text"]])).toEqual([
    ["created", "first"],
    ["updated", "second"],
    ["deleted", "second"],
  ]);
  const one = await world.call("officer", "GET", `/v1/events/${events[0]?.id}`);
  expect(one.json).toEqual(events[0]);
  for (const token of ["nora", "app"])
    expect((await world.call(token, "GET", "/v1/events")).status).toBe(403);
});

test("an officer sees spaces that the organisation owns or has people in, and no others", async () => {
  const guest = person("guest");
  const foreign = world.webex.spaces.createRoom(guest, "Foreign");
  world.webex.spaces.post(guest, foreign, { text: "among us" });
  expect((await pages("")).flat()).toEqual([]);
  world.webex.spaces.addMember(guest.uuid, foreign, person("olaf"));
  world.webex.spaces.post(guest, foreign, { text: "with Olaf" });
  expect((await pages("?resource=messages")).flat().map(({ data }) => data["text"])).toEqual(["with Olaf"]);
});
