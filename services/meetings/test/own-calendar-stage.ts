import { hours, instant } from "@hybrid/kernel";
import { VirtualClock } from "@hybrid/kernel/testing";
import { onTestFinished } from "vitest";
import { meetingIdOf } from "#domain/after-page";
import { meeting, monday } from "./meeting.ts";
import { anna as objectIdOfAnna, startCloud, tenantId } from "./simulated-calendar.ts";
import { activeAt, anna, openStage } from "./stage.ts";

/** The API in front of a simulated calendar of Anna. */
export const openOwn = async () => {
  const clock = new VirtualClock(monday);
  const { graph, client } = await startCloud(clock);
  onTestFinished(async () => {
    await client.close();
    await graph.stop();
  });
  const stage = await openStage({ events: client.events, meetings: client.meetings });
  await stage.mailbox(anna, activeAt(tenantId, objectIdOfAnna));
  const token = await stage.token();
  /** A meeting that stands in the calendar and on Anna's list. */
  const standing = async (organiser: string, isOrganizer: boolean) => {
    const startAt = monday + hours(3);
    graph.createEvent(organiser, {
      subject: "Planning",
      startAt,
      endAt: startAt + hours(1),
      location: "Room 5; @webex",
      attendees: [isOrganizer ? "bert@acme.example" : "anna@acme.example"],
    });
    const window = { startAt: monday, endAt: instant(monday + hours(24)) };
    const ask = { tenantId, userObjectId: objectIdOfAnna, signal: AbortSignal.timeout(10_000) };
    const { events } = await client.events.view({ ...ask, window, select: ["id"], pageSize: 5 });
    const [event] = events;
    if (!event) throw new Error("the calendar has no such meeting");
    await stage.put(anna, event.id, meeting(event.id, { isOrganizer }));
    return {
      id: meetingIdOf(event.id),
      eventId: event.id,
      etag: async () => (await client.events.get({ ...ask, eventId: event.id })).etag,
      exists: async () => (await client.events.view({ ...ask, window, select: ["id"], pageSize: 5 })).events,
    };
  };
  return { ...stage, graph, client, token, standing };
};

/** A meeting that somebody schedules. */
export const wanted = {
  subject: "Planning",
  start: "2026-01-06T09:00:00+01:00",
  end: "2026-01-06T09:30:00+01:00",
  location: "Room 5",
  keyword: "@webex",
  attendees: [{ address: "bert@acme.example" }],
  text: "Agenda <b>",
};

/** Where clocks change on 29 March 2026. */
export const stockholm = { timeZone: "Europe/Stockholm" };
/** A series around that day. */
export const weekly = {
  ...wanted,
  ...stockholm,
  attendees: [{ address: "bert@acme.example" }],
  start: "2026-03-24T09:00:00+01:00",
  end: "2026-03-24T09:30:00+01:00",
  recurrence: {
    pattern: { type: "weekly", daysOfWeek: ["tuesday"] },
    range: { type: "numbered", numberOfOccurrences: 4 },
  },
};
