import { instant } from "@hybrid/kernel";
import { afterEach, beforeEach, expect, test } from "vitest";
import { isGeneralRoom, type WebexClient } from "../src/index.ts";
import { failureOf } from "./fake-webex.ts";
import { openSimulatedWebex, type SimulatedWebex } from "./simulated-webex.ts";

const signal = new AbortController().signal;
let world: SimulatedWebex;
let nora: WebexClient;
let olaf: WebexClient;
beforeEach(async () => {
  world = await openSimulatedWebex();
  nora = world.client("nora");
  olaf = world.client("olaf");
});
afterEach(async () => await world.close());

const all = async <Item>(pages: AsyncIterable<{ readonly items: readonly Item[] }>): Promise<Item[]> => {
  const items: Item[] = [];
  for await (const page of pages) items.push(...page.items);
  return items;
};

test("a team is made, renamed, filled, emptied and ended", async () => {
  const team = await nora.createTeam({ name: "Launch" }, signal);
  expect((await nora.updateTeam({ teamId: team.id, name: "Lift-off" }, signal)).name).toBe("Lift-off");
  const order = { teamId: team.id, personEmail: "olaf@acme.example" };
  const added = await nora.createTeamMembership(order, signal);
  expect(await failureOf(nora.createTeamMembership(order, signal))).toMatchObject({ code: "conflict" });
  const moderator = { membershipId: added.id, isModerator: true };
  expect((await nora.updateTeamMembership(moderator, signal)).isModerator).toBe(true);
  const rooms = await all(nora.listRooms({ teamId: team.id }, signal));
  expect(rooms.map(isGeneralRoom)).toEqual([true]);
  await nora.deleteTeamMembership(added.id, signal);
  expect(await all(olaf.listTeams({}, signal))).toEqual([]);
  await nora.deleteTeam(team.id, signal);
  expect(await failureOf(nora.getTeam(team.id, signal))).toMatchObject({ code: "notFound" });
});

test("a space is made, changed, filled, written to, emptied and ended", async () => {
  const room = await nora.createRoom({ title: "Press", isLocked: true }, signal);
  const roomId = room.id;
  expect((await nora.updateRoom({ roomId, title: "Media" }, signal)).title).toBe("Media");
  const olafs = await nora.createMembership({ roomId, personEmail: "olaf@acme.example" }, signal);
  await nora.updateMembership({ membershipId: olafs.id, isModerator: true }, signal);
  const message = await olaf.createMessage({ roomId, markdown: "helo" }, signal);
  await olaf.updateMessage({ messageId: message.id, roomId, markdown: "hello" }, signal);
  expect(await all(nora.listMessages({ roomId }, signal))).toMatchObject([{ text: "hello" }]);
  await olaf.deleteMessage(message.id, signal);
  expect(await all(nora.listMessages({ roomId }, signal))).toEqual([]);
  await nora.deleteMembership(olafs.id, signal);
  expect(await failureOf(olaf.getRoom(roomId, signal))).toMatchObject({ code: "notFound" });
  await nora.deleteRoom(roomId, signal);
  expect(await failureOf(nora.getRoom(roomId, signal))).toMatchObject({ code: "notFound" });
});

test("a folder is linked to a space as its default, described again, and unlinked", async () => {
  const { id: roomId } = await nora.createRoom({ title: "Press" }, signal);
  const folder = { roomId, driveId: "b!d", itemId: "01", contentUrl: "https://a.example/", displayName: "A" };
  const linked = await nora.createLinkedFolder({ ...folder, defaultFolder: true }, signal);
  expect(linked).toMatchObject({ ...folder, defaultFolder: true });
  const change = { ...folder, displayName: "B", defaultFolder: false };
  expect(await nora.updateLinkedFolder({ ...change, id: linked.id }, signal)).toMatchObject(change);
  expect(await nora.getLinkedFolder(linked.id, signal)).toMatchObject(change);
  expect(await all(nora.listLinkedFolders({ roomId }, signal))).toMatchObject([change]);
  await nora.deleteLinkedFolder(linked.id, signal);
  expect(await all(nora.listLinkedFolders({ roomId }, signal))).toEqual([]);
  expect(await failureOf(nora.deleteLinkedFolder(linked.id, signal))).toMatchObject({ code: "notFound" });
});

test("a meeting is made for its host, found by its tag, changed and ended; the host key stays out", async () => {
  const app = world.client("app");
  const hostEmail = "nora@acme.example";
  const hour = 3_600_000;
  const iso = (ms: number): string => new Date(instant(world.scheduler.now() + ms)).toISOString();
  const order = {
    title: "Launch",
    start: iso(hour),
    end: iso(2 * hour),
    integrationTags: ["k"],
    sendEmail: false,
  };
  const made = await app.createMeeting({ ...order, hostEmail, agenda: "All" }, signal);
  expect(made).toMatchObject({ title: "Launch", hostEmail, agenda: "All", siteUrl: "acme.webex.com" });
  expect(made).toMatchObject({ webLink: expect.stringMatching(/^https:/), sipAddress: expect.any(String) });
  expect(JSON.stringify(made)).not.toContain("hostKey");
  const found = await all(app.listMeetings({ hostEmail, integrationTag: "k" }, signal));
  expect(found).toEqual([made]);
  const change = { meetingId: made.id, hostEmail, title: "Later", agenda: null, start: iso(1.5 * hour) };
  expect(await app.updateMeeting(change, signal)).toMatchObject({ title: "Later", id: made.id });
  expect(await app.getMeeting({ meetingId: made.id, hostEmail }, signal)).not.toHaveProperty("agenda");
  await app.deleteMeeting({ meetingId: made.id, hostEmail, sendEmail: false }, signal);
  expect(await failureOf(app.getMeeting({ meetingId: made.id, hostEmail }, signal))).toMatchObject({
    code: "notFound",
  });
  expect(await failureOf(olaf.createMeeting({ ...order, hostEmail }, signal))).toMatchObject({
    code: "invalidRequest",
    status: 403,
  });
});
