import type { MeetingItem } from "../src/api/schemas.ts";

// What a person has filled in, and the request that it becomes; nothing here touches the document.

/** How often a new meeting takes place. */
export type Repeat = "never" | "daily" | "weekly" | "monthly" | "monthlyByWeekday" | "yearly";
/** When a series ends. */
export type Ending = "never" | "onDay" | "afterTimes";

/** Graph's names of weekdays, Sunday first, as JavaScript counts them. */
export const weekdays = [
  "sunday",
  "monday",
  "tuesday",
  "wednesday",
  "thursday",
  "friday",
  "saturday",
] as const;
/** A weekday by Graph's name. */
export type Weekday = (typeof weekdays)[number];

/** What a form holds. Days are `YYYY-MM-DD` and times `hh:mm`, where the browser is. */
export interface Draft {
  readonly subject: string;
  readonly isAllDay: boolean;
  readonly startDay: string;
  readonly startTime: string;
  /** Of a meeting of whole days: its last one. */
  readonly endDay: string;
  readonly endTime: string;
  readonly location: string;
  /** Of a new meeting alone. */
  readonly asksToJoin: boolean;
  readonly invited: string;
  readonly repeat: Repeat;
  readonly days: readonly Weekday[];
  readonly ending: Ending;
  readonly lastDay: string;
  readonly times: number;
}

const pad = (value: number): string => String(value).padStart(2, "0");

/** The day of a moment where the browser is. */
export const dayOf = (at: Date): string =>
  `${at.getFullYear()}-${pad(at.getMonth() + 1)}-${pad(at.getDate())}`;

const timeOf = (at: Date): string => `${pad(at.getHours())}:${pad(at.getMinutes())}`;

const dayFrom = (day: string, add: number): string => {
  const [year = 1970, month = 1, date = 1] = day.split("-").map(Number);
  return dayOf(new Date(year, month - 1, date + add, 12));
};

/** The weekday of a day. */
export const weekdayOf = (day: string): Weekday =>
  weekdays[new Date(`${day}T12:00:00Z`).getUTCDay()] ?? "monday";

/** A form as it is opened: of a meeting that is there, or of one in the next full hour. */
export const draftOf = (meeting: MeetingItem | null, now: number): Draft => {
  const hourMs = 3_600_000;
  const next = Math.ceil((now + 1) / hourMs) * hourMs;
  const start = new Date(meeting?.start ?? next);
  const end = new Date(meeting?.end ?? next + hourMs / 2);
  const isAllDay = meeting !== null && meeting.date !== null;
  const startDay = meeting?.date ?? dayOf(start);
  const days = Math.max(1, Math.round((end.getTime() - start.getTime()) / (24 * hourMs)));
  return {
    subject: meeting?.subject ?? "",
    isAllDay,
    startDay,
    startTime: isAllDay ? "09:00" : timeOf(start),
    endDay: isAllDay ? dayFrom(startDay, days - 1) : dayOf(end),
    endTime: isAllDay ? "09:30" : timeOf(end),
    location: meeting?.location ?? "",
    asksToJoin: true,
    invited: "",
    repeat: "never",
    days: [weekdayOf(startDay)],
    ending: "never",
    lastDay: dayFrom(startDay, 90),
    times: 10,
  };
};

const momentOf = (day: string, time: string): string => new Date(`${day}T${time}`).toISOString();

const timesOf = (draft: Draft): { readonly start: string; readonly end: string } =>
  draft.isAllDay
    ? { start: draft.startDay, end: dayFrom(draft.endDay, 1) }
    : { start: momentOf(draft.startDay, draft.startTime), end: momentOf(draft.endDay, draft.endTime) };

const indexes = ["first", "second", "third", "fourth", "last"] as const;

const patternOf = ({ repeat, days, startDay }: Draft): object => {
  const [, month = 1, dayOfMonth = 1] = startDay.split("-").map(Number);
  switch (repeat) {
    case "weekly":
      return { type: "weekly", daysOfWeek: days.length === 0 ? [weekdayOf(startDay)] : days };
    case "monthly":
      return { type: "absoluteMonthly", dayOfMonth };
    case "monthlyByWeekday": {
      const index = indexes[Math.ceil(dayOfMonth / 7) - 1];
      return { type: "relativeMonthly", index, daysOfWeek: [weekdayOf(startDay)] };
    }
    case "yearly":
      return { type: "absoluteYearly", month, dayOfMonth };
    default:
      return { type: "daily" };
  }
};

const rangeOf = ({ ending, lastDay, times }: Draft): object => {
  if (ending === "onDay") return { type: "endDate", endDate: lastDay };
  if (ending === "afterTimes") return { type: "numbered", numberOfOccurrences: times };
  return { type: "noEnd" };
};

const addressesIn = (text: string): readonly string[] =>
  text.split(/[\s,;]+/).filter((address) => address !== "");

/** The meeting that a person wants to have. */
export const scheduleRequest = (draft: Draft, timeZone: string): object => ({
  subject: draft.subject,
  ...timesOf(draft),
  timeZone,
  location: draft.location,
  ...(draft.asksToJoin ? { keyword: "@webex" } : {}),
  attendees: addressesIn(draft.invited).map((address) => ({ address })),
  ...(draft.repeat === "never" ? {} : { recurrence: { pattern: patternOf(draft), range: rangeOf(draft) } }),
});

/** What a person has changed of a meeting; null when that is nothing. */
export const changeRequest = (before: Draft, after: Draft, timeZone: string): object | null => {
  const [was, is] = [timesOf(before), timesOf(after)];
  const change = {
    ...(before.subject === after.subject ? {} : { subject: after.subject }),
    ...(before.location === after.location ? {} : { location: after.location }),
    ...(was.start === is.start && was.end === is.end ? {} : { ...is, timeZone }),
  };
  return Object.keys(change).length === 0 ? null : change;
};
