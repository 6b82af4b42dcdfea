import { dataTopics } from "@hybrid/contracts";
import { checkTopology, hours, minutes, plus } from "@hybrid/kernel";
import { expect, test } from "vitest";
import { presenceTopology } from "../src/topology.ts";
import { objectIdOf, personIdOf, World } from "./world.ts";

const start = (options: ConstructorParameters<typeof World>[0] = {}): World => {
  const world = new World(options);
  world.person(1);
  world.status(1, "active");
  world.pass(minutes(1));
  return world;
};

test("the topology may run", () => {
  const handlers = {
    readReplies: () => {},
    readEvents: () => {},
    showAtWebex: () => {},
    clearAtWebex: () => {},
  };
  expect(() => checkTopology(presenceTopology(), { handlers, topics: dataTopics })).not.toThrow();
});

test("replies that are switched on are shown within twenty minutes, and cleared within twenty when they end", () => {
  const world = start();
  world.replies.set(objectIdOf(1), { kind: "always" });
  world.pass(minutes(20));
  expect(world.shown(1)).toBe("outOfOffice");
  expect(world.webex.get(personIdOf(1))?.status).toBe("ooo");
  world.pass(hours(5));
  world.replies.set(objectIdOf(1), { kind: "off" });
  world.pass(minutes(20));
  expect(world.shown(1)).toBe("none");
  expect(world.webex.has(personIdOf(1))).toBe(false);
  expect(new Set(world.told(1).map(({ episode }) => episode))).toEqual(new Set([1]));
  expect(world.told(1).filter(({ status }) => status === "none")).toHaveLength(1);
});

test("a scheduled absence begins and ends to the second, whenever the mailbox is read", () => {
  const world = start();
  const [from, until] = [plus(world.now, hours(2)), plus(world.now, hours(50))];
  world.replies.set(objectIdOf(1), { kind: "scheduled", from, until });
  world.pass(hours(2) - 2_000);
  expect(world.shown(1)).toBe("none");
  world.pass(3_000);
  expect(world.shown(1)).toBe("outOfOffice");
  expect(world.told(1)[0]).toMatchObject({ since: from, until, source: "automaticReplies", at: from });
  world.pass(hours(48) - 2_000, 60_000);
  expect(world.shown(1)).toBe("outOfOffice");
  world.pass(2_000);
  expect(world.told(1).at(-1)).toMatchObject({ status: "none", episode: 1, at: until });
});

test("windows that overlap or touch are one absence: set once, cleared once", () => {
  const world = start({ eventsCount: true });
  const at = world.now;
  world.events.set(objectIdOf(1), [
    { from: plus(at, hours(1)), until: plus(at, hours(3)) },
    { from: plus(at, hours(3)), until: plus(at, hours(4)) },
  ]);
  world.replies.set(objectIdOf(1), {
    kind: "scheduled",
    from: plus(at, hours(2)),
    until: plus(at, hours(6)),
  });
  world.calendarChanges(1);
  world.pass(hours(8), 10_000);
  const told = world.told(1);
  expect(told.filter(({ status }) => status === "none")).toHaveLength(1);
  expect(told.at(-1)?.at).toBe(plus(at, hours(6)));
  expect(new Set(told.map(({ episode }) => episode))).toEqual(new Set([1]));
  expect(told[0]).toMatchObject({ source: "calendarEvent", until: plus(at, hours(6)) });
  expect(told.some(({ source }) => source === "automaticReplies")).toBe(true);
});

test("without the option an event shown as out of office is nothing", () => {
  const world = start();
  world.events.set(objectIdOf(1), [{ from: world.now, until: plus(world.now, hours(3)) }]);
  world.calendarChanges(1);
  world.pass(hours(1), 10_000);
  expect(world.told(1)).toEqual([]);
});

test("with the option a changed calendar is read within a minute, and automatic replies with it", () => {
  const world = start({ eventsCount: true });
  world.pass(minutes(3));
  world.events.set(objectIdOf(1), [{ from: world.now, until: plus(world.now, hours(3)) }]);
  world.replies.set(objectIdOf(1), { kind: "always" });
  world.calendarChanges(1);
  world.pass(minutes(1));
  expect(world.told(1).at(-1)).toMatchObject({ source: "automaticReplies", until: null });
});

test("a look has the mailbox read at once, once a minute", () => {
  const world = start();
  world.pass(minutes(2));
  world.replies.set(objectIdOf(1), { kind: "always" });
  const before = world.reads.length;
  world.look(1);
  world.work();
  expect(world.shown(1)).toBe("outOfOffice");
  world.look(1);
  world.work();
  expect(world.reads.length).toBe(before + 1);
});

test("fault item 22: a writer that is gone leaves nobody out of office for longer than the time to live", () => {
  const world = start();
  world.replies.set(objectIdOf(1), { kind: "always" });
  world.pass(minutes(20));
  // The service stands still: no timer fires. Readers and Webex go by the time in the record.
  const last = world.told(1).at(-1);
  const said = world.webex.get(personIdOf(1));
  const ttlMs = minutes(60);
  expect(Number(last?.expiresAt) - world.now).toBeLessThanOrEqual(ttlMs);
  expect(Number(said?.until) - world.now).toBeLessThanOrEqual(ttlMs);
  // It comes back after its status has ended by itself, and the user is still away: the same absence goes on.
  world.driver.now = plus(world.now, hours(3));
  expect(world.shown(1)).toBe("none");
  world.pass(minutes(1));
  expect(world.shown(1)).toBe("outOfOffice");
  expect(world.told(1).at(-1)).toMatchObject({ episode: 1, atWebex: true });
  // And where the user came back meanwhile, it is cleared, once.
  world.driver.now = plus(world.now, hours(3));
  world.replies.set(objectIdOf(1), { kind: "off" });
  world.pass(minutes(20));
  expect(world.told(1).filter(({ status }) => status === "none")).toHaveLength(1);
  expect(world.webex.has(personIdOf(1))).toBe(false);
});

