import { days, hours, minutes } from "@hybrid/kernel";
import { afterEach, beforeEach, expect, test } from "vitest";
import { anna, bert, type Clouds, openClouds, tenantId } from "./simulated-clouds.ts";

let clouds: Clouds;
beforeEach(async () => {
  clouds = await openClouds();
});
afterEach(async () => await clouds.close());

const body = (id: string): string => clouds.graph.readEvent(anna, id).body.content;
/** The body without the one block that stands before its end. */
const outside = (id: string): string =>
  body(id).replace(/<div id="hybrid-join-details".*<\/div><\/div>(?=<\/body>)/s, "");

test("a mailbox that becomes Active has its meetings decorated once, every other byte kept", async () => {
  const online = clouds.meet({
    location: "Rum 5; @webex",
    body: "<p>Dagordning &amp; mer</p>",
    isOnlineMeeting: true,
  });
  const plain = clouds.meet({ location: "Rum 5", body: "<p>Lunch</p>" });
  const before = [online, plain].map(body);
  await clouds.activate();
  expect(body(online)).toContain("Åtkomstkod: 123 456 789");
  expect(body(online)).toContain("https://acme.webex.com/meet/anna");
  expect(body(online)).not.toContain("4711");
  expect([outside(online), body(plain)]).toEqual(before);
  expect(clouds.graph.readEvent(anna, online).joinUrl).not.toBeNull();
  expect(clouds.patches()).toBe(1);
  const [copy] = clouds.graph
    .listEvents(bert)
    .filter((event) => event.location?.displayName.includes("@webex"));
  expect(copy?.body.content).toContain("Åtkomstkod");
  await clouds.notify(online);
  await clouds.pass(days(1));
  expect(clouds.patches()).toBe(1);
});

test("details come with the keyword, survive an edit of the text, and go with the keyword", async () => {
  const id = clouds.meet({ location: "Rum 5", body: "<p>Agenda</p>" });
  await clouds.activate();
  const plain = body(id);
  clouds.graph.updateEvent(anna, id, { location: "Rum 5; @WEBEX:MyRoom" });
  await clouds.notify(id);
  expect(body(id)).toContain("hybrid-join-details");
  clouds.graph.updateEvent(anna, id, { body: body(id).replace("Agenda", "Ny agenda") });
  await clouds.notify(id);
  expect(outside(id)).toBe(plain.replace("Agenda", "Ny agenda"));
  expect(clouds.patches()).toBe(1);
  clouds.graph.updateEvent(anna, id, { location: "Rum 5" });
  await clouds.notify(id);
  expect(body(id)).toBe(plain.replace("Agenda", "Ny agenda"));
  expect(clouds.graph.readEvent(anna, id).extendedProperties).toEqual([]);
  expect(clouds.patches()).toBe(2);
});

test("details that a person deletes come back, in a series once on its master", async () => {
  const startAt = clouds.clock.now() + days(1);
  const recurrence = {
    pattern: { type: "weekly", interval: 1, daysOfWeek: ["tuesday"] },
    range: { type: "noEnd", startDate: new Date(startAt).toISOString().slice(0, 10) },
  } as const;
  const id = clouds.meet({
    location: "@webex",
    body: "<p>Varje vecka</p>",
    startAt,
    endAt: startAt + minutes(30),
    recurrence,
  });
  const plain = body(id);
  await clouds.activate();
  expect(outside(id)).toBe(plain);
  clouds.graph.updateEvent(anna, id, { body: "<p>Varje vecka</p>" });
  await clouds.notify(id);
  expect(body(id)).toContain("hybrid-join-details");
  expect(clouds.patches()).toBe(2);
  expect(
    clouds.graph.metrics.countRequests({ method: "GET", route: "/v1.0/users/:userId/events/:eventId" }),
  ).toBe(2);
});

