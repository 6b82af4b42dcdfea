import { afterEach, beforeEach, expect, test } from "vitest";
import { uuidOfId } from "../src/webex-id.ts";
import { nextOf } from "./ask.ts";
import { type Item, startWorld, type World } from "./world.ts";

let world: World;
beforeEach(async () => {
  world = await startWorld();
});
afterEach(() => world.webex.close());

const post = async (token: string, path: string, body: object): Promise<Item> => {
  const answer = await world.call(token, "POST", path, body);
  expect([answer.status, answer.text]).toEqual([200, expect.any(String)]);
  return answer.json;
};

test("a team's General room has the team's UUID, and its members are the team's", async () => {
  const team = await post("nora", "/v1/teams", { name: "Launch" });
  const { json: rooms } = await world.call("nora", "GET", `/v1/rooms?teamId=${team.id}`);
  const [general] = rooms.items;
  expect(uuidOfId("ROOM", String(general?.["id"]))).toBe(uuidOfId("TEAM", team.id));
  await post("nora", "/v1/team/memberships", { teamId: team.id, personEmail: "guest@other.example" });
  const inTeam = await world.call("guest", "GET", `/v1/team/memberships?teamId=${team.id}`);
  const inRoom = await world.call("guest", "GET", `/v1/memberships?roomId=${String(general?.["id"])}`);
  const people = (items: readonly Item[]) => items.map((item) => item["personEmail"]);
  expect(people(inTeam.json.items)).toEqual(["nora@acme.example", "guest@other.example"]);
  expect(people(inRoom.json.items)).toEqual(people(inTeam.json.items));
  expect((await world.call("olaf", "GET", `/v1/teams/${team.id}`)).status).toBe(404);
});

test("only a moderator manages a team, whose last moderator stays", async () => {
  const team = await post("nora", "/v1/teams", { name: "Launch" });
  const olaf = await post("nora", "/v1/team/memberships", {
    teamId: team.id,
    personEmail: "olaf@acme.example",
  });
  expect((await world.call("olaf", "PUT", `/v1/teams/${team.id}`, { name: "Mine" })).status).toBe(403);
  const { json } = await world.call("nora", "GET", `/v1/team/memberships?teamId=${team.id}`);
  const nora = String(json.items[0]?.["id"]);
  expect((await world.call("nora", "DELETE", `/v1/team/memberships/${nora}`)).status).toBe(403);
  await world.call("nora", "PUT", `/v1/team/memberships/${olaf.id}`, { isModerator: true });
  expect((await world.call("nora", "DELETE", `/v1/team/memberships/${nora}`)).status).toBe(204);
});

test("who leaves a team leaves its spaces; deleting a team space archives it", async () => {
  const team = await post("nora", "/v1/teams", { name: "Launch" });
  const olaf = await post("nora", "/v1/team/memberships", {
    teamId: team.id,
    personEmail: "olaf@acme.example",
  });
  const room = await post("nora", "/v1/rooms", { title: "Press", teamId: team.id });
  await post("nora", "/v1/memberships", { roomId: room.id, personEmail: "olaf@acme.example" });
  await world.call("olaf", "DELETE", `/v1/team/memberships/${olaf.id}`);
  expect((await world.call("olaf", "GET", `/v1/rooms/${room.id}`)).status).toBe(404);
  expect((await world.call("nora", "DELETE", `/v1/rooms/${room.id}`)).status).toBe(204);
  expect((await world.call("nora", "GET", `/v1/rooms/${room.id}`)).json).toMatchObject({ isReadOnly: true });
});

test("adding somebody twice is 409; an unknown property, in whichever body, is 400", async () => {
  const room = await post("nora", "/v1/rooms", { title: "Plans" });
  const again = { roomId: room.id, personEmail: "nora@acme.example" };
  expect((await world.call("nora", "POST", "/v1/memberships", again)).status).toBe(409);
  for (const path of ["teams", "team/memberships", "rooms", "memberships", "messages", "people"]) {
    const answer = await world.call("nora", "POST", `/v1/${path}`, { unheardOf: 1 });
    expect([path, answer.status, answer.text.includes("unheardOf")]).toEqual([path, 400, true]);
  }
});

test("a locked space lets moderators alone add people; an announcement space, write", async () => {
  const room = await post("nora", "/v1/rooms", { title: "News", isLocked: true, isAnnouncementOnly: true });
  await post("nora", "/v1/memberships", { roomId: room.id, personEmail: "olaf@acme.example" });
  const guest = { roomId: room.id, personEmail: "guest@other.example" };
  expect((await world.call("olaf", "POST", "/v1/memberships", guest)).status).toBe(403);
  const message = { roomId: room.id, text: "me too" };
  expect((await world.call("olaf", "POST", "/v1/messages", message)).status).toBe(403);
  expect((await world.call("nora", "POST", "/v1/messages", message)).status).toBe(200);
});

