const shape =
  /^(?<date>\d{4}-\d{2}-\d{2})[T ](?<time>\d{2}:\d{2})(?<seconds>:\d{2})?(?:\.\d{1,9})?(?<zone>Z|[+-]\d{2}:?\d{2})?$/i;

/** What a clock in the time zone shows at `at`, as if it were UTC. */
const wallClock = (at: number, timeZone: string): number => {
  const parts = new Intl.DateTimeFormat("en-US", {
    timeZone,
    hourCycle: "h23",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
    second: "numeric",
  }).formatToParts(at);
  const of = (type: string): number => Number(parts.find((part) => part.type === type)?.value);
  return Date.UTC(of("year"), of("month") - 1, of("day"), of("hour"), of("minute"), of("second"));
};

/** Whether the name is one of the IANA database. */
export const isTimeZone = (name: string): boolean => {
  try {
    return new Intl.DateTimeFormat("en-US", { timeZone: name }).resolvedOptions().timeZone !== "";
  } catch {
    return false;
  }
};

/**
 * The point in time of an ISO 8601 text; one without an offset is meant in `timeZone`. Undefined when it
 * is no time. In the hour that a clock leaves out, the time lies after the gap.
 */
export const instantOf = (text: string, timeZone: string): number | undefined => {
  const { date, time, seconds = ":00", zone } = shape.exec(text.trim())?.groups ?? {};
  if (date === undefined || time === undefined) return undefined;
  const asIfUtc = Date.parse(`${date}T${time}${seconds}Z`);
  if (Number.isNaN(asIfUtc)) return undefined;
  if (zone !== undefined) {
    const offset = /[+-]\d{4}$/.test(zone) ? `${zone.slice(0, 3)}:${zone.slice(3)}` : zone.toUpperCase();
    return Date.parse(`${date}T${time}${seconds}${offset}`);
  }
  const guess = asIfUtc - (wallClock(asIfUtc, timeZone) - asIfUtc);
  return guess - (wallClock(guess, timeZone) - asIfUtc);
};