test("many meetings are all decorated after throttling and a forgotten sync state", async () => {
  const startAt = clouds.clock.now() + days(1);
  const ids = Array.from({ length: 70 }, (_, i) =>
    clouds.meet({
      location: i % 7 === 0 ? "@webex" : "Rum 5",
      startAt: startAt + minutes(i),
      endAt: startAt + minutes(i + 1),
    }),
  );
  const throttle = { untilMs: clouds.clock.now() + minutes(7), retryAfterSeconds: 420 };
  clouds.graph.throttleTenant(tenantId, throttle);
  await clouds.activate();
  expect(clouds.patches()).toBe(0);
  await clouds.pass(minutes(8));
  expect(ids.filter((id) => body(id).includes("hybrid-join-details"))).toHaveLength(10);
  expect(clouds.graph.metrics.retryAfterViolations).toBe(0);
  clouds.graph.forgetSyncState(anna);
  clouds.graph.updateEvent(anna, ids[1]!, { location: "@webex" });
  await clouds.notify(ids[1]!);
  expect(body(ids[1]!)).toContain("hybrid-join-details");
  expect(clouds.patches()).toBe(11);
});

test("an all-day meeting is open until its day is over where it was made, whatever Graph's midnights say", async () => {
  const day = (timeZone: string, startAt: string) => ({
    timeZone,
    isAllDay: true,
    startAt: Date.parse(startAt),
    endAt: Date.parse(startAt) + days(1),
  });
  const honolulu = clouds.meet({
    ...day("Hawaiian Standard Time", "2026-01-04T10:00:00Z"),
    location: "@webex",
  });
  const kiritimati = clouds.meet({
    ...day("Line Islands Standard Time", "2026-01-04T10:00:00Z"),
    location: "Room 5",
  });
  await clouds.activate();
  expect(body(honolulu)).toContain("hybrid-join-details");
  await clouds.pass(hours(3));
  for (const id of [honolulu, kiritimati]) clouds.graph.updateEvent(anna, id, { location: "@webex, 2" });
  const before = [honolulu, kiritimati].map(body);
  await clouds.notify(kiritimati);
  expect([honolulu, kiritimati].map(body)).toEqual(before);
  expect(clouds.patches()).toBe(1);
});