test("a mailbox that cannot be read keeps its word for a day if nothing ends it, and to its end otherwise", () => {
  const world = start();
  world.person(2);
  world.status(2, "active");
  world.replies.set(objectIdOf(1), { kind: "always" });
  const until = plus(world.now, hours(40));
  world.replies.set(objectIdOf(2), { kind: "scheduled", from: world.now, until });
  world.pass(minutes(20));
  world.isDown = true;
  world.pass(hours(23), 60_000);
  expect([world.shown(1), world.shown(2)]).toEqual(["outOfOffice", "outOfOffice"]);
  world.pass(hours(2), 60_000);
  expect([world.shown(1), world.shown(2)]).toEqual(["none", "outOfOffice"]);
  world.pass(hours(16), 60_000);
  expect(world.shown(2)).toBe("none");
  world.isDown = false;
  world.pass(minutes(20));
  expect(world.shown(1)).toBe("outOfOffice");
});

test("a user who is switched off, or whose tenant took consent back, is cleared and read no more", () => {
  for (const [to, reason] of [
    ["disabled", null],
    ["error", "consentRevoked"],
    ["removed", null],
  ] as const) {
    const world = start();
    world.replies.set(objectIdOf(1), { kind: "always" });
    world.pass(minutes(20));
    world.status(1, to, reason);
    world.work();
    expect(world.shown(1)).toBe("none");
    const read = world.reads.length;
    world.pass(hours(2), 10_000);
    expect(world.reads.length).toBe(read);
  }
});

test("an Error that may pass changes nothing", () => {
  const world = start();
  world.replies.set(objectIdOf(1), { kind: "always" });
  world.pass(minutes(20));
  world.status(1, "error", "validationTimedOut");
  world.pass(hours(2), 10_000);
  expect(world.shown(1)).toBe("outOfOffice");
});

test("without a token or a person it is on the topic alone; a token that comes is used within an hour", () => {
  const world = start();
  world.withoutTokens = true;
  world.replies.set(objectIdOf(1), { kind: "always" });
  world.pass(minutes(20));
  expect(world.told(1).at(-1)).toMatchObject({
    status: "outOfOffice",
    atWebex: false,
    webexReason: "noToken",
  });
  world.withoutTokens = false;
  world.pass(hours(1), 10_000);
  expect(world.told(1).at(-1)).toMatchObject({ atWebex: true, webexReason: null });
  world.person(1, { personId: null });
  const stranger = new World();
  stranger.person(2, { personId: null });
  stranger.status(2, "active");
  stranger.replies.set(objectIdOf(2), { kind: "always" });
  stranger.pass(minutes(20));
  expect(stranger.told(2).at(-1)).toMatchObject({ atWebex: false, webexReason: "noPerson" });
});

test("twenty mailboxes are one batch, and places that somebody leaves are given again", () => {
  const world = new World();
  for (let n = 1; n <= 45; n++) world.status(n, "active");
  world.pass(minutes(30));
  const sizes = () =>
    world.reads
      .slice(-3)
      .map(({ mailboxes }) => mailboxes)
      .sort((a, b) => a - b);
  expect(sizes()).toEqual([5, 20, 20]);
  for (let n = 1; n <= 3; n++) world.status(n, "disabled");
  for (let n = 101; n <= 103; n++) world.status(n, "active");
  world.pass(minutes(30));
  expect(sizes()).toEqual([5, 20, 20]);
});

test("while Graph throttles nothing leaves before its time, and rounds grow; afterwards all is as before", () => {
  const world = start();
  world.pass(minutes(20));
  world.throttledUntil = plus(world.now, minutes(40));
  const before = world.reads.length;
  world.pass(minutes(39), 10_000);
  expect(world.reads.length).toBe(before);
  world.pass(minutes(5));
  expect(world.reads.length).toBeGreaterThan(before);
  world.pass(hours(2), 10_000);
  const late = world.reads.filter(({ at }) => at > world.now - hours(1));
  expect(late.length).toBe(5);
});

test("what Webex was told and cannot be told again is not called shown once it has ended there", () => {
  const world = start();
  world.replies.set(objectIdOf(1), { kind: "always" });
  world.pass(minutes(20));
  expect(world.told(1).at(-1)).toMatchObject({ atWebex: true });
  world.withoutTokens = true;
  world.pass(hours(2), 10_000);
  expect(world.told(1).at(-1)).toMatchObject({
    status: "outOfOffice",
    atWebex: false,
    webexReason: "noToken",
  });
});

test("another person at Webex is told like one of whom nothing was said", () => {
  const world = start();
  world.replies.set(objectIdOf(1), { kind: "always" });
  world.pass(minutes(20));
  world.person(1, { personId: personIdOf(2) });
  world.work();
  expect(world.webex.get(personIdOf(2))?.status).toBe("ooo");
  world.replies.set(objectIdOf(1), { kind: "off" });
  world.pass(minutes(20));
  expect(world.webex.has(personIdOf(2))).toBe(false);
});
