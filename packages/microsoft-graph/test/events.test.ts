import { days, hours, instant } from "@hybrid/kernel";
import { afterEach, expect, test } from "vitest";
import type { EventDeltaPage, GraphEvent, RemovedEvent } from "../src/index.ts";
import { anna, failureOf, openWorld, patient, tenantId, type World } from "./world.ts";

let world: World;
afterEach(async () => await world.close());

const marker = "String {6f2d8a54-0c7e-4b6d-9f39-2b1d8e5f7a10} Name HybridServices";
const user = () => ({ tenantId, userObjectId: anna, signal: patient() });

const meet = (subject: string, startAt: number, more: { isOnlineMeeting?: boolean } = {}) =>
  world.simulator.createEvent(anna, {
    subject,
    startAt,
    endAt: startAt + hours(1),
    location: "@webex",
    body: "<p>Agenda</p>",
    ...more,
  });

test("an event is read with its etag, HTML body and immutable id", async () => {
  world = await openWorld();
  const truth = meet("Planning", world.clock.now() + days(1), { isOnlineMeeting: true });
  const read = await world.graph.events.get({
    ...user(),
    eventId: truth.immutableId,
    expandProperty: marker,
  });
  expect(read.etag).toBe(truth.etag);
  expect(read.bodyHtml).toBe(truth.body.content);
  expect(read.bodyHtml).toContain("<p>Agenda</p>");
  expect(read.extendedProperty).toBeNull();
  expect(read.event).toMatchObject({
    id: truth.immutableId,
    subject: "Planning",
    isOrganizer: true,
    location: { displayName: "@webex" },
    iCalUId: truth.iCalUId,
  });
});

test("an update changes body, location and property at once and returns the new etag", async () => {
  world = await openWorld();
  const truth = meet("Planning", world.clock.now() + days(1));
  const eventId = truth.immutableId;
  const { etag, bodyHtml } = await world.graph.events.get({ ...user(), eventId });
  const updated = await world.graph.events.update({
    ...user(),
    eventId,
    etag,
    body: bodyHtml!.replace("</body>", "<p>Join details</p></body>"),
    location: "@webex room",
    extendedProperty: { id: marker, value: "1" },
  });
  expect(updated.etag).not.toBe(etag);
  const after = await world.graph.events.get({ ...user(), eventId, expandProperty: marker.toUpperCase() });
  expect(after.etag).toBe(updated.etag);
  expect(after.extendedProperty).toBeNull();
  const read = await world.graph.events.get({ ...user(), eventId, expandProperty: marker });
  expect(read.extendedProperty).toBe("1");
  expect(read.bodyHtml).toContain("Join details");
  expect(world.simulator.readEvent(anna, eventId).location?.displayName).toBe("@webex room");
});

test("an update of a version that is no longer the newest is refused and changes nothing", async () => {
  world = await openWorld();
  const truth = meet("Planning", world.clock.now() + days(1));
  const eventId = truth.immutableId;
  const { etag } = await world.graph.events.get({ ...user(), eventId });
  world.simulator.updateEvent(anna, eventId, { subject: "Planning, moved" });
  const failure = await failureOf(
    world.graph.events.update({ ...user(), eventId, etag, body: "<p>Lost</p>" }),
  );
  expect(failure).toMatchObject({ code: "preconditionFailed", retryable: false, status: 412 });
  expect(world.simulator.readEvent(anna, eventId).body.content).not.toContain("Lost");
});

test("an event that is gone is notFound, and the error names ids only", async () => {
  world = await openWorld();
  const truth = meet("Secret plan", world.clock.now() + days(1));
  world.simulator.deleteEvent(anna, truth.immutableId);
  const failure = await failureOf(world.graph.events.get({ ...user(), eventId: truth.immutableId }));
  expect(failure).toMatchObject({ code: "notFound", retryable: false, status: 404 });
  expect(failure.message).toMatch(
    new RegExp(`^events.get for user ${anna} of tenant ${tenantId}: Graph answered 404 ErrorItemNotFound `),
  );
});

