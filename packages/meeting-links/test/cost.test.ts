import fc from "fast-check";
import { expect, test } from "vitest";
import { findMeetings, compiledShippedRules as rules } from "../src/index.ts";

const charactersMax = 1_000_000;
const filled = (piece: string): string =>
  piece.repeat(Math.ceil(charactersMax / piece.length)).slice(0, charactersMax);
const numbered = (make: (nth: number) => string): string => {
  const parts: string[] = [];
  for (let nth = 0, length = 0; length < charactersMax; nth++) {
    const part = make(nth);
    parts.push(part);
    length += part.length;
  }
  return parts.join("");
};

/** Processor time of this thread, the best of a few runs: a busy machine and the compiler do not count. */
const costMs = (work: () => void, enoughMs = 0): number => {
  let best = Number.POSITIVE_INFINITY;
  for (let run = 0; run < 4 && best > enoughMs; run++) {
    const before = process.threadCpuUsage();
    work();
    const { user, system } = process.threadCpuUsage(before);
    best = Math.min(best, (user + system) / 1_000);
  }
  return best;
};

/** What this machine takes to look at every character of 1 MB once, with a little work at each. */
const yardstickMs = ((): number => {
  const text = filled("work and play ");
  return costMs(() => {
    let sum = 0;
    for (let pass = 0; pass < 4; pass++)
      for (let at = 0; at < text.length; at++) sum = (sum * 31 + text.charCodeAt(at)) | 0;
    expect(sum).not.toBe(0.5);
  });
})();
/** 50 ms, or as much more as this machine is slower than one that takes 5 ms for the yardstick. */
const budgetMs = Math.max(50, 10 * yardstickMs);

const safelink = "https://eur01.safelinks.protection.outlook.com/?url=";

test.each([
  ["words", filled("work and play ")],
  ["less-than signs", filled("<")],
  ["tags that never end", filled('<a href="')],
  ["comments that never end", filled("<!--")],
  ["comments", filled("<!-- -->")],
  ["scripts that never end", filled("<script>")],
  ["links", numbered((n) => `<a href="https://acme.webex.com/x/${n}">x</a>`)],
  ["links to meetings", numbered((n) => `<a href="https://acme.webex.com/meet/a${n}">x</a>`)],
  ["wrapped links", numbered((n) => `${safelink}https%3A%2F%2Facme.webex.com%2Fx%2F${n} `)],
  ["wrappers of wrappers", filled(safelink)],
  ["wrappers with broken escapes", numbered((n) => `${safelink}%xx${n} `)],
  ["hosts that nobody knows", numbered((n) => `https://h${n}.example/ `)],
  ["hosts that look alike", numbered((n) => `https://acme.webex.com.h${n}.example/ `)],
  ["hosts of wide letters", numbered((n) => `https://ａｃｍｅ.webex.com/meet/${n} `)],
  ["hosts of many labels", filled(`${"a.".repeat(120)}webex.com/meet/a `)],
  ["one host of labels", filled("a.")],
  ["addresses of people", numbered((n) => `a${n}@x.example `)],
  ["numeric addresses", numbered((n) => `${n}@x.example `)],
  ["at signs", filled("@")],
  ["schemes", filled("https://")],
  ["colons and slashes", filled("://")],
  ["schemes behind commas", filled(",https://zoom.us/j/a")],
  ["sip schemes", filled("sip:")],
  ["references to characters", filled("&#x2f;")],
  ["broken references", filled("&#&#x&am")],
  ["labels of lines", filled("meeting id\n")],
  ["labels on one line", filled("meeting id @m.webex.com ")],
  ["one long word", filled("a")],
  ["signs at the end of an address", `https://zoom.us/j/${filled(".")}`],
  ["the same percent sign", `https://zoom.us/j/${filled("%3e")}`],
  ["attributes", `<a ${filled("href ")}`],
  ["quotes", filled("='")],
])("1 MB of %s costs little", (_name, text) => {
  // HTML is made readable and then searched like any text.
  const search = () => findMeetings([{ name: "body", text, isHtml: true }], rules);
  expect(costMs(search, budgetMs)).toBeLessThan(budgetMs);
});

test("anything made of the pieces of addresses costs little and never throws", () => {
  const pieces = [
    "https://",
    "sip:",
    "zoom.us/j/1",
    "acme.webex.com/meet/",
    safelink,
    "%2F",
    "%",
    "&",
    "=",
    "?",
    "#",
    "@",
    "<a href=",
    '"',
    "'",
    ">",
    "<",
    "<!--",
    "-->",
    "</",
    "&#x",
    ";",
    "\n",
    " ",
    "\u0000",
    "\ud800",
    "。",
    "meeting id",
    "@m.webex.com",
    "12345",
    "urldefense.com/v3/__",
    "__;",
    "**",
  ];
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom(...pieces), { minLength: 1, maxLength: 12 }),
      fc.boolean(),
      (some, isHtml) => {
        const text = filled(some.join(""));
        const search = () => findMeetings([{ name: "body", text, isHtml }], rules);
        expect(costMs(search, budgetMs)).toBeLessThan(budgetMs);
      },
    ),
    { numRuns: 15 },
  );
});
