import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { days, instant, retryAfterMsOf } from "../src/index.ts";

const now = instant(Date.UTC(2026, 0, 5, 9));
const wait = (retryAfter: string | readonly string[], date?: string) =>
  retryAfterMsOf({ retryAfter, date, now });

describe("Retry-After", () => {
  test.each<[string | readonly string[], number | null]>([
    ["0", 0],
    ["120", 120_000],
    [" 120 ", 120_000],
    ['"120"', 120_000],
    ["1.5", 1_500],
    [".25", 250],
    ["1.", 1_000],
    ["0.0001", 1],
    ["10, 20", 20_000],
    ["20,10", 20_000],
    [["10", "20"], 20_000],
    ["soon, 5", 5_000],
    ['"5", "7.5"', 7_500],
    ["9".repeat(40), days(366)],
  ])("of %j is a wait of %j ms", (given, expected) => {
    expect(wait(given)).toBe(expected);
  });

  test.each([
    "Mon, 05 Jan 2026 09:00:30 GMT",
    "Mon, 5 Jan 2026 09:00:30 GMT",
    "mon, 05 jan 2026 09:00:30 gmt",
    "Monday, 05-Jan-26 09:00:30 GMT",
    "Mon Jan  5 09:00:30 2026",
    "2026-01-05T09:00:30Z",
    "2026-01-05T10:00:30+01:00",
    '"Mon, 05 Jan 2026 09:00:30 GMT"',
    "Mon, 05 Jan 2026 09:00:30 GMT, 10",
    "10, Monday, 05-Jan-26 09:00:30 GMT",
    "Mon, 05 Jan 2026 09:00:10 GMT, Mon, 05 Jan 2026 09:00:30 GMT",
  ])("understands the date in %j, in UTC wherever this runs", (given) => {
    expect(wait(given)).toBe(30_000);
  });

  test("measures a date from the answer's own, in any form, when there is one", () => {
    const until = "Mon, 05 Jan 2026 12:00:30 GMT";
    expect(wait(until, "Mon, 05 Jan 2026 12:00:00 GMT")).toBe(30_000);
    expect(wait(until, "Mon Jan  5 12:00:00 2026")).toBe(30_000);
    expect(wait(until, "no date")).toBe(3 * 3_600_000 + 30_000);
  });

  test("a date that has passed is no wait, and a two-digit year far ahead is of the last century", () => {
    expect(wait("Mon, 05 Jan 2026 08:00:00 GMT")).toBe(0);
    expect(wait("Saturday, 05-Jan-80 08:00:00 GMT")).toBe(0);
    expect(wait("Friday, 31-Dec-49 08:00:00 GMT")).toBe(days(366));
  });

  test.each(["", " ", "-1", "-0.5", "+5", "1e9", "0x10", "NaN", "Infinity", "soon", "1 2", "5s", ",", '""'])(
    "that cannot be read (%j) is none: the caller chooses its own wait",
    (given) => {
      expect(wait(given)).toBeNull();
    },
  );

  test.each([
    "Mon, 05 Foo 2026 09:00:30 GMT",
    "Mon, 45 Jan 2026 09:00:30 GMT",
    "Mon, 05 Jan 2026 29:00:30 GMT",
  ])("with a date that is none (%j) is none", (given) => {
    expect(wait(given)).toBeNull();
  });

  test("is none when there is no header", () => {
    expect(retryAfterMsOf({ retryAfter: undefined, now })).toBeNull();
    expect(wait([])).toBeNull();
  });

  test("property: any text is a wait that a timer can have, or none, and takes no time to read", () => {
    const pieces = fc.constantFrom("1", "0", ",", '"', " ", "-", ".", "Mon", "Jan", ":", "GMT", "05", "2026");
    const texts = fc.oneof(
      fc.string({ maxLength: 200 }),
      fc.array(pieces, { maxLength: 60 }).map((p) => p.join("")),
    );
    fc.assert(
      fc.property(texts, texts, (given, date) => {
        const waitMs = wait(given, date);
        expect(waitMs === null || (waitMs >= 0 && waitMs <= days(366))).toBe(true);
      }),
    );
    const startedAt = performance.now();
    for (const slow of ["1,", ' "', "Mon, ", "05 Jan ", "0.", "a".repeat(9)])
      wait(slow.repeat(200_000), slow);
    expect(performance.now() - startedAt).toBeLessThan(1_000);
  });
});
