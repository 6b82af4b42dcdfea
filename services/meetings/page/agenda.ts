import type { MeetingItem } from "../src/api/schemas.ts";

// What the page knows of the list, and how it is laid out; nothing here touches the document.

/** One day of the list. */
export interface Day {
  /** Its first moment where the browser is. */
  readonly at: Date;
  readonly meetings: readonly MeetingItem[];
}

const dayMs = 86_400_000;

const midnight = (at: number): Date => {
  const day = new Date(at);
  day.setHours(0, 0, 0, 0);
  return day;
};

/** The day on which a meeting is shown: an all-day one by its date, whatever the zone. */
const dayOf = ({ date, start }: MeetingItem): Date => {
  if (date === null) return midnight(Date.parse(start));
  const [year = 1970, month = 1, day = 1] = date.split("-").map(Number);
  return new Date(year, month - 1, day);
};

/** The meetings that have not ended, by day; one that began before today is shown today. */
export const agendaOf = (meetings: Iterable<MeetingItem>, now: number): readonly Day[] => {
  const today = midnight(now);
  const byDay = new Map<number, MeetingItem[]>();
  for (const meeting of meetings) {
    const isOver =
      meeting.date === null
        ? Date.parse(meeting.end) <= now
        : dayOf(meeting).getTime() + (Date.parse(meeting.end) - Date.parse(meeting.start)) <= today.getTime();
    if (isOver) continue;
    const at = Math.max(dayOf(meeting).getTime(), today.getTime());
    byDay.set(at, [...(byDay.get(at) ?? []), meeting]);
  }
  return [...byDay]
    .sort(([a], [b]) => a - b)
    .map(([at, list]) => ({ at: new Date(at), meetings: list.sort(byStart) }));
};

const byStart = (a: MeetingItem, b: MeetingItem): number =>
  Number(b.date !== null) - Number(a.date !== null) ||
  Date.parse(a.start) - Date.parse(b.start) ||
  (a.id < b.id ? -1 : 1);

/** Days from today: 0 is today. */
export const daysAhead = (day: Date, now: number): number =>
  Math.round((day.getTime() - midnight(now).getTime()) / dayMs);

/** When the layout changes by time alone: at the end of a meeting, or at midnight. */
export const nextChangeAt = (meetings: Iterable<MeetingItem>, now: number): number => {
  const tomorrow = new Date(midnight(now));
  tomorrow.setDate(tomorrow.getDate() + 1);
  let next = tomorrow.getTime();
  for (const { end } of meetings) {
    const at = Date.parse(end);
    if (at > now && at < next) next = at;
  }
  return next;
};

/**
 * The address that a button may open. The organiser writes it, so nothing but a web page is opened:
 * `javascript:` and the like are none.
 */
export const openable = (url: string | null): string | null => {
  if (url === null || !URL.canParse(url)) return null;
  const { protocol, href } = new URL(url);
  return protocol === "https:" || protocol === "http:" ? href : null;
};

/** Whether a person still owes an answer. */
export const wantsAnswer = ({ isOrganizer, isCancelled, response }: MeetingItem): boolean =>
  !isOrganizer && !isCancelled && (response === "none" || response === "notResponded");
