import type { OrganisationSettings } from "@hybrid/contracts";
import { days, hours, minutes, plus, seconds } from "@hybrid/kernel";
import { expect, test } from "vitest";
import { initial, timersOf } from "#domain/decorator-machine";
import type { Call } from "#domain/mailbox-state";
import { Driven, idle, meeting, type Order } from "./driven-mailbox.ts";
import { monday, settings } from "./invitations.ts";

const kinds = (calls: readonly Call[]) => calls.map((call) => call.kind);
const eventOf = (calls: readonly Call[]) => (calls[0] as Order<"decorateEvent">).eventId;

test("reads the whole window when the user becomes active", () => {
  const [read] = new Driven().status("active") as [Order<"readDelta">];
  expect(read).toMatchObject({ kind: "readDelta", mailbox: { objectId: "o" } });
  expect(read.page).toEqual({
    kind: "first",
    window: { startsAt: plus(monday, -days(1)), endsAt: plus(monday, days(150)) },
  });
});

test("looks at every event of a page, one at a time, before it reads the next page", () => {
  const user = new Driven();
  user.status("active");
  expect(eventOf(user.page([meeting("e1"), meeting("e2")], { kind: "page", link: "p2" }))).toBe("e1");
  expect(eventOf(user.applied("e1"))).toBe("e2");
  expect(user.applied("e2")).toMatchObject([{ kind: "readDelta", page: { kind: "link", link: "p2" } }]);
  expect(user.page()).toEqual([]);
  expect(user.active).toMatchObject({ round: null, deltaLink: "d1", queue: [], callInFlight: false });
});

test("looks only at events that may concern it", () => {
  const user = new Driven();
  user.status("active");
  const calls = user.page([
    meeting("noKeyword", { keywordAction: null }),
    meeting("occurrence", { type: "occurrence" }),
    meeting("past", { endsAt: monday }),
    meeting("cancelled", { cancelled: true }),
    meeting("removed", { removed: true }),
    meeting("attendee", { isOrganizer: false }),
    meeting("marked", { keywordAction: null, marked: true }),
  ]);
  expect(eventOf(calls)).toBe("marked");
  expect(user.active.queue).toHaveLength(1);
});

test("reads the master of a series of which only occurrences were seen, once in a round", () => {
  const user = new Driven();
  user.status("active");
  const page = { kind: "pageRead", roundStartedAt: monday, events: [], unread: [] } as const;
  const next = { kind: "page", link: "p" } as const;
  expect(kinds(user.tell({ ...page, masters: ["m1"], mastersElsewhere: [], next }))).toEqual(["readDelta"]);
  expect(eventOf(user.tell({ ...page, masters: [], mastersElsewhere: ["m1", "m2"], next }))).toBe("m2");
  user.tell({
    kind: "eventHandled",
    eventId: "m2",
    result: "unchanged",
    reason: "noKeyword",
    decorated: null,
  });
  user.tell({ ...page, masters: [], mastersElsewhere: ["m1", "m2"], next: { kind: "delta", link: "d1" } });
  expect(user.active).toMatchObject({ round: null, queue: [] });
});

test("reads an event of which a page says too little", () => {
  const user = new Driven();
  user.status("active");
  const page = {
    kind: "pageRead",
    roundStartedAt: monday,
    events: [],
    masters: [],
    mastersElsewhere: [],
  } as const;
  expect(eventOf(user.tell({ ...page, unread: ["e1"], next: { kind: "delta", link: "d1" } }))).toBe("e1");
});

test("coalesces changes: 1 to 2 seconds after the last, at most 30 after the first", () => {
  const user = idle();
  const first = user.now;
  expect(user.changed()).toEqual([]);
  const quietMs = (user.dueAt("sync") ?? 0) - first;
  expect(quietMs).toBeGreaterThanOrEqual(seconds(1));
  expect(quietMs).toBeLessThanOrEqual(seconds(2));
  for (let i = 0; i < 40; i++) user.pass(900).changed(`e${i}`);
  expect(user.dueAt("sync")).toBe(plus(first, seconds(30)));
  expect(user.fire("sync")).toMatchObject([{ kind: "readDelta", page: { kind: "link", link: "d1" } }]);
  expect(user.dueAt("sync")).toBeUndefined();
});

test("a change during a round is read after it", () => {
  const user = idle();
  user.changed();
  user.fire("sync");
  user.pass(100).changed("e2");
  expect(user.fire("sync")).toEqual([]);
  expect(user.page([], { kind: "delta", link: "d2" })).toMatchObject([
    { page: { kind: "link", link: "d2" } },
  ]);
});

test("our own change comes back as a notification and is not even read", () => {
  const user = new Driven();
  user.status("active");
  user.page([meeting("e1")]);
  user.applied("e1", "W/2");
  user.changed("e1", "W/2");
  expect(user.dueAt("sync")).toBeUndefined();
  user.changed("e1", "W/3");
  expect(user.dueAt("sync")).toBeDefined();
});

