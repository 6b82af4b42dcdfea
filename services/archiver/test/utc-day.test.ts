import fc from "fast-check";
import { expect, test } from "vitest";
import { dayOf } from "../src/domain/utc-day.ts";

test("property: a day is the one that ISO 8601 writes", () => {
  fc.assert(
    fc.property(
      fc.date({
        min: new Date("0001-01-01T00:00:00Z"),
        max: new Date("9999-12-31T23:59:59Z"),
        noInvalidDate: true,
      }),
      (date) => {
        expect(dayOf(date.getTime())).toBe(date.toISOString().slice(0, 10));
      },
    ),
  );
});
