import type { GraphEvent } from "@hybrid/microsoft-graph";
import {
  firstZone,
  localOfInstant,
  occurrencesIn,
  type Recurrence,
  readRecurrence,
  zoneNamed,
} from "@hybrid/recurrence";
import { z } from "zod";
import { timesOf } from "../adapters/meeting-of-event.ts";

/** A series as its master says it. */
export interface SeriesOfEvent {
  readonly recurrence: Recurrence;
  /** IANA. */
  readonly zone: string;
  /** The same zone as the calendar calls it. */
  readonly zoneName: string;
  /** Of the first occurrence. */
  readonly startAt: number;
  readonly endAt: number;
  readonly isAllDay: boolean;
}

/** The series of a master; null when Graph says too little of it. */
export const seriesOfEvent = (event: GraphEvent): SeriesOfEvent | null => {
  const { recurrence } = readRecurrence(event.recurrence);
  const times = timesOf(event);
  if (recurrence === null || times === null) return null;
  const names = [recurrence.range.recurrenceTimeZone, event.originalStartTimeZone, event.start?.timeZone];
  const { zone } = firstZone(names);
  const zoneName = names.find((name) => zoneNamed(name) !== null) ?? zone;
  const { startAt, endAt } = times;
  return { recurrence, zone, zoneName, startAt, endAt, isAllDay: event.isAllDay ?? false };
};

/** When the series planned an occurrence; null when Graph does not say. */
export const plannedAtOf = (event: GraphEvent): number | null => {
  const planned = Date.parse(event.originalStart ?? "");
  return Number.isNaN(planned) ? (timesOf(event)?.startAt ?? null) : planned;
};

/** The local day of an instant in a series' zone, `YYYY-MM-DD`. */
export const dayIn = (at: number, { zone }: SeriesOfEvent): string =>
  new Date(localOfInstant(at, zone)).toISOString().slice(0, 10);

const occurrencesMax = 10_000;

/** The day of the last occurrence that is planned before another one; null when there is none. */
export const dayBefore = (series: SeriesOfEvent, plannedAt: number): string | null => {
  const window = { fromMs: series.startAt, untilMs: plannedAt };
  const { occurrences } = occurrencesIn(series, window, occurrencesMax);
  return occurrences.findLast(({ startAt }) => startAt < plannedAt)?.date ?? null;
};

const changedOnes = z
  .array(z.looseObject({ originalStart: z.string().nullish() }))
  .nullish()
  .catch(null);

/** Whether occurrences before a day were moved, changed or cancelled. */
export const hasExceptionsBefore = (master: GraphEvent, series: SeriesOfEvent, day: string): boolean => {
  const changed = changedOnes.parse(master["exceptionOccurrences"]) ?? [];
  // `OID.<id of the series>.<day>`; one that does not end so counts as earlier.
  const cancelled = (master.cancelledOccurrences ?? []).map((id) => /\d{4}-\d\d-\d\d$/.exec(id)?.[0] ?? "");
  return (
    cancelled.some((each) => each < day) ||
    changed.some(({ originalStart }) => dayIn(Date.parse(originalStart ?? "1970-01-01"), series) < day)
  );
};