test("our own change that is notified before its outcome is known costs one read and no write", () => {
  const user = new Driven();
  user.status("active");
  user.page([meeting("e1")]);
  user.changed("e1", "W/2");
  user.applied("e1", "W/2");
  expect(kinds(user.fire("sync"))).toEqual(["readDelta"]);
  expect(user.page([meeting("e1", { etag: "W/2", marked: true })])).toEqual([]);
});

test("an event that changed after our change is looked at again", () => {
  const user = new Driven();
  user.status("active");
  user.page([meeting("e1")]);
  user.applied("e1", "W/2");
  user.changed("e1", "W/3");
  user.fire("sync");
  expect(eventOf(user.page([meeting("e1", { etag: "W/3", marked: true })]))).toBe("e1");
});

test("an event that lost our block or went away is forgotten", () => {
  const user = new Driven();
  user.status("active");
  user.page([meeting("e1"), meeting("e2"), meeting("e3")]);
  for (const id of ["e1", "e2"]) user.applied(id);
  user.tell({ kind: "eventHandled", eventId: "e3", result: "removed", reason: null, decorated: null });
  expect(Object.keys(user.active.decorated)).toEqual(["e1", "e2"]);
  user.changed("e1", "W/9");
  user.fire("sync");
  user.page([meeting("e1", { removed: true, etag: null }), meeting("e2", { keywordAction: null })]);
  expect(user.active.decorated).toEqual({});
});

test("sweeps once a day at the user's own moment, with a new window, and forgets what is past", () => {
  const user = new Driven();
  user.status("active");
  user.page([meeting("e1"), meeting("endless")]);
  user.applied("e1", "W/2", plus(monday, hours(1)));
  user.applied("endless", "W/2", null);
  const first = user.dueAt("sweep") ?? monday;
  expect(first - monday).toBeLessThanOrEqual(days(1));
  const [read] = user.fire("sweep") as [Order<"readDelta">];
  expect(read.page).toMatchObject({ kind: "first", window: { endsAt: plus(first, days(150)) } });
  expect(user.dueAt("sweep")).toBe(plus(first, days(1)));
  user.page([], { kind: "delta", link: "d2" });
  expect(Object.keys(user.active.decorated)).toEqual(["endless"]);
});

test("waits 1, 2, 4 … 30 minutes after failures, and starts again after a success", () => {
  const user = new Driven();
  let [order] = user.status("active") as [Call];
  const waits: number[] = [];
  for (let i = 0; i < 7; i++) {
    expect(user.fail(order, {})).toEqual([]);
    waits.push(((user.dueAt("retry") ?? 0) - user.now) / minutes(1));
    [order] = user.fire("retry") as [Call];
  }
  for (const [i, base] of [1, 2, 4, 8, 16, 30, 30].entries()) {
    expect(waits[i]).toBeGreaterThanOrEqual(base);
    expect(waits[i]).toBeLessThanOrEqual(base * 1.1 + 0.001);
  }
  user.page();
  expect(user.active.failures).toBe(0);
});

test("is never earlier than Retry-After, and throttling is no failure", () => {
  const user = new Driven();
  const [order] = user.status("active") as [Call];
  const retryAt = plus(monday, minutes(47));
  user.fail(order, { code: "throttled", retryAt, status: 429 });
  expect(user.dueAt("retry")).toBeGreaterThanOrEqual(retryAt);
  expect(user.dueAt("retry")).toBeLessThanOrEqual(plus(retryAt, seconds(10)));
  expect(user.active.failures).toBe(0);
  expect(user.fire("retry")).toEqual([order]);
});

test("a failing event does not hold up the others, and when given up comes again within the hour", () => {
  const user = new Driven();
  user.status("active");
  let [order] = user.page([meeting("bad"), meeting("good")]) as [Order<"decorateEvent">];
  user.fail(order, {});
  [order] = user.fire("retry") as [Order<"decorateEvent">];
  expect(order.eventId).toBe("good");
  [order] = user.applied("good") as [Order<"decorateEvent">];
  for (let i = 1; i < 5; i++) {
    expect(order.eventId).toBe("bad");
    user.fail(order, {});
    [order] = user.fire("retry") as [Order<"decorateEvent">];
  }
  expect(user.active.queue).toEqual([]);
  expect(user.dueAt("sweep")).toBeLessThanOrEqual(plus(user.now, hours(1)));
});

test("an event whose request is wrong is left out at once", () => {
  const user = new Driven();
  user.status("active");
  const [order] = user.page([meeting("bad"), meeting("good")]) as [Call];
  const next = user.fail(order, { code: "invalidRequest", retryable: false, status: 400 });
  expect(eventOf(next)).toBe("good");
  expect(user.active.hold).toBeNull();
});

test("a lost race over an event is tried again later", () => {
  const user = new Driven();
  user.status("active");
  const [order] = user.page([meeting("e1")]) as [Call];
  user.fail(order, { code: "preconditionFailed", status: 412 });
  expect(user.fire("retry")).toEqual([order]);
});

