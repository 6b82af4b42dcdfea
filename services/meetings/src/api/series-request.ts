import {
  type Occurrence,
  occurrencesIn,
  type Recurrence,
  readRecurrence,
  zoneNamed,
} from "@hybrid/recurrence";
import { z } from "zod";
import { moment } from "./schemas.ts";

// When a meeting is, in the words of who asks: moments or whole days, once or again and again.

const weekday = z.enum(["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"]);

/** Exchange counts no further. */
const occurrencesMax = 999;

/** When a meeting begins or ends. */
export const time = z
  .union([moment, z.iso.date()])
  .describe(
    "A moment. A date alone makes the meeting take whole days: `start` is the first day, `end` the day " +
      "after the last one, and `timeZone` says where these days are.",
  );

/** The zone of a meeting that repeats or takes whole days. */
export const timeZone = z
  .string()
  .max(128)
  .refine((name) => zoneNamed(name) !== null, { error: "is no time zone" })
  .describe("A time zone by its Windows or IANA name. A series keeps its local time there.");

/** How a meeting repeats, in Graph's words (patternedRecurrence). */
export const RecurrenceRequest = z
  .strictObject({
    pattern: z.strictObject({
      type: z.enum([
        "daily",
        "weekly",
        "absoluteMonthly",
        "relativeMonthly",
        "absoluteYearly",
        "relativeYearly",
      ]),
      interval: z.int().min(1).max(99).default(1),
      daysOfWeek: z.array(weekday).max(7).optional().describe("For weekly and both relative ones."),
      firstDayOfWeek: weekday.default("monday").describe("Counts when `interval` of weekly is above 1."),
      dayOfMonth: z.int().min(1).max(31).optional().describe("For both absolute ones."),
      month: z.int().min(1).max(12).optional().describe("For both yearly ones."),
      index: z
        .enum(["first", "second", "third", "fourth", "last"])
        .optional()
        .describe("For both relative ones."),
    }),
    range: z.strictObject({
      type: z.enum(["endDate", "numbered", "noEnd"]),
      startDate: z.iso.date().optional().describe("The day of `start`; taken from it when left out."),
      endDate: z.iso.date().optional(),
      numberOfOccurrences: z.int().min(1).max(occurrencesMax).optional(),
    }),
  })
  .describe("How it repeats; needs `timeZone`.");
/** How a meeting repeats, in Graph's words (patternedRecurrence). */
export type RecurrenceRequest = z.output<typeof RecurrenceRequest>;

/** The words of a request that say when. */
export interface WhenRequest {
  readonly start?: string | undefined;
  readonly end?: string | undefined;
  readonly timeZone?: string | undefined;
  readonly recurrence?: RecurrenceRequest | undefined;
}

/** Whether a time is a date alone. */
export const isDay = (given: string): boolean => /^\d{4}-\d\d-\d\d$/.test(given);

/** A recurrence with its first day; null for one that is not complete. */
export const recurrenceFrom = (
  { pattern, range }: RecurrenceRequest,
  { startDate, zone }: { readonly startDate: string; readonly zone: string },
): ReturnType<typeof readRecurrence> =>
  readRecurrence({ pattern, range: { ...range, startDate, recurrenceTimeZone: zone } });

/** The first occurrence of a series; null when its range ends before there is one. */
export const firstOf = (series: {
  readonly recurrence: Recurrence;
  readonly zone: string;
  readonly startAt: number;
  readonly endAt: number;
}): Occurrence | null => {
  const reachMs = series.recurrence.pattern.interval * 2 * 366 * 86_400_000;
  const window = { fromMs: series.startAt, untilMs: series.startAt + reachMs };
  return occurrencesIn(series, window, 1).occurrences[0] ?? null;
};
