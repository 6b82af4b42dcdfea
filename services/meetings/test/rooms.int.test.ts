import { days, hours, minutes } from "@hybrid/kernel";
import { afterEach, beforeEach, expect, test } from "vitest";
import { anna, openRooms } from "./simulated-rooms.ts";

let rooms: Awaited<ReturnType<typeof openRooms>>;
beforeEach(async () => {
  rooms = await openRooms();
});
afterEach(async () => await rooms.close());

test("a device shows the meetings of its room, and follows each change with one command", async () => {
  const id = rooms.book();
  rooms.book({ subject: "Retro", location: "Room 5" });
  await rooms.order("follow");
  expect(rooms.device.bookings).toMatchObject([
    {
      Title: "Planning",
      Number: "anna@acme.webex.com",
      Protocol: "SIP",
      Time: { Duration: 60, StartTimeBuffer: 300 },
    },
  ]);
  expect(rooms.status()).toMatchObject({
    name: "Room 5",
    bookings: 1,
    devices: [{ standing: "shown" }],
    findings: [],
  });
  expect(JSON.stringify(rooms.driver.viewOf(rooms.actor))).not.toMatch(/Planning|Room 5|@acme|Board/);
  expect(rooms.puts()).toBe(1);
  await rooms.pass(hours(1));
  expect(rooms.puts()).toBe(1);
  const { startAt, endAt } = rooms.graph.readEvent(anna, id);
  rooms.graph.updateEvent(anna, id, { startAt: startAt + hours(1), endAt: endAt + hours(1) });
  await rooms.changed();
  expect(rooms.device.bookings[0]?.Time.StartTime).toBe(new Date(startAt + hours(1)).toISOString());
  expect(rooms.puts()).toBe(2);
  rooms.graph.deleteEvent(anna, id);
  await rooms.changed();
  expect(rooms.device.bookings).toEqual([]);
  expect(rooms.puts()).toBe(3);
  expect(rooms.shownAfterMs).toHaveLength(2);
  expect(Math.min(...rooms.shownAfterMs)).toBeGreaterThanOrEqual(250);
});

test("a device that is offline is given the latest meetings when it is back, and nothing of between", async () => {
  const moved = rooms.book({ subject: "Moved" });
  const gone = rooms.book({ subject: "Gone" });
  await rooms.order("follow");
  rooms.device.connectionStatus = "disconnected";
  const { startAt, endAt } = rooms.graph.readEvent(anna, moved);
  rooms.graph.updateEvent(anna, moved, { startAt: startAt + hours(3), endAt: endAt + hours(3) });
  await rooms.changed();
  expect(rooms.status()?.devices).toMatchObject([{ standing: "offline", code: "conflict" }]);
  rooms.graph.deleteEvent(anna, gone);
  await rooms.changed();
  rooms.book({ subject: "Same slot" });
  rooms.book({ subject: "Same slot too" });
  rooms.book({ subject: "t".repeat(140), startAt: startAt + hours(8), endAt: startAt + hours(9) });
  rooms.book({ subject: "Endless", startAt: startAt + hours(9), endAt: startAt + hours(9) + minutes(1_441) });
  rooms.book({ subject: "Undialable", location: `sip:${"1".repeat(120)}@video.example` });
  await rooms.changed();
  await rooms.pass(minutes(30));
  expect(new Set(rooms.titles())).toEqual(new Set(["Gone", "Moved"]));
  rooms.device.connectionStatus = "connected";
  await rooms.pass(minutes(6));
  expect(rooms.titles()).toHaveLength(5);
  expect(new Set(rooms.titles())).toEqual(
    new Set(["Endless", "Moved", "Same slot", "Same slot too", "t".repeat(128)]),
  );
  expect(rooms.device.bookings.find(({ Title }) => Title === "Endless")?.Time.Duration).toBe(1_440);
  expect(rooms.device.bookings.find(({ Title }) => Title === "Moved")?.Time.StartTime).toBe(
    new Date(startAt + hours(3)).toISOString(),
  );
  expect(rooms.status()?.devices).toMatchObject([{ standing: "shown", code: null, nextTryAt: null }]);
});

test("a device that was restarted is given its meetings again", async () => {
  rooms.book();
  await rooms.order("follow");
  rooms.device.connectionStatus = "disconnected";
  await rooms.pass(minutes(16));
  rooms.device.bookings = [];
  rooms.device.connectionStatus = "connected";
  await rooms.pass(minutes(16));
  expect(rooms.titles()).toEqual(["Planning"]);
});

test("a device that has a calendar already is left alone", async () => {
  const foreign = [
    {
      Id: "calendar-1",
      Title: "Theirs",
      Time: { StartTime: new Date(rooms.clock.now()).toISOString(), Duration: 30 },
    },
  ];
  rooms.device.bookings = foreign;
  rooms.book();
  await rooms.order("follow");
  expect(rooms.device.bookings).toBe(foreign);
  expect(rooms.puts()).toBe(0);
  expect(rooms.status()?.devices).toMatchObject([{ standing: "otherCalendar" }]);
  await rooms.order("stop");
  expect(rooms.device.bookings).toBe(foreign);
  rooms.device.bookings = [];
  await rooms.order("follow");
  await rooms.pass(hours(2));
  expect(rooms.titles()).toEqual(["Planning"]);
});

test("who stops gets empty devices, also one that was offline", async () => {
  rooms.book();
  await rooms.order("follow");
  rooms.device.connectionStatus = "disconnected";
  await rooms.order("stop");
  expect(rooms.titles()).toEqual(["Planning"]);
  rooms.device.connectionStatus = "connected";
  await rooms.pass(minutes(10));
  expect(rooms.titles()).toEqual([]);
  expect(rooms.status()).toBeNull();
  expect(rooms.driver.stateOf(rooms.actor)).toEqual({ kind: "absent" });
});

test("each day has its own meetings", async () => {
  const tomorrow = rooms.clock.now() + days(2);
  rooms.book({ subject: "Later", startAt: tomorrow, endAt: tomorrow + hours(1) });
  await rooms.order("follow");
  expect(rooms.titles()).toEqual([]);
  await rooms.pass(days(1));
  expect(rooms.titles()).toEqual(["Later"]);
});
