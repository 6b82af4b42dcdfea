import { days, hours, instant } from "@hybrid/kernel";
import { afterEach, beforeEach, expect, test } from "vitest";
import { graphMessageOf } from "../src/index.ts";
import { anna, bert, failureOf, openWorld, patient, tenantId, type World } from "./world.ts";

let world: World;
beforeEach(async () => {
  world = await openWorld();
});
afterEach(async () => await world.close());

const as = (userObjectId: string) => ({ tenantId, userObjectId, signal: patient() });

const wanted = () => {
  const startAt = instant(Math.ceil(world.clock.now() / 1_000) * 1_000 + days(1));
  return {
    ...as(anna),
    subject: "Planning",
    startAt,
    endAt: instant(startAt + hours(1)),
    location: "Room 5; @webex",
    invitees: [{ address: "bert@acme.example", name: "Bert", type: "required" as const }],
    text: "Agenda: <none>",
    showAs: "busy" as const,
    isPrivate: false,
    transactionId: "t-1",
  };
};

/** The invitation as it stands in the calendar of somebody who is invited. */
const invitation = async (of: string) => {
  const window = { startAt: world.clock.now(), endAt: instant(world.clock.now() + days(3)) };
  const { events } = await world.graph.events.view({ ...as(of), window, select: ["id"], pageSize: 10 });
  return events;
};

test("a meeting is made once, however often the same order is sent, and those it names are invited", async () => {
  const made = await world.graph.meetings.create(wanted());
  expect(made).toMatchObject({
    subject: "Planning",
    type: "singleInstance",
    isOrganizer: true,
    location: { displayName: "Room 5; @webex" },
  });
  const again = await world.graph.meetings.create(wanted());
  expect(again.id).toBe(made.id);
  expect(await invitation(bert)).toHaveLength(1);
  expect(world.simulator.readEvent(anna, made.id).body.content).toContain("Agenda: &lt;none&gt;");
});

test("a change holds for the version that was seen alone, and leaves the body as it was", async () => {
  const { id: eventId, ...made } = await world.graph.meetings.create(wanted());
  const etag = made["@odata.etag"] ?? "";
  const before = world.simulator.readEvent(anna, eventId).body.content;
  const changed = await world.graph.meetings.change({ ...as(anna), eventId, etag, subject: "Moved" });
  expect(changed).toMatchObject({ subject: "Moved", location: { displayName: "Room 5; @webex" } });
  expect(world.simulator.readEvent(anna, eventId).body.content).toBe(before);
  const late = world.graph.meetings.change({ ...as(anna), eventId, etag, subject: "Late" });
  expect(await failureOf(late)).toMatchObject({ code: "preconditionFailed", status: 412 });
});

test("an answer reaches the organiser, and what Graph refuses comes with its own words", async () => {
  const { id } = await world.graph.meetings.create(wanted());
  const [event] = await invitation(bert);
  const answer = { response: "tentativelyAccept", comment: "Perhaps", sendResponse: true } as const;
  await world.graph.meetings.respond({ ...as(bert), eventId: event!.id, ...answer });
  const { event: organised } = await world.graph.events.get({ ...as(anna), eventId: id });
  expect(organised.attendees).toMatchObject([{ status: { response: "tentativelyAccepted" } }]);
  const own = await failureOf(world.graph.meetings.respond({ ...as(anna), eventId: id, ...answer }));
  expect(own).toMatchObject({ code: "invalidRequest" });
  expect(graphMessageOf(own)).toContain("organizer");
  await world.graph.meetings.respond({ ...as(bert), eventId: event!.id, ...answer, response: "decline" });
  expect(await invitation(bert)).toEqual([]);
});

test("the organiser cancels for everybody, and nobody else can", async () => {
  const { id: eventId } = await world.graph.meetings.create(wanted());
  const [event] = await invitation(bert);
  const byGuest = world.graph.meetings.cancel({ ...as(bert), eventId: event!.id, comment: "" });
  expect(await failureOf(byGuest)).toMatchObject({ code: "invalidRequest" });
  await world.graph.meetings.cancel({ ...as(anna), eventId, comment: "Not needed" });
  const again = world.graph.meetings.cancel({ ...as(anna), eventId, comment: "" });
  expect(await failureOf(again)).toMatchObject({ code: "notFound" });
});

test("free and busy times come without what they are about; an unknown address says so alone", async () => {
  const order = wanted();
  await world.graph.meetings.create({ ...order, subject: "Secret merger" });
  const asked = { ...as(anna), addresses: ["bert@acme.example", "nobody@else.example"] };
  const schedules = await world.graph.meetings.getSchedule({
    ...asked,
    startAt: order.startAt,
    endAt: instant(order.startAt + hours(2)),
    intervalMinutes: 30,
  });
  expect(schedules).toEqual([
    {
      address: "bert@acme.example",
      availabilityView: expect.stringMatching(/^[12]{2}0{2}$/),
      busy: [{ startAt: order.startAt, endAt: order.endAt, status: expect.any(String) }],
      error: null,
    },
    { address: "nobody@else.example", availabilityView: "", busy: [], error: "ErrorMailRecipientNotFound" },
  ]);
  expect(JSON.stringify(schedules)).not.toContain("merger");
  const long = { startAt: order.startAt, endAt: instant(order.startAt + days(43)), intervalMinutes: 30 };
  const refused = await failureOf(world.graph.meetings.getSchedule({ ...asked, ...long }));
  expect(refused).toMatchObject({ code: "invalidRequest" });
});
