import { z } from "zod";

/** Graph's names of weekdays, Sunday first, as its numbers of days count. */
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

const lower = (value: unknown): unknown => (typeof value === "string" ? value.toLowerCase() : value);
const weekday = z.preprocess(lower, z.enum(weekdays));

const date = z
  .string()
  .regex(/^\d{4}-\d\d-\d\d$/)
  .refine((text) => dayOfDate(text) !== null, { error: "is no day of the calendar" });

const Pattern = z.object({
  type: z.enum(["daily", "weekly", "absoluteMonthly", "relativeMonthly", "absoluteYearly", "relativeYearly"]),
  interval: z.int().min(1).max(10_000),
  // Graph writes 0 where a pattern has no month or day.
  month: z.int().min(0).max(12).nullish(),
  dayOfMonth: z.int().min(0).max(31).nullish(),
  daysOfWeek: z.array(weekday).max(7).nullish(),
  firstDayOfWeek: weekday.nullish(),
  index: z.preprocess(lower, z.enum(["first", "second", "third", "fourth", "last"])).nullish(),
});

const Range = z.object({
  type: z.enum(["endDate", "noEnd", "numbered"]),
  startDate: date,
  endDate: z.string().nullish(),
  numberOfOccurrences: z.int().nullish(),
  recurrenceTimeZone: z.string().nullish(),
});

const Recurrence = z.object({ pattern: Pattern, range: Range }).superRefine(({ pattern, range }, context) => {
  const needs = (what: string, isThere: boolean): void => {
    if (!isThere) context.addIssue(`a ${pattern.type} pattern needs ${what}`);
  };
  if (pattern.type === "weekly" || pattern.type.startsWith("relative"))
    needs("daysOfWeek", (pattern.daysOfWeek?.length ?? 0) > 0);
  if (pattern.type.startsWith("absolute")) needs("dayOfMonth from 1 to 31", Boolean(pattern.dayOfMonth));
  if (pattern.type.endsWith("Yearly")) needs("month from 1 to 12", Boolean(pattern.month));
  if (range.type === "endDate" && !(dayOfDate(range.endDate ?? "") !== null))
    context.addIssue("a range of type endDate needs endDate");
  if (range.type === "numbered" && !(range.numberOfOccurrences && range.numberOfOccurrences > 0))
    context.addIssue("a numbered range needs numberOfOccurrences");
});

/** Graph's patternedRecurrence, complete: what its type needs is there. */
export type Recurrence = z.output<typeof Recurrence>;

/** The days since 1970 of `YYYY-MM-DD`; null when there is no such day. */
export function dayOfDate(text: string): number | null {
  const at = /^\d{4}-\d\d-\d\d$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN;
  // JavaScript takes 30 February for 2 March.
  if (Number.isNaN(at) || new Date(at).toISOString().slice(0, 10) !== text) return null;
  return at / 86_400_000;
}

/** A recurrence read from Graph, or what is wrong with it in one sentence; it is never guessed. */
export const readRecurrence = (
  given: unknown,
):
  | { readonly recurrence: Recurrence; readonly fault: null }
  | { readonly recurrence: null; readonly fault: string } => {
  const { data, error } = Recurrence.safeParse(given);
  if (data) return { recurrence: data, fault: null };
  const [issue] = error.issues;
  return { recurrence: null, fault: `${issue?.path.join(".") ?? ""} ${issue?.message ?? ""}`.trim() };
};
