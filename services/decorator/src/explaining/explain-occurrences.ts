import type { GraphEvent } from "@hybrid/microsoft-graph";
import { endOfSeries, firstZone, instantOfLocal, occurrencesIn, readRecurrence } from "@hybrid/recurrence";
import { z } from "zod";
import { seriesOf } from "../adapters/event-times.ts";

/** One occurrence of a series. */
export interface ExplainedOccurrence {
  /** `YYYY-MM-DD` in the series' zone, as the pattern plans it. */
  readonly date: string;
  readonly startAt: string;
  readonly endAt: string;
  readonly is: "planned" | "cancelled" | "changed";
}

/** When a series takes place. */
export interface OccurrencesExplanation {
  /** The zone in which local times stay. */
  readonly zone: string;
  /** No name in the event says where it repeats: UTC is a guess. */
  readonly zoneIsGuessed: boolean;
  readonly endsAt: string | null;
  readonly occurrences: readonly ExplainedOccurrence[];
  /** There are more than the 1,000 that are shown. */
  readonly cutShort: boolean;
}

const time = z.object({ dateTime: z.string(), timeZone: z.string().nullish() });
const Exception = z.object({ originalStart: z.string().nullish(), start: time, end: time });

const isoOf = (at: number): string => new Date(at).toISOString();

const momentOf = ({ dateTime, timeZone }: z.output<typeof time>): number =>
  instantOfLocal(Date.parse(`${dateTime.slice(0, 19)}Z`), firstZone([timeZone]).zone);

/**
 * The occurrences of a series within a window, from the event as Graph gives it: with `cancelledOccurrences`
 * and, where they were asked for, `exceptionOccurrences`. Or why it cannot be told.
 */
export const explainOccurrences = (
  event: GraphEvent,
  window: { readonly fromMs: number; readonly untilMs: number },
): OccurrencesExplanation | { readonly fault: string } => {
  if (!event.recurrence) return { fault: "the event is no series: it has no recurrence" };
  const { fault } = readRecurrence(event.recurrence);
  if (fault !== null) return { fault: `the recurrence cannot be understood: ${fault}` };
  const { start, end } = event;
  if (!start || !end) return { fault: "the event has no start or no end" };
  const series = seriesOf({
    start: { ...start, timeZone: start.timeZone ?? "UTC" },
    end: { ...end, timeZone: end.timeZone ?? "UTC" },
    isAllDay: event.isAllDay ?? false,
    originalStartTimeZone: event.originalStartTimeZone ?? null,
    originalEndTimeZone: event.originalEndTimeZone ?? null,
    recurrence: event.recurrence as never,
  });
  if (!series) return { fault: "the recurrence cannot be understood" };
  const range = series.recurrence.range.recurrenceTimeZone;
  const names = [range, event.originalStartTimeZone, event.originalEndTimeZone, start.timeZone];
  const cancelled = new Set((event.cancelledOccurrences ?? []).map((id) => id.slice(-10)));
  const exceptions = new Map(
    z
      .array(Exception)
      .catch([])
      .parse(event["exceptionOccurrences"] ?? [])
      .map((each) => [Date.parse(each.originalStart ?? ""), each]),
  );
  const { occurrences, cutShort } = occurrencesIn(series, window);
  const last = endOfSeries(series);
  return {
    zone: series.zone,
    zoneIsGuessed: firstZone(names).guessed,
    endsAt: last === null ? null : isoOf(last),
    cutShort,
    occurrences: occurrences.map(({ date, startAt, endAt }) => {
      const changed = exceptions.get(startAt);
      if (changed)
        return {
          date,
          startAt: isoOf(momentOf(changed.start)),
          endAt: isoOf(momentOf(changed.end)),
          is: "changed",
        };
      return {
        date,
        startAt: isoOf(startAt),
        endAt: isoOf(endAt),
        is: cancelled.has(date) ? "cancelled" : "planned",
      };
    }),
  };
};
