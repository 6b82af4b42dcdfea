import { expect, test } from "vitest";
import { repeat } from "../src/repeat-given.ts";

test.each([
  ["daily", { type: "daily", interval: 1 }],
  ["daily/3", { type: "daily", interval: 3 }],
  ["weekly:mon,wed", { type: "weekly", interval: 1, daysOfWeek: ["monday", "wednesday"] }],
  ["weekly/2:tue", { type: "weekly", interval: 2, daysOfWeek: ["tuesday"] }],
  ["monthly:15", { type: "absoluteMonthly", interval: 1, dayOfMonth: 15 }],
  ["monthly:last-fri", { type: "relativeMonthly", interval: 1, index: "last", daysOfWeek: ["friday"] }],
  ["yearly:03-29", { type: "absoluteYearly", interval: 1, month: 3, dayOfMonth: 29 }],
  [
    "yearly/2:10:first-sat,sun",
    { type: "relativeYearly", interval: 2, month: 10, index: "first", daysOfWeek: ["saturday", "sunday"] },
  ],
])("%s is a pattern", (text, pattern) => {
  expect(repeat(text)).toEqual(pattern);
});

test.each([
  "",
  "hourly",
  "weekly",
  "weekly:",
  "weekly:montag",
  "monthly:sixth-mon",
  "daily/0",
  "yearly:29",
  "daily:1",
])('"%s" is none, and it is said what would be one', (text) => {
  expect(() => repeat(text)).toThrow(/weekly:mon,wed/);
});
