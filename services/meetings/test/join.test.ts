import type { Meeting } from "@hybrid/contracts";
import { hours, instant, minutes, plus } from "@hybrid/kernel";
import fc from "fast-check";
import { expect, test } from "vitest";
import { type JoinPolicy, joinableAt, type NoJoin, noJoinOf } from "#domain/join";
import { listed, meeting, monday } from "./meeting.ts";

const policy: JoinPolicy = { beforeMs: minutes(5), tentative: true, free: false };

test.each<[string, Partial<Meeting>, Partial<JoinPolicy>, NoJoin | null]>([
  ["an accepted meeting", {}, {}, null],
  ["no address", { join: null }, {}, "noAddress"],
  ["cancelled", { isCancelled: true }, {}, "cancelled"],
  ["declined", { response: "declined" }, {}, "declined"],
  ["all day", { allDayDate: "2026-01-05" }, {}, "allDay"],
  ["free time", { showAs: "free" }, {}, "free"],
  ["free time, wanted", { showAs: "free" }, { free: true }, null],
  ["tentatively accepted", { response: "tentativelyAccepted" }, {}, null],
  ["tentatively accepted, unwanted", { response: "tentativelyAccepted" }, { tentative: false }, "tentative"],
  ["not answered, unwanted", { response: "notResponded" }, { tentative: false }, "tentative"],
  ["one's own, unwanted tentative", { isOrganizer: true, response: "none" }, { tentative: false }, null],
  ["moved", { movedFrom: monday, isException: true }, {}, null],
  ["private", { isPrivate: true, subject: null }, {}, null],
])("%s", (_, changes, changedPolicy, expected) => {
  expect(noJoinOf(meeting("1", changes), { ...policy, ...changedPolicy })).toBe(expected);
});

const at = (offsetMs: number, ...list: Parameters<typeof joinableAt>[0][number][]) => {
  const { meetings, nextAt } = joinableAt(list, plus(monday, offsetMs), policy);
  return { ids: meetings.map(({ eventId }) => eventId), nextMs: nextAt === null ? null : nextAt - monday };
};
const one = listed("one");

test.each([
  ["long before", 0, [], hours(2) - minutes(5)],
  ["a millisecond early", hours(2) - minutes(5) - 1, [], hours(2) - minutes(5)],
  ["five minutes before", hours(2) - minutes(5), ["one"], hours(3)],
  ["at the last moment", hours(3) - 1, ["one"], hours(3)],
  ["at the end", hours(3), [], null],
])("the button of a meeting %s", (_, offsetMs, ids, nextMs) => {
  expect(at(offsetMs, one)).toEqual({ ids, nextMs });
});

test("back to back, both are there for the five minutes before the second", () => {
  const next = listed("next", { startAt: one.endAt, endAt: one.endAt + hours(1) });
  expect(at(hours(3) - minutes(5), next, one)).toEqual({ ids: ["one", "next"], nextMs: hours(3) });
  expect(at(hours(3), next, one)).toEqual({ ids: ["next"], nextMs: hours(4) });
});

test("one without length can be joined for a minute", () => {
  const short = listed("short", { startAt: one.startAt, endAt: one.startAt });
  expect(at(hours(2), short).ids).toEqual(["short"]);
  expect(at(hours(2) + minutes(1), short).ids).toEqual([]);
});

const anyMeeting = fc
  .record({
    id: fc.integer({ min: 0, max: 5 }),
    start: fc.integer({ min: -180, max: 180 }),
    length: fc.integer({ min: 0, max: 120 }),
    response: fc.constantFrom("accepted", "declined", "tentativelyAccepted"),
    showAs: fc.constantFrom("busy", "free"),
    isCancelled: fc.boolean(),
  })
  .map(({ id, start, length, ...rest }) => {
    const startAt = monday + minutes(start);
    return listed(String(id), { ...rest, startAt, endAt: startAt + minutes(length) });
  });

test("whatever the list and its order: nothing is shown that should not be, and nothing changes before nextAt", () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(anyMeeting, { selector: ({ id }) => id }),
      fc.integer({ min: -200, max: 320 }),
      (list, minute) => {
        const now = plus(monday, minutes(minute));
        const found = joinableAt(list, now, policy);
        expect(joinableAt(list.toReversed(), now, policy)).toEqual(found);
        const expected = list.filter(
          ({ startAt, endAt, response, showAs, isCancelled }) =>
            !isCancelled &&
            response !== "declined" &&
            showAs !== "free" &&
            startAt - minutes(5) <= now &&
            now < Math.max(endAt, startAt + minutes(1)),
        );
        expect(new Set(found.meetings)).toEqual(new Set(expected));
        const { nextAt } = found;
        const justBefore = nextAt === null ? plus(now, hours(24)) : instant(nextAt - 1);
        expect(joinableAt(list, justBefore, policy).meetings).toEqual(found.meetings);
        const then = joinableAt(list, nextAt ?? justBefore, policy).meetings;
        expect(JSON.stringify(then) === JSON.stringify(found.meetings)).toBe(nextAt === null);
      },
    ),
  );
});