test("somebody else's details in a person's own meeting stay, and our own go though the classes went", async () => {
  const theirs = clouds.meet({ location: "@webex", body: "<p>Theirs</p>" });
  const own = clouds.meet({ location: "Room 5", body: "<p>Own</p>" });
  await clouds.activate();
  const details = /<div id="hybrid-join-details".*<\/div><\/div>(?=<\/body>)/s.exec(body(theirs))?.[0] ?? "";
  clouds.graph.updateEvent(anna, own, { body: `<p>Own</p>${details}` });
  const pasted = body(own);
  await clouds.notify(own);
  clouds.graph.updateEvent(anna, theirs, { body: body(theirs).replaceAll(/ class="[^"]*"/g, "") });
  await clouds.notify(theirs);
  expect(clouds.patches()).toBe(1);
  clouds.graph.updateEvent(anna, theirs, { location: "Room 5" });
  await clouds.pass(days(1));
  expect(body(theirs)).not.toContain("hybrid-join-details");
  expect(body(theirs)).toContain("<p>Theirs</p>");
  expect(body(own)).toBe(pasted);
  expect(clouds.patches()).toBe(2);
});

test("a one-time meeting and a space are made in Webex, follow the event and end with the keyword", async () => {
  const own = clouds.meet({ location: "@webex:onetime", subject: "Plans", body: "<p>Agenda</p>" });
  const team = clouds.meet({ location: "@webex:space", subject: "Team", body: "<p>Team</p>" });
  const before = [own, team].map(body);
  await clouds.activate();
  expect(clouds.patches()).toBe(2);
  expect([own, team].map(outside)).toEqual(before);
  const [room] = [...clouds.webex.spaces.rooms.values()];
  expect(clouds.webex.spaces.membersOf(room!).map(({ person }) => person.email)).toEqual(
    expect.arrayContaining(["anna@acme.example", "bert@acme.example"]),
  );
  expect(clouds.webex.spaces.messages.size).toBe(1);
  const meetings = () => clouds.webex.meetings().map(({ title, agenda, mails }) => [title, agenda, mails]);
  expect(meetings()).toEqual(
    expect.arrayContaining([
      ["Plans", "Agenda", 0],
      ["Team", "Team", 0],
    ]),
  );
  const hosts = clouds.webex.meetings().map(({ title, host }) => [title, host.email]);
  expect(hosts).toContainEqual(["Plans", "anna@acme.example"]);
  expect(hosts).toContainEqual(["Team", "service@acme.example"]);
  clouds.graph.updateEvent(anna, own, { subject: "Other plans" });
  await clouds.notify(own);
  expect(clouds.patches()).toBe(2);
  expect(meetings()).toContainEqual(["Other plans", "Agenda", 0]);
  for (const id of [own, team]) {
    clouds.graph.updateEvent(anna, id, { location: "Rum 5" });
    await clouds.notify(id);
  }
  expect([own, team].map(body)).toEqual(before);
  expect(clouds.webex.meetings()).toEqual([]);
  expect([...clouds.webex.spaces.rooms.values()]).toHaveLength(1);
});

test("an event that is deleted takes its meeting with it", async () => {
  const id = clouds.meet({ location: "@webex:onetime" });
  await clouds.activate();
  expect(clouds.webex.meetings()).toHaveLength(1);
  clouds.graph.deleteEvent(anna, id);
  await clouds.pass(days(1));
  expect(clouds.webex.meetings()).toEqual([]);
});

test("an occurrence gets a keyword of its own, and loses what it took over from its series", async () => {
  const startAt = clouds.clock.now() + days(1);
  const recurrence = {
    pattern: { type: "weekly", interval: 1, daysOfWeek: ["tuesday"] },
    range: { type: "noEnd", startDate: new Date(startAt).toISOString().slice(0, 10) },
  } as const;
  const times = { startAt, endAt: startAt + minutes(30), recurrence };
  const plain = clouds.meet({ ...times, location: "Rum 5", body: "<p>Varje vecka</p>" });
  const webex = clouds.meet({ ...times, location: "@webex", body: "<p>Varje vecka</p>" });
  await clouds.activate();
  const second = (id: string): string =>
    clouds.graph.listInstances(anna, id, startAt + days(6), startAt + days(8))[0]!.immutableId;
  for (const [id, location] of [
    [plain, "@webex:myroom"],
    [webex, "Rum 9"],
  ] as const) {
    clouds.graph.updateEvent(anna, second(id), { location });
    await clouds.notify(second(id));
  }
  expect(body(second(plain))).toContain("hybrid-join-details");
  expect(body(plain)).not.toContain("hybrid-join-details");
  expect(body(second(webex))).not.toContain("hybrid-join-details");
  expect(body(webex)).toContain("hybrid-join-details");
  expect(clouds.patches()).toBe(3);
});

test("an occurrence that meets elsewhere leaves its series' space and meeting alone", async () => {
  const startAt = clouds.clock.now() + days(1);
  const recurrence = {
    pattern: { type: "weekly", interval: 1, daysOfWeek: ["tuesday"] },
    range: { type: "noEnd", startDate: new Date(startAt).toISOString().slice(0, 10) },
  } as const;
  const id = clouds.meet({ startAt, endAt: startAt + minutes(30), recurrence, location: "@webex:space" });
  await clouds.activate();
  const before = body(id);
  const [second] = clouds.graph.listInstances(anna, id, startAt + days(6), startAt + days(8));
  clouds.graph.updateEvent(anna, second!.immutableId, { location: "@webex:myroom" });
  await clouds.notify(second!.immutableId);
  expect(body(second!.immutableId)).toContain("https://acme.webex.com/meet/anna");
  await clouds.pass(days(1));
  expect(body(id)).toBe(before);
  expect(clouds.webex.meetings()).toHaveLength(1);
  expect(clouds.patches()).toBe(2);
});
