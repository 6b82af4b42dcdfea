import { IANAZone } from "luxon";
import { findIana, type WindowsZoneName } from "windows-iana";

const utcNames = /^(?:utc|gmt|z|etc\/utc|tzone:\/\/microsoft\/utc)$/i;

/**
 * The IANA zone behind a Windows or IANA name or Exchange's `tzone://Microsoft/Utc`; null for a name that
 * says nothing, such as `tzone://Microsoft/Custom`.
 */
export const zoneNamed = (name: string | null | undefined): string | null => {
  if (!name) return null;
  if (utcNames.test(name)) return "UTC";
  const zone = findIana(name as WindowsZoneName)[0] ?? name;
  return IANAZone.isValidZone(zone) ? zone : null;
};

/** The zone of a series and how sure it is. */
export interface ZoneChoice {
  readonly zone: string;
  /** Whether no name said anything, so UTC stands for what nobody knows. */
  readonly guessed: boolean;
}

/**
 * The first of some names that says something: of a series its range's zone, then those that its start and
 * end were made in, then those that the times are given in.
 */
export const firstZone = (names: readonly (string | null | undefined)[]): ZoneChoice => {
  for (const name of names) {
    const zone = zoneNamed(name);
    if (zone !== null) return { zone, guessed: false };
  }
  return { zone: "UTC", guessed: true };
};

const offsetMs = (zone: string, at: number): number => IANAZone.create(zone).offset(at) * 60_000;

const dayMs = 86_400_000;

/**
 * The instant at which the clocks of a zone show a local time (milliseconds as if it were UTC). A time that
 * comes twice is the first one; one that is left out is as much later as the clocks go forward.
 */
export const instantOfLocal = (local: number, zone: string): number => {
  if (zone === "UTC") return local;
  const before = local - offsetMs(zone, local - dayMs);
  const after = local - offsetMs(zone, local + dayMs);
  if (before === after) return before;
  const shows = (at: number): boolean => at + offsetMs(zone, at) === local;
  const [earlier, later] = before < after ? [before, after] : [after, before];
  if (shows(earlier)) return earlier;
  return shows(later) ? later : before;
};

/** What the clocks of a zone show at an instant, milliseconds as if it were UTC. */
export const localOfInstant = (at: number, zone: string): number =>
  zone === "UTC" ? at : at + offsetMs(zone, at);