test("messages page newest first; threads, mentions and edits show as Webex shows them", async () => {
  const room = await post("nora", "/v1/rooms", { title: "Plans" });
  const first = await post("nora", "/v1/messages", { roomId: room.id, text: "first" });
  const reply = await post("nora", "/v1/messages", {
    roomId: room.id,
    parentId: first.id,
    markdown: "see <@personEmail:olaf@acme.example|Olaf> & <@all>",
  });
  const olaf = world.webex.people().find(({ email }) => email === "olaf@acme.example");
  expect(reply).toMatchObject({
    parentId: first.id,
    mentionedPeople: [olaf?.id],
    mentionedGroups: ["all"],
    text: "see Olaf & All",
    html: expect.stringContaining("&amp;"),
  });
  const page = await world.call("nora", "GET", `/v1/messages?roomId=${room.id}&max=1`);
  expect(page.json.items.map(({ id }) => id)).toEqual([reply.id]);
  const rest = await world.call("nora", "GET", nextOf(page) ?? "");
  expect(rest.json.items.map(({ id }) => id)).toEqual([first.id]);
  expect(nextOf(rest)).toBeUndefined();
  world.clock.time += 1_000;
  for (let edit = 1; edit <= 10; edit++) {
    const { json } = await world.call("nora", "PUT", `/v1/messages/${first.id}`, {
      roomId: room.id,
      text: `edit ${edit}`,
    });
    expect(json).toMatchObject({ text: `edit ${edit}`, updated: "2026-01-05T09:00:01.000Z" });
  }
  const eleventh = { roomId: room.id, text: "edit 11" };
  expect((await world.call("nora", "PUT", `/v1/messages/${first.id}`, eleventh)).status).toBe(400);
});

test("a text of 7,439 bytes is taken, one byte more is not", async () => {
  const room = await post("nora", "/v1/rooms", { title: "Plans" });
  const sent = async (text: string) =>
    (await world.call("nora", "POST", "/v1/messages", { roomId: room.id, text })).status;
  expect([await sent("x".repeat(7_439)), await sent(`${"x".repeat(7_438)}é`)]).toEqual([200, 400]);
});

test("a card is shown as it was written; one that Webex's apps could not draw is 400", async () => {
  const room = await post("nora", "/v1/rooms", { title: "Press" });
  const contentType = "application/vnd.microsoft.card.adaptive";
  const content = {
    type: "AdaptiveCard",
    version: "1.3",
    body: [{ type: "Container", items: [{ type: "TextBlock", text: "Hello", wrap: true }] }],
    actions: [{ type: "Action.OpenUrl", title: "Look", url: "https://acme.example/" }],
  };
  const attachments = [{ contentType, content }];
  const posted = await post("nora", "/v1/messages", { roomId: room.id, markdown: "Hello", attachments });
  const { json } = await world.call("nora", "GET", `/v1/messages/${posted.id}`);
  expect(json).toMatchObject({ markdown: "Hello", attachments });
  const refused = [
    { markdown: "no type", attachments: [{ contentType: "text/html", content }] },
    { markdown: "too new", attachments: [{ contentType, content: { ...content, version: "1.5" } }] },
    {
      markdown: "unknown",
      attachments: [{ contentType, content: { ...content, body: [{ type: "Table" }] } }],
    },
    {
      markdown: "bare",
      attachments: [{ contentType, content: { ...content, body: [{ type: "TextBlock" }] } }],
    },
    {
      markdown: "no address",
      attachments: [
        { contentType, content: { ...content, actions: [{ type: "Action.OpenUrl", url: "acme" }] } },
      ],
    },
    { markdown: "two", attachments: [...attachments, ...attachments] },
    { attachments },
  ];
  for (const body of refused)
    expect((await world.call("nora", "POST", "/v1/messages", { roomId: room.id, ...body })).status).toBe(400);
});

test("a deleted message is gone for its readers, not for the officer, who gets 410 for deleting it again", async () => {
  const room = await post("nora", "/v1/rooms", { title: "Plans" });
  const { id } = await post("nora", "/v1/messages", { roomId: room.id, text: "oops" });
  expect((await world.call("nora", "DELETE", `/v1/messages/${id}`)).status).toBe(204);
  expect((await world.call("nora", "GET", `/v1/messages/${id}`)).status).toBe(404);
  expect((await world.call("officer", "GET", `/v1/messages/${id}`)).json).toMatchObject({ text: "oops" });
  expect((await world.call("officer", "DELETE", `/v1/messages/${id}`)).status).toBe(410);
});

test("a message to a person opens one space of two, no matter who begins", async () => {
  const one = await post("nora", "/v1/messages", { toPersonEmail: "olaf@acme.example", text: "hi" });
  const other = await post("olaf", "/v1/messages", { toPersonEmail: "nora@acme.example", text: "ho" });
  expect(other["roomId"]).toBe(one["roomId"]);
  expect(one).toMatchObject({ roomType: "direct" });
});

