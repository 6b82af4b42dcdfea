import { actorIdOf, instant, minutes } from "@hybrid/kernel";
import { VirtualClock } from "@hybrid/kernel/testing";
import fc from "fast-check";
import { DateTime } from "luxon";
import { expect, onTestFinished, test } from "vitest";
import { joinableAt } from "#domain/join";
import { OwnCalendar } from "../src/api/own-calendar.ts";
import { ScheduleRequest } from "../src/api/write-schemas.ts";
import { shippedRules } from "./shipped-rules.ts";
import { anna, openCalendar, tenantId } from "./simulated-calendar.ts";

/** Clocks change on 8 March in New York, on 29 March in Europe and on 5 April on Lord Howe Island. */
const zones = [
  "Europe/Stockholm",
  "America/New_York",
  "Australia/Lord_Howe",
  "W. Europe Standard Time",
  "UTC",
];
const ianaOf = (zone: string): string => (zone.startsWith("W. ") ? "Europe/Berlin" : zone);

const names = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"] as const;

const series = fc.record({
  zone: fc.constantFrom(...zones),
  first: fc.integer({ min: 1, max: 20 }),
  hour: fc.integer({ min: 0, max: 22 }),
  minute: fc.constantFrom(0, 15, 30),
  lengthMinutes: fc.constantFrom(15, 60),
  days: fc.option(fc.subarray([...names], { minLength: 1 }), { nil: null }),
  count: fc.option(fc.integer({ min: 2, max: 20 }), { nil: null }),
});
type Series = typeof series extends fc.Arbitrary<infer Value> ? Value : never;

/** When the meetings of a series are, by Luxon alone: the same local time on each of its days. */
const planned = ({ zone, first, hour, minute, days, count }: Series): readonly number[] => {
  const starts: number[] = [];
  for (let day = 0; day < 60 && starts.length < (count ?? 60); day++) {
    const at = DateTime.fromObject(
      { year: 2026, month: 3, day: first, hour, minute },
      { zone: ianaOf(zone) },
    );
    const start = at.plus({ days: day });
    const name = names[start.weekday - 1];
    if (days === null || (name && days.includes(name))) starts.push(start.toMillis());
  }
  return starts;
};

const requestOf = (made: Series, n: number) => {
  const { zone, first, hour, minute, lengthMinutes, days, count } = made;
  const start = DateTime.fromObject(
    { year: 2026, month: 3, day: first, hour, minute },
    { zone: ianaOf(zone) },
  );
  return ScheduleRequest.parse({
    subject: `Series ${n}`,
    location: "https://acme.webex.com/meet/anna",
    start: start.toUTC().toISO(),
    end: start.plus({ minutes: lengthMinutes }).toUTC().toISO(),
    timeZone: zone,
    recurrence: {
      pattern: days === null ? { type: "daily" } : { type: "weekly", daysOfWeek: days },
      range: count === null ? { type: "noEnd" } : { type: "numbered", numberOfOccurrences: count },
    },
  });
};

test("series from the app stand on the list at their local time, and can be joined then, when clocks change", async () => {
  const now = Date.UTC(2026, 2, 6);
  const calendar = await openCalendar(new VirtualClock(instant(now)));
  onTestFinished(() => calendar.close());
  const policy = { beforeMs: minutes(5), tentative: true, free: false };
  const ports = { ...calendar.client, policy, rulesOf: shippedRules };
  const own = new OwnCalendar(ports, actorIdOf("acme/u-anna"), { tenantId, objectId: anna });
  const made = fc.sample(series, 8);
  for (const [n, each] of made.entries()) {
    const { item } = await own.schedule(requestOf(each, n), null);
    expect([n, Date.parse(item.start)]).toEqual([n, planned(each)[0]]);
  }
  await calendar.status("active");
  const list = calendar.list().map((meeting) => ({ ...meeting, id: meeting.eventId }));
  const [from, until] = [now - 6 * 86_400_000, now + 30 * 86_400_000];
  const isInside = (at: number): boolean => at > from && at < until;
  for (const [n, each] of made.entries()) {
    const subject = `Series ${n}`;
    const listed = list.filter((meeting) => meeting.subject === subject).map(({ startAt }) => startAt);
    const starts = planned(each).filter(isInside);
    expect([n, listed.filter(isInside)]).toEqual([n, starts]);
    const canJoin = (at: number): boolean =>
      joinableAt(list, instant(at), policy).meetings.some((meeting) => meeting.subject === subject);
    for (const startAt of starts) {
      const endAt = startAt + minutes(each.lengthMinutes);
      const edges = [startAt - minutes(5) - 1, startAt - minutes(5), endAt - 1, endAt];
      expect([startAt, edges.map(canJoin)]).toEqual([startAt, [false, true, true, false]]);
    }
  }
});
