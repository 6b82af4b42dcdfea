import { DateTime, IANAZone } from "luxon";
import { findIana, type WindowsZoneName } from "windows-iana";

const ianaByName = new Map<string, string | null>();

/** The IANA zone behind a Windows or IANA name; null when there is none of that name. */
export const ianaZoneOf = (name: string): string | null => {
  const known = ianaByName.get(name);
  if (known !== undefined) return known;
  const found = /^(utc|z|gmt)$/i.test(name)
    ? "UTC"
    : IANAZone.isValidZone(name)
      ? name
      : (findIana(name as WindowsZoneName)[0] ?? null);
  ianaByName.set(name, found);
  return found;
};

const dateTimeShape = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d)?$/;

/** The instant of a date and time, read in `zone` unless it carries an offset; null when it is not one. */
export const instantOf = (dateTime: string, zone: string): number | null => {
  if (!dateTimeShape.test(dateTime)) return null;
  const read = DateTime.fromISO(dateTime, { zone });
  return read.isValid ? read.toMillis() : null;
};

/** An instant as Graph's dateTimeTimeZone writes it: local time of the zone, seven digits, no offset. */
export const localDateTime = (at: number, zone: string): string =>
  zone === "UTC"
    ? `${new Date(at).toISOString().slice(0, -1)}0000`
    : `${DateTime.fromMillis(at, { zone }).toFormat("yyyy-MM-dd'T'HH:mm:ss.SSS")}0000`;

/** An instant as Graph writes a DateTimeOffset: UTC with seven digits. */
export const utcDateTime = (at: number): string => `${new Date(at).toISOString().slice(0, -1)}0000Z`;

/** The local date of an instant, `YYYY-MM-DD`. */
export const localDate = (at: number, zone: string): string =>
  zone === "UTC"
    ? new Date(at).toISOString().slice(0, 10)
    : DateTime.fromMillis(at, { zone }).toFormat("yyyy-MM-dd");

/** The instant at which the clock of `zone` shows `dayMs` (a UTC midnight) plus `timeOfDayMs`. */
export const atLocalTime = (dayMs: number, timeOfDayMs: number, zone: string): number => {
  const wall = new Date(dayMs + timeOfDayMs).toISOString().slice(0, -1);
  return zone === "UTC" ? dayMs + timeOfDayMs : DateTime.fromISO(wall, { zone }).toMillis();
};

/** Milliseconds since local midnight. */
export const timeOfDayMs = (at: number, zone: string): number => {
  const local = DateTime.fromMillis(at, { zone });
  return ((local.hour * 60 + local.minute) * 60 + local.second) * 1_000 + local.millisecond;
};
