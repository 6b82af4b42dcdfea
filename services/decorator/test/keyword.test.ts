import fc from "fast-check";
import { expect, test } from "vitest";
import { keywordOf } from "#domain/keyword";

const settings = { webexKeyword: "personalRoom", meetKeyword: "space" } as const;
const actionIn = (location: string) => keywordOf(location, settings)?.action ?? null;

test.each([
  ["@webex", "personalRoom"],
  ["@WebEx", "personalRoom"],
  ["@meet", "space"],
  ["@spark", "space"],
  ["@spark:myroom", "personalRoom"],
  ["@meet:myroom", "personalRoom"],
  ["@Meet:MyRoom", "personalRoom"],
  ["@webex:space", "space"],
  ["@webex:onetime", "oneTime"],
  ["Room 5; @webex", "personalRoom"],
  ["@webex, Room 5", "personalRoom"],
  ["Room 5,@webex;Room 6", "personalRoom"],
  ["meet me\t@webex\u00a0now", "personalRoom"],
])("in %j the keyword means %s", (location, action) => {
  expect(actionIn(location)).toBe(action);
});

test.each([
  "",
  "webex",
  "bob@webex",
  "bob@webex.com",
  "me@meet.example",
  "@webex.com",
  "@webexx",
  "@webex:",
  "@webex:kitchen",
  "@webex:spaceship",
  "sip:room@webex",
  "https://example.com/@webex",
  "(@webex)",
  "@ webex",
])("%j holds no keyword", (location) => {
  expect(actionIn(location)).toBeNull();
});

test("the leftmost keyword wins and the rest is ignored", () => {
  expect(keywordOf("@meet @webex", settings)).toEqual({ keyword: "meet", action: "space" });
  expect(keywordOf("x@webex @meet:myroom; @spark", settings)).toEqual({
    keyword: "meet",
    action: "personalRoom",
  });
});

test("without modifier the organisation's settings decide, with one they do not", () => {
  const swapped = { webexKeyword: "space", meetKeyword: "personalRoom" } as const;
  expect(keywordOf("@webex", swapped)?.action).toBe("space");
  expect(keywordOf("@meet", swapped)?.action).toBe("personalRoom");
  expect(keywordOf("@webex:myroom", swapped)?.action).toBe("personalRoom");
  expect(keywordOf("@spark", swapped)?.action).toBe("space");
});

const name = fc.stringMatching(/^[A-Za-z0-9._+-]{1,12}$/);
const keyword = fc.constantFrom("@webex", "@meet", "@spark", "@WEBEX:space", "@meet:onetime");

test("property: no mail address holds a keyword, alone or among words", () => {
  const domain = fc.constantFrom("webex", "meet", "spark", "webex.com", "meet.example", "webex:space");
  fc.assert(
    fc.property(
      fc.array(fc.tuple(name, domain), { minLength: 1 }),
      fc.constantFrom(" ", ";", ",", "; "),
      (list, by) => {
        expect(actionIn(list.map(([user, host]) => `${user}@${host}`).join(by))).toBeNull();
      },
    ),
  );
});

test("property: a keyword is found between any separators and any other words", () => {
  const separator = fc.constantFrom(" ", ";", ",", "; ", " , ", "\n");
  fc.assert(
    fc.property(fc.array(name), fc.array(name), keyword, separator, (before, after, token, by) => {
      expect(actionIn([...before, token, ...after].join(by))).toBe(actionIn(token));
    }),
  );
});
