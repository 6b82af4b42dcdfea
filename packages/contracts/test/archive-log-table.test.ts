import { days } from "@hybrid/kernel";
import { expect, test } from "vitest";
import { csvOf, logColumns, logRows } from "../src/archive-log-table.ts";

const startAt = Date.UTC(2026, 0, 12, 8);

test("step 3 of Monitor: the log has one line a day with the connector's fields, also for an empty day", () => {
  const day = {
    day: "2026-01-13",
    completedAt: startAt + days(1),
    source: 2,
    available: 5,
    success: 3,
    partial: 1,
    skipped: 0,
    failed: 1,
  };
  const failure = {
    connector: "main",
    at: startAt + days(1),
    itemId: "e1",
    sourceUserId: "d1",
    userPrincipalName: null,
    reason: "mailboxMissing",
  };
  const rows = logRows({ days: [day], failures: [failure] }, { from: startAt, to: startAt + days(2) });
  expect(rows).toEqual([
    ["No items ingested on 01/12/2026."],
    [
      "2026-01-13 08:00:00",
      "2",
      "5",
      "3",
      "1",
      "0",
      "1",
      "Item id: e1, Source User ID: d1, Microsoft 365 User ID: none, Failure Reason: mailboxMissing",
    ],
    ["No items ingested on 01/14/2026."],
  ]);
  expect(logColumns).toHaveLength(8);
});

test("a field is quoted where CSV needs it, and none is a formula", () => {
  expect(csvOf([["a,b", 'c"d', "=1+1", "plain"]])).toBe('"a,b","c""d",\'=1+1,plain\r\n');
});
