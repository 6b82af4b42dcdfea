import type { GraphEvent, MeetingTime, MeetingWords } from "@hybrid/microsoft-graph";
import { instantOfLocal, zoneNamed } from "@hybrid/recurrence";

type GivenTime = { readonly dateTime: string; readonly timeZone?: string | null | undefined };

const instantOf = ({ dateTime, timeZone }: GivenTime): number =>
  instantOfLocal(Date.parse(`${dateTime.slice(0, 19)}Z`), zoneNamed(timeZone) ?? "UTC");

/** An all-day event is given without its zone: its dates are looked at. */
const isSame = (
  wanted: MeetingTime | undefined,
  present: GivenTime | null | undefined,
  isAllDay: boolean,
): boolean => {
  if (wanted === undefined) return true;
  if (!present) return false;
  return isAllDay
    ? wanted.dateTime.slice(0, 10) === present.dateTime.slice(0, 10)
    : instantOf(wanted) === instantOf(present);
};

const addresses = (all: readonly (string | null | undefined)[]): string =>
  all
    .map((each) => (each ?? "").toLowerCase())
    .toSorted()
    .join(" ");

/** Whether an event is already what somebody wants it to be. A pattern is not compared: then it is not. */
export const hasWords = (event: GraphEvent, words: MeetingWords): boolean => {
  const { subject, location, invitees, isAllDay = false, recurrence, start, end } = words;
  if (recurrence !== undefined) return false;
  const present = (event.attendees ?? []).map((each) => each.emailAddress?.address);
  return (
    (subject ?? event.subject) === event.subject &&
    (location ?? event.location?.displayName) === event.location?.displayName &&
    isSame(start, event.start, isAllDay) &&
    isSame(end, event.end, isAllDay) &&
    (words.isAllDay ?? event.isAllDay) === event.isAllDay &&
    (invitees === undefined || addresses(invitees.map(({ address }) => address)) === addresses(present))
  );
};
