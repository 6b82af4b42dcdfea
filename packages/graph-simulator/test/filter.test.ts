import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { GraphFault } from "../src/http/graph-fault.ts";
import { readFilter } from "../src/odata/filter.ts";

const scope = {
  typeName: "microsoft.graph.user",
  properties: ["displayName", "age", "accountEnabled", "mail", "proxyAddresses", "start", "tags"],
  ignoreCase: true,
};
const row = {
  displayName: "Ada O'Neal",
  age: 36,
  accountEnabled: true,
  mail: null,
  proxyAddresses: ["SMTP:ada@contoso.example", "smtp:a@contoso.example"],
  start: { dateTime: "2026-01-13T10:00:00.0000000", timeZone: "UTC" },
  tags: [{ id: "a", value: "1" }],
};
const keeps = (text: string): boolean => readFilter(text, scope).keeps(row);

describe("a filter keeps what it says", () => {
  test.each([
    "displayName eq 'ada o''neal'",
    "displayname EQ 'Ada O''Neal'",
    "startswith(displayName,'ADA') and age gt 35",
    "age ge 36 and age le 36 and age lt 36.5 and not (age ne 36)",
    "accountEnabled eq true",
    "accountEnabled",
    "mail eq null",
    "displayName ne null",
    "age in (1, 36)",
    "mail eq 'x' or endswith(displayName,'neal')",
    "contains(displayName,'O''N')",
    "proxyAddresses/any(p:p eq 'smtp:ADA@contoso.example')",
    "proxyAddresses/any(x: startswith(x,'smtp:a@')) and proxyAddresses/all(x: contains(x, 'contoso'))",
    "tags/any(t: t/id eq 'a' and t/value eq '1')",
    "start/dateTime ge '2026-01-13T11:00:00+01:00'",
    "start/dateTime lt 2026-01-14T00:00:00Z",
  ])("%s", (text) => expect(keeps(text)).toBe(true));
});

describe("a filter drops what it does not mean", () => {
  test.each([
    "displayName eq 'ada'",
    "not accountEnabled",
    "mail eq ''",
    "mail gt 'a'",
    "age eq '36'",
    "age in (1,2)",
    "tags/any(t: t/id eq 'a' and t/value eq '2')",
    "tags/all(t: t/id eq 'b')",
    "start/dateTime gt '2026-01-13T10:00:00Z'",
    // `and` binds closer than `or`.
    "age eq 1 and age eq 36 or age eq 2",
  ])("%s", (text) => expect(keeps(text)).toBe(false));
});

test.each([
  ["colour eq 'red'", 400],
  ["displayName eq", 400],
  ["displayName eq 'ada", 400],
  ["(age eq 1", 400],
  ["age eq 1)", 400],
  ["age eq 1 2", 400],
  ["", 400],
  ["year(start/dateTime) eq 2026", 501],
  ["tolower(displayName) eq 'ada'", 501],
  ["proxyAddresses/$count eq 2", 501],
])("%s is %i", (text, status) => {
  expect(() => readFilter(text, scope)).toThrow(expect.objectContaining({ status }));
});

test.each([
  ["startswith(displayName,'a')", false],
  ["displayName eq 'a' or age in (1)", false],
  ["endswith(displayName,'a')", true],
  ["age ne 1", true],
  ["not accountEnabled", true],
])("%s is advanced: %s", (text, isAdvanced) => {
  expect(readFilter(text, scope).isAdvanced).toBe(isAdvanced);
});

const thrownBy = (run: () => unknown): unknown => {
  try {
    run();
    return null;
  } catch (thrown) {
    return thrown;
  }
};

test("any text is read or refused, quickly and never with another error", () => {
  const word = fc.constantFrom(
    "displayName",
    "eq",
    "and",
    "not",
    "(",
    ")",
    "'x'",
    "any(",
    "p:",
    "in",
    ",",
    "null",
    "1",
  );
  const texts = fc.oneof(
    fc.string(),
    fc.array(word, { maxLength: 30 }).map((words) => words.join(" ")),
  );
  fc.assert(
    fc.property(texts, (text) => {
      expect(thrownBy(() => readFilter(text, scope).keeps(row))).toSatisfy(
        (thrown) => thrown === null || thrown instanceof GraphFault,
      );
    }),
  );
});
