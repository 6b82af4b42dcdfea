import fc from "fast-check";
import { expect, test } from "vitest";
import { keywordIn, keywordOf } from "#domain/keyword";

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

test.each([
  ["会議室3；@webex", "full-width semicolon"],
  ["会議室3，@webex", "full-width comma"],
  ["会議室3、@webex、2階", "ideographic commas around"],
  ["会議室3\u3000@webex", "ideographic space"],
  ["会議室3（@webex）", "full-width brackets"],
  ["【@webex】会議室", "lenticular brackets"],
  ["「@webex」", "corner brackets"],
  ["قاعة ٣، @webex", "Arabic comma and a blank"],
  ["قاعة ٣،@webex", "Arabic comma"],
  ["قاعة ٣؛@webex", "Arabic semicolon"],
  ["קומה 2 \u200f@webex", "right-to-left mark before"],
  ["קומה 2 @webex\u200e", "left-to-right mark behind"],
  ["\u202a@webex\u202c", "embedding around"],
  ["\u202b קומה @webex\u202c", "right-to-left embedding"],
  ["\u2067@webex\u2069", "isolate around"],
  ["\u061c@webex", "Arabic letter mark"],
  ["Room 5 \u200b@webex\u200b", "zero-width spaces around"],
  ["\ufeff@webex", "byte order mark"],
  ["Room \u2060@webex\u00ad", "word joiner and soft hyphen"],
  ["@we\u200bbex", "zero-width space within"],
  ["Room 5\u202f@webex", "narrow no-break space"],
  ["Room 5\u0085@webex", "next line"],
  ["ክፍል፣@webex", "Ethiopic comma"],
  ["Սենյակ՝@webex", "Armenian comma"],
  ["«@webex»", "guillemets"],
  ["@webex：myroom", "full-width colon before the modifier"],
])("in %j the keyword stands alone beside another script's signs (%s)", (location) => {
  expect(actionIn(location)).toBe("personalRoom");
});

test.each([
  "bob@webex．com",
  "@webex。com",
  "@webex｡com",
  "me＠webex",
  "房间/@webex",
  "房间／@webex",
  "房间@webex",
  "غرفة@webex",
])(
  "%j holds no keyword: it is a domain, an address, or has a letter or another sign beside it",
  (location) => {
    expect(actionIn(location)).toBeNull();
  },
);

test("of several locations the first one with a keyword counts, also when the shown one is cut", () => {
  const cut = `${"Room, ".repeat(42)}@we`;
  expect(keywordIn([cut, "Room 5", "@webex"], settings)?.keyword).toBe("webex");
  expect(keywordIn(["Room 5", "@meet", "@webex"], settings)?.keyword).toBe("meet");
  expect(keywordIn(["Room 5", ""], settings)).toBeNull();
  expect(keywordIn([], settings)).toBeNull();
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
  const separator = fc.constantFrom(
    " ",
    ";",
    ",",
    "; ",
    " , ",
    "\n",
    "，",
    "；",
    "、",
    "\u3000",
    "،",
    "؛",
    " \u200f",
  );
  fc.assert(
    fc.property(fc.array(name), fc.array(name), keyword, separator, (before, after, token, by) => {
      expect(actionIn([...before, token, ...after].join(by))).toBe(actionIn(token));
    }),
  );
});