test("a forgotten delta token leads to a full round at once", () => {
  const user = idle();
  user.changed();
  const [order] = user.pass(1).fire("sync") as [Call];
  const lost = { code: "syncStateLost", retryable: false, status: 410 } as const;
  const [again] = user.fail(order, lost) as [Order<"readDelta">];
  expect(again.page.kind).toBe("first");
  expect(user.pass(1).fail(again, lost)).toEqual([]);
  expect(user.dueAt("retry")).toBeGreaterThanOrEqual(plus(user.now, minutes(1)));
  expect(user.fire("retry")).toMatchObject([{ kind: "readDelta", page: { kind: "first" } }]);
});

test.each([
  ["the daily sweep", (user: Driven) => user.fire("sweep")],
  ["a new status", (user: Driven) => user.status("active")],
  ["a resync", (user: Driven) => user.tell({ kind: "resyncRequested", reason: "subscriptionRecreated" })],
] as const)("stops on a failure that a person must resolve, until %s", (_what, wake) => {
  const user = idle();
  user.changed();
  const [order] = user.fire("sync") as [Call];
  user.fail(order, { code: "consentRevoked", retryable: false, status: 400 });
  expect(timersOf(user.state).map(({ name }) => name)).toEqual(["sweep"]);
  user.changed();
  expect(user.dueAt("sync")).toBeDefined();
  expect(user.fire("sync")).toEqual([]);
  expect(kinds(wake(user))).toEqual(["readDelta"]);
});

test("a resync reads the whole window, but not twice while a full round runs", () => {
  const user = idle();
  const [read] = user.tell({ kind: "resyncRequested", reason: "missed" }) as [Order<"readDelta">];
  expect(read.page.kind).toBe("first");
  expect(user.tell({ kind: "resyncRequested", reason: "missed" })).toEqual([]);
  expect(user.page([], { kind: "delta", link: "d2" })).toMatchObject([
    { page: { kind: "link", link: "d2" } },
  ]);
});

test.each(["error", "disabled", "notActivated"] as const)(
  "%s ends all work but keeps what was decorated",
  (to) => {
    const user = new Driven();
    user.status("active");
    user.page([meeting("e1"), meeting("e2")]);
    user.applied("e1");
    expect(user.status(to)).toEqual([]);
    expect(timersOf(user.state)).toEqual([]);
    expect(user.changed()).toEqual([]);
    expect(user.tell({ kind: "resyncRequested", reason: "missed" })).toEqual([]);
    expect(user.applied("e2")).toEqual([]);
    expect(user.state).toMatchObject({ kind: "inactive", callInFlight: false });
    const calls = user.status("active");
    expect(calls).toMatchObject([{ kind: "readDelta", page: { kind: "first" } }]);
    expect(Object.keys(user.active.decorated)).toEqual(["e1", "e2"]);
  },
);

test("a call that outlives a stop keeps the next one waiting, and its page is not taken for new", () => {
  const user = new Driven();
  const [old] = user.status("active") as [Order<"readDelta">];
  user.pass(5).status("error");
  expect(user.pass(5).status("active")).toEqual([]);
  const calls = user.pass(5).tell({
    kind: "pageRead",
    roundStartedAt: old.roundStartedAt,
    events: [meeting("e1")],
    masters: [],
    mastersElsewhere: [],
    unread: [],
    next: { kind: "delta", link: "old" },
  });
  expect(calls).toMatchObject([{ kind: "readDelta", page: { kind: "first" } }]);
  expect(user.active.deltaLink).toBeNull();
});

test("removed ends the actor, and what comes late is ignored", () => {
  const user = idle();
  user.status("removed");
  expect(user.state).toEqual(initial);
  expect(user.changed()).toEqual([]);
  expect(user.applied("e1")).toEqual([]);
  expect(user.state).toEqual(initial);
});

test("a late or repeated transition changes nothing", () => {
  const user = idle();
  const before = user.state;
  const mailbox = { tenantId: "t", objectId: "o", mailAddress: "a@acme.example", settings };
  expect(user.tell({ kind: "statusChanged", to: "disabled", transition: 1, mailbox })).toEqual([]);
  expect(user.state).toEqual(before);
});

test("an active user who stays active is not read again, unless a keyword means something else now", () => {
  const user = idle();
  expect(user.status("active", { mailAddress: "b@acme.example" })).toEqual([]);
  expect(user.active.mailbox.mailAddress).toBe("b@acme.example");
  const other: OrganisationSettings = { ...settings, meetKeyword: "personalRoom" };
  expect(user.status("active", { settings: other })).toMatchObject([{ page: { kind: "first" } }]);
});

test("another mailbox starts from nothing", () => {
  const user = new Driven();
  user.status("active");
  user.page([meeting("e1")]);
  user.applied("e1");
  const calls = user.status("active", { objectId: "o2" });
  expect(calls).toMatchObject([{ mailbox: { objectId: "o2" }, page: { kind: "first" } }]);
  expect(user.active.decorated).toEqual({});
});

test("remembers no more than 200 events", () => {
  const user = new Driven();
  user.status("active");
  for (let i = 0; i < 250; i++) user.applied(`e${i}`);
  expect(Object.keys(user.active.decorated)).toHaveLength(200);
  expect(user.active.decorated["e249"]).toBeDefined();
  expect(user.active.decorated["e0"]).toBeUndefined();
});
