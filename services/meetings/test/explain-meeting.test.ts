import type { Meeting } from "@hybrid/contracts";
import { days, hours, instant, minutes } from "@hybrid/kernel";
import fc from "fast-check";
import { expect, test } from "vitest";
import { bookingsOf } from "#domain/bookings";
import { joinableAt, noJoinOf } from "#domain/join";
import { explainMeeting } from "../src/explain-meeting.ts";
import { listed, meeting, monday } from "./meeting.ts";

const policy = { beforeMs: minutes(5), tentative: true, free: false };
const at = { now: monday, policy };

const anyMeeting: fc.Arbitrary<Meeting> = fc
  .record({
    startAt: fc.integer({ min: -200, max: 900 }).map((hour) => monday + hours(hour)),
    length: fc.integer({ min: 0, max: 300 }),
    isCancelled: fc.boolean(),
    isOrganizer: fc.boolean(),
    response: fc.constantFrom("accepted", "declined", "tentativelyAccepted", "notResponded", "organizer"),
    showAs: fc.constantFrom("busy", "free", "tentative", "oof"),
    allDayDate: fc.constantFrom(null, null, "2026-01-05"),
    join: fc.constantFrom(meeting("m").join, null, {
      ...meeting("m").join!,
      url: "https://x.example/1",
      service: "bridge",
    }),
  })
  .map(({ length, ...changes }) => ({ ...meeting("m", changes), endAt: changes.startAt + minutes(length) }));

const anyPolicy = fc.record({
  beforeMs: fc.constantFrom(0, minutes(5), minutes(60)),
  tentative: fc.boolean(),
  free: fc.boolean(),
});

test("what is explained is what list and device do, for any meeting, policy and moment", () => {
  const property = fc.property(
    anyMeeting,
    anyPolicy,
    fc.integer({ min: -48, max: 48 }),
    (given, own, hour) => {
      const now = instant(monday + hours(hour));
      const { app, device } = explainMeeting(given, { now, policy: own });
      expect(app.reason).toBe(noJoinOf(given, own));
      expect(app.rules.filter(({ passed }) => !passed)).toHaveLength(app.reason === null ? 0 : 1);
      const item = { ...listed("m"), ...given };
      expect(app.button?.isThereNow ?? false).toBe(joinableAt([item], now, own).meetings.length === 1);
      const booked = device.reason === "outsideDays" ? [] : bookingsOf([given], own);
      expect(device.booking === null ? [] : [device.booking]).toEqual(booked);
    },
  );
  fc.assert(property, { numRuns: 500 });
});

test("a series, what is too far away and what is private are said to be so", () => {
  expect(explainMeeting(null, at)).toMatchObject({
    list: { reason: "notUnderstood", says: "It is not in the list." },
    app: { button: null },
    device: { booking: null },
  });
  const far = explainMeeting(meeting("m", { startAt: monday + days(40) }), at);
  expect([far.list.reason, far.device.reason]).toEqual(["outsideWindow", "outsideDays"]);
  expect(explainMeeting(meeting("m", { isPrivate: true }), at).list.says).toContain("because it is private");
});
