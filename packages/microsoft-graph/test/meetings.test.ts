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
  const moment = (at: number) => ({ dateTime: new Date(at).toISOString().slice(0, 19), timeZone: "UTC" });
  return {
    ...as(anna),
    subject: "Planning",
    start: moment(startAt),
    end: moment(startAt + hours(1)),
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
  const startAt = instant(Date.parse(`${order.start.dateTime}Z`));
  await world.graph.meetings.create({ ...order, subject: "Secret merger" });
  const asked = { ...as(anna), addresses: ["bert@acme.example", "nobody@else.example"] };
  const schedules = await world.graph.meetings.getSchedule({
    ...asked,
    startAt,
    endAt: instant(startAt + hours(2)),
    intervalMinutes: 30,
  });
  expect(schedules).toEqual([
    {
      address: "bert@acme.example",
      availabilityView: expect.stringMatching(/^[12]{2}0{2}$/),
      busy: [{ startAt, endAt: startAt + hours(1), status: expect.any(String) }],
      workingHours: {
        daysOfWeek: ["monday", "tuesday", "wednesday", "thursday", "friday"],
        startTime: "08:00:00",
        endTime: "17:00:00",
        timeZone: "UTC",
      },
      error: null,
    },
    {
      address: "nobody@else.example",
      availabilityView: "",
      busy: [],
      workingHours: null,
      error: "ErrorMailRecipientNotFound",
    },
  ]);
  expect(JSON.stringify(schedules)).not.toContain("merger");
  const long = { startAt, endAt: instant(startAt + days(43)), intervalMinutes: 30 };
  const refused = await failureOf(world.graph.meetings.getSchedule({ ...asked, ...long }));
  expect(refused).toMatchObject({ code: "invalidRequest" });
});

test("a series keeps its local time when clocks change, its first occurrence is found, and one of them cancelled", async () => {
  const timeZone = "Europe/Stockholm";
  const made = await world.graph.meetings.create({
    ...wanted(),
    start: { dateTime: "2026-03-26T09:00:00", timeZone },
    end: { dateTime: "2026-03-26T09:30:00", timeZone },
    recurrence: {
      pattern: { type: "weekly", interval: 1, daysOfWeek: ["thursday"], firstDayOfWeek: "monday" },
      range: {
        type: "numbered",
        startDate: "2026-03-26",
        numberOfOccurrences: 2,
        recurrenceTimeZone: timeZone,
      },
    },
  });
  expect(made.type).toBe("seriesMaster");
  const window = { startAt: instant(Date.UTC(2026, 2, 1)), endAt: instant(Date.UTC(2026, 4, 1)) };
  const list = () => world.graph.meetings.instances({ ...as(anna), eventId: made.id, window, max: 10 });
  const [first, second] = await list();
  expect([first?.start?.dateTime, second?.start?.dateTime]).toEqual([
    "2026-03-26T08:00:00.0000000",
    "2026-04-02T07:00:00.0000000",
  ]);
  expect([first?.seriesMasterId, first?.type]).toEqual([made.id, "occurrence"]);
  await world.graph.meetings.cancel({ ...as(anna), eventId: first!.id, comment: "" });
  expect((await list()).map(({ id }) => id)).toEqual([second?.id]);
});

test("an all-day meeting begins and ends at midnight of one zone", async () => {
  const timeZone = "Europe/Stockholm";
  const days_ = (from: string, until: string) => ({
    ...wanted(),
    isAllDay: true,
    start: { dateTime: `${from}T00:00:00`, timeZone },
    end: { dateTime: `${until}T00:00:00`, timeZone },
  });
  const made = await world.graph.meetings.create(days_("2026-03-28", "2026-03-30"));
  expect(made).toMatchObject({ isAllDay: true, originalStartTimeZone: timeZone });
  const odd = { ...days_("2026-03-28", "2026-03-30"), transactionId: "t-2" };
  const refused = world.graph.meetings.create({ ...odd, end: { dateTime: "2026-03-29T12:00:00", timeZone } });
  expect(await failureOf(refused)).toMatchObject({ code: "invalidRequest" });
});