interface Round {
  readonly events: GraphEvent[];
  readonly removed: RemovedEvent[];
  readonly pages: number;
  readonly link: string;
}

const roundOf = async (pages: AsyncIterable<EventDeltaPage>): Promise<Round> => {
  const round = { events: [] as GraphEvent[], removed: [] as RemovedEvent[], pages: 0, link: "" };
  for await (const page of pages) {
    round.pages++;
    round.events.push(...page.events);
    round.removed.push(...page.removed);
    round.link = page.deltaLink ?? "";
  }
  return round;
};

/**
 * Goal: a delta round brings the whole window in pages, the next round only what changed since.
 * Method: seven meetings, pages of three, a read of an event between two pages (the mailbox must be free
 * then), then one change and one deletion, read from the delta link; at last the server forgets the link.
 */
test("a delta round pages through the window, goes on from its link, tells when it is lost", async () => {
  world = await openWorld();
  const now = world.clock.now();
  const truths = Array.from({ length: 7 }, (_, at) => meet(`Meeting ${at}`, now + days(1) + hours(at)));
  const window = { startAt: now, endAt: instant(now + days(30)) };

  const between: string[] = [];
  const first = { events: [] as GraphEvent[], pages: 0, link: "" };
  for await (const page of world.graph.events.delta({ ...user(), window, pageSize: 3 })) {
    first.pages++;
    first.events.push(...page.events);
    first.link = page.deltaLink ?? "";
    const eventId = page.events[0]!.id;
    between.push((await world.graph.events.get({ ...user(), eventId })).event.id);
  }
  expect(first.pages).toBe(3);
  expect(between).toHaveLength(3);
  expect(new Set(first.events.map((event) => event.id))).toEqual(
    new Set(truths.map((each) => each.immutableId)),
  );
  expect(first.events[0]!.body?.contentType).toBe("html");

  world.simulator.updateEvent(anna, truths[1]!.immutableId, { subject: "Changed" });
  world.simulator.deleteEvent(anna, truths[2]!.immutableId);
  const second = await roundOf(world.graph.events.delta({ ...user(), link: first.link, pageSize: 3 }));
  expect(second.events.map((event) => event.subject)).toEqual(["Changed"]);
  expect(second.removed.map((each) => each.id)).toEqual([truths[2]!.immutableId]);

  world.simulator.forgetSyncState(anna);
  const lost = await failureOf(
    roundOf(world.graph.events.delta({ ...user(), link: second.link, pageSize: 3 })),
  );
  expect(lost).toMatchObject({ code: "syncStateLost", retryable: false, status: 410 });
  const again = await roundOf(world.graph.events.delta({ ...user(), window, pageSize: 50 }));
  expect(again.events).toHaveLength(6);
});

test("a link to another host is not followed, so the token stays with Graph", async () => {
  world = await openWorld();
  const link = `${world.endpoint.url}/v1.0/users/${anna}/calendarView/delta?$deltatoken=x`;
  const failure = await failureOf(roundOf(world.graph.events.delta({ ...user(), link, pageSize: 3 })));
  expect(failure).toMatchObject({ code: "invalidRequest", retryable: false });
  expect(world.endpoint.validations).toBe(0);
});

test("calls to one mailbox never meet Outlook's limit of four at once", async () => {
  world = await openWorld({ simulator: { faults: { latencyMs: 20 } } });
  const truths = Array.from({ length: 12 }, (_, at) =>
    meet(`Meeting ${at}`, world.clock.now() + hours(24 + at)),
  );
  const reads = truths.map(({ immutableId }) => world.graph.events.get({ ...user(), eventId: immutableId }));
  expect((await Promise.all(reads)).map((read) => read.event.id)).toEqual(
    truths.map((each) => each.immutableId),
  );
  expect(world.simulator.metrics.throttled).toBe(0);
});