test("a bot reads in a group only what mentions it", async () => {
  const room = await post("nora", "/v1/rooms", { title: "Plans" });
  await post("nora", "/v1/memberships", { roomId: room.id, personEmail: "bot@webex.bot" });
  const secret = await post("nora", "/v1/messages", { roomId: room.id, text: "among us" });
  const markdown = "<@personEmail:bot@webex.bot|Bot> help";
  const asked = await post("nora", "/v1/messages", { roomId: room.id, markdown });
  const { json } = await world.call("bot", "GET", `/v1/messages?roomId=${room.id}`);
  expect(json.items.map(({ id }) => id)).toEqual([asked.id]);
  expect((await world.call("bot", "GET", `/v1/messages/${secret.id}`)).status).toBe(404);
});

test("a file is locked while it is scanned, then clean, infected, unscannable or past its retention", async () => {
  world.webex.scan.startsAs = "scanning";
  const room = await post("nora", "/v1/rooms", { title: "Plans" });
  const form = new FormData();
  form.set("roomId", room.id);
  form.set("files", new File(["%PDF"], "plän.pdf", { type: "application/pdf" }));
  const message = await post("nora", "/v1/messages", form);
  const [address = ""] = message["files"] as string[];
  const { pathname } = new URL(address);
  const file = world.webex.spaces.messages.get(uuidOfId("MESSAGE", message.id))?.files[0];
  const locked = await world.call("nora", "GET", pathname);
  expect([locked.status, locked.headers.get("retry-after")]).toEqual([423, "5"]);
  const inState = async (state: "clean" | "infected" | "unscannable" | "expired", query = "") => {
    if (file) file.state = state;
    return (await world.call("nora", "GET", pathname + query)).status;
  };
  expect(await inState("infected")).toBe(410);
  expect(await inState("unscannable")).toBe(428);
  expect(await inState("unscannable", "?allow=unscannable")).toBe(200);
  expect(await inState("expired")).toBe(404);
  expect(await inState("clean")).toBe(200);
  const head = await world.call("nora", "HEAD", pathname);
  expect(Object.fromEntries(head.headers)).toMatchObject({
    "content-type": "application/pdf",
    "content-length": "4",
    "content-disposition": 'attachment; filename="pl%C3%A4n.pdf"',
  });
  expect((await world.call("olaf", "GET", pathname)).status).toBe(404);
});

test("a title that cannot be decrypted is ciphertext with kms_failure, until it can", async () => {
  const { id } = await post("nora", "/v1/rooms", { title: "Plans" });
  const room = world.webex.spaces.rooms.get(uuidOfId("ROOM", id));
  if (room) room.isUnreadable = true;
  const { json } = await world.call("nora", "GET", "/v1/rooms");
  expect(json.items[0]).toMatchObject({ errors: { title: { code: "kms_failure" } } });
  expect(json.items[0]?.["title"]).not.toContain("Plans");
  if (room) room.isUnreadable = false;
  expect((await world.call("nora", "GET", "/v1/rooms")).json.items[0]).toMatchObject({
    title: "Plans",
  });
});

test("padded ids and ids of another cluster name the same room", async () => {
  const { id } = await post("nora", "/v1/rooms", { title: "Plans" });
  const uuid = uuidOfId("ROOM", id);
  for (const text of [`ciscospark://urn:TEAM:us-west-2_r/ROOM/${uuid}`, `ciscospark://us/ROOM/${uuid}\n`]) {
    const other = encodeURIComponent(Buffer.from(text).toString("base64"));
    expect((await world.call("nora", "GET", `/v1/rooms/${other}`)).json).toMatchObject({ id });
  }
  const wrongKind = Buffer.from(`ciscospark://us/TEAM/${uuid}`).toString("base64url");
  expect((await world.call("nora", "GET", `/v1/rooms/${wrongKind}`)).status).toBe(404);
});

test("the same seed gives the same ids, another seed others", async () => {
  const made = async (seed: number): Promise<string> => {
    const other = await startWorld(seed);
    await using _closing = { [Symbol.asyncDispose]: () => other.webex.close() };
    return (await other.call("nora", "POST", "/v1/rooms", { title: "Plans" })).json.id;
  };
  expect(await made(7)).toBe(await made(7));
  expect(await made(7)).not.toBe(await made(8));
});

test("a space that migrates has another id of the same UUID everywhere, and the old one still finds it", async () => {
  const room = await post("nora", "/v1/rooms", { title: "Press" });
  await post("nora", "/v1/messages", { roomId: room.id, text: "hello" });
  const [simulated] = world.webex.spaces.rooms.values();
  if (!simulated) throw new Error("the room is there");
  world.webex.spaces.migrateRoom(simulated, "urn:TEAM:eu-central-1_k");
  const { json } = await world.call("nora", "GET", `/v1/rooms/${room.id}`);
  expect(json.id).not.toBe(room.id);
  expect(uuidOfId("ROOM", json.id)).toBe(uuidOfId("ROOM", room.id));
  for (const path of ["memberships", "messages"]) {
    const { json: list } = await world.call("nora", "GET", `/v1/${path}?roomId=${room.id}`);
    expect(list.items.map((item) => item["roomId"])).toEqual([json.id]);
  }
});
