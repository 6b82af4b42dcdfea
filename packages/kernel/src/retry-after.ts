// oxlint-disable no-restricted-globals -- Date reads dates here and never asks for the time.
import { days, type EpochMs } from "./time.ts";

/** A wait beyond this is no wait but a fault: it would not even be a point in time that a timer can have. */
const waitMsMax = days(366);

const months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const clockTime = String.raw`(?<hour>\d{2}):(?<minute>\d{2}):(?<second>\d{2})`;
/** The three forms of an HTTP date (RFC 9110, section 5.6.7), all of them UTC whatever they say. */
const httpDates = [
  String.raw`[a-z]{3},? +(?<day>\d{1,2}) (?<month>[a-z]{3}) (?<year>\d{4}) ${clockTime}(?: (?:gmt|utc|z))?`,
  String.raw`[a-z]{6,9},? +(?<day>\d{1,2})-(?<month>[a-z]{3})-(?<year>\d{2}) ${clockTime}(?: (?:gmt|utc|z))?`,
  String.raw`[a-z]{3} (?<month>[a-z]{3}) {1,2}(?<day>\d{1,2}) ${clockTime} (?<year>\d{4})`,
].map((form) => new RegExp(`^${form}$`, "i"));
/** Not HTTP's, but nobody can take it for anything else. */
const isoDate = /^\d{4}-\d{2}-\d{2}t\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?(?:z|[+-]\d{2}:\d{2})$/i;

/** A two-digit year that would lie more than 50 years ahead is of the century before (RFC 9110). */
const fullYear = (year: string, now: number): number => {
  if (year.length === 4) return Number(year);
  const thisYear = new Date(now).getUTCFullYear();
  const guess = thisYear - (thisYear % 100) + Number(year);
  return guess > thisYear + 50 ? guess - 100 : guess;
};

/** A date of an HTTP header as milliseconds since 1970; null when it is none. */
const httpDateMsOf = (text: string, now: number): number | null => {
  if (isoDate.test(text)) {
    const at = Date.parse(text);
    return Number.isNaN(at) ? null : at;
  }
  const groups = httpDates.map((form) => form.exec(text)?.groups).find((found) => found !== undefined);
  if (groups === undefined) return null;
  const field = (name: string): number => Number(groups[name]);
  const month = months.indexOf((groups["month"] ?? "").toLowerCase());
  const inDay = field("hour") < 24 && field("minute") < 60 && field("second") <= 60;
  if (month < 0 || !inDay || field("day") < 1 || field("day") > 31) return null;
  const year = fullYear(groups["year"] ?? "", now);
  return Date.UTC(year, month, field("day"), field("hour"), field("minute"), field("second"));
};

/** A header that came twice is joined by commas, and a date holds one itself. */
const partsOf = (text: string): readonly string[] =>
  text
    .split(/,(?! *\d{1,2}[ -][a-z]{3}[ -]\d)/i)
    .map((part) => part.replaceAll('"', "").trim())
    .filter((part) => part !== "");

/** What a Retry-After and its answer's Date header say. Both as they came. */
export interface RetryAfter {
  readonly retryAfter: string | readonly string[] | undefined;
  readonly date?: string | readonly string[] | undefined;
  readonly now: EpochMs;
}

const listOf = (header: string | readonly string[] | undefined): readonly string[] =>
  (typeof header === "string" ? [header] : (header ?? [])).flatMap((text) => partsOf(text.slice(0, 1_000)));

/**
 * How long a Retry-After asks to wait, in milliseconds: seconds, whole or not, quoted or not, or a date in
 * any form of HTTP, which is measured from the answer's own Date so that neither side's clock matters; one
 * that has passed is no wait. A header that came several times asks for its longest wait. Null when nothing
 * in it can be read, a negative number included: then it is for the caller to choose. Not capped but at a
 * year.
 */
export const retryAfterMsOf = ({ retryAfter, date, now }: RetryAfter): number | null => {
  const answeredAt =
    listOf(date)
      .map((part) => httpDateMsOf(part, now))
      .find((at) => at !== null) ?? now;
  const waits = listOf(retryAfter).flatMap((part) => {
    if (/^(?:\d+(?:\.\d*)?|\.\d+)$/.test(part)) return Math.ceil(Number(part) * 1_000);
    const until = httpDateMsOf(part, now);
    return until === null ? [] : Math.max(0, until - answeredAt);
  });
  return waits.length === 0 ? null : Math.min(waitMsMax, Math.max(...waits));
};
