import { VirtualClock } from "@hybrid/kernel/testing";
import fc from "fast-check";
import { expect, test } from "vitest";
import { graphErrorOf, graphFaultOf } from "../src/errors/graph-fault.ts";
import { retryAfterMsOf } from "../src/errors/retry-after.ts";
import { tokenFaultOf } from "../src/errors/token-fault.ts";
import { claimsOf } from "../src/middleware/challenge.ts";
import { eventDeltaPageSchema, graphEventSchema } from "../src/models.ts";

const clock = new VirtualClock();
const million = 1_000_000;
const filled = (piece: string): string => piece.repeat(Math.ceil(million / piece.length)).slice(0, million);

/** For one reading of 1 MB; machines of tests are slower than those of operators, and shared. */
const budgetMs = 300;

/** Processor time, the best of three: neither a busy machine nor the compiler counts. */
const costMs = (work: () => void): number => {
  let best = Number.POSITIVE_INFINITY;
  for (let run = 0; run < 3 && best > budgetMs; run++) {
    const before = process.threadCpuUsage();
    work();
    const { user, system } = process.threadCpuUsage(before);
    best = Math.min(best, (user + system) / 1_000);
  }
  return best;
};

const nested = (depth: number): string => `${'{"error":{"innerError":'.repeat(depth)}1${"}}".repeat(depth)}`;

const readError = (text: string): void => {
  const parsed = (): unknown => {
    try {
      return JSON.parse(text);
    } catch {
      return text;
    }
  };
  for (const body of [
    parsed(),
    { error: { code: "ExtensionError", message: text } },
    { error: { code: text } },
  ])
    graphErrorOf(graphFaultOf({ status: 403, headers: {}, body }, { namesUser: true, clock }), "call");
  const entra = { error: "invalid_client", error_description: text, error_uri: text, error_codes: [text] };
  tokenFaultOf({ status: 401, headers: {}, body: entra }, clock);
  claimsOf(text);
  retryAfterMsOf({ "retry-after": text, date: text }, clock);
};

test.each<[string, string]>([
  ["an envelope within itself", nested(40_000)],
  ["lists within lists", `${"[".repeat(400_000)}${"]".repeat(400_000)}`],
  ["statuses in a message", filled("[Status Code: ")],
  ["statuses and blanks", `[Status Code:${filled(" ")}`],
  ["subscription ids", filled("subscription id <aaaaaaaa> ")],
  ["one long id", `subscription id ${filled("a")}`],
  ["numbers", filled("AADSTS7000229 ")],
  ["one long number", `AADSTS${filled("7")}`],
  ["links", filled("?code=1&code=")],
  ["claims", filled('claims="AAAA')],
  ["commas", filled("1,")],
  ["dates", filled("Mon, 05 Jan 2026 09:00:30 GMT, ")],
  ["limits", filled("limi ")],
  ["blanks", filled(" ")],
])("an error of %s is read within the budget", (_, text) => {
  expect(costMs(() => readError(text))).toBeLessThan(4 * budgetMs);
});

test("property: an error of any pieces, repeated to 1 MB, is read within the budget", () => {
  const pieces = fc.constantFrom(
    "AADSTS",
    "7",
    "[Status Code:",
    " ",
    "subscription id",
    "<",
    ">",
    ",",
    "claims=",
    '"',
    ":",
    "GMT",
    "Mon",
  );
  const text = fc.array(pieces, { minLength: 1, maxLength: 5 }).map((parts) => filled(parts.join("")));
  fc.assert(
    fc.property(text, (given) => {
      expect(costMs(() => readError(given))).toBeLessThan(4 * budgetMs);
    }),
    { numRuns: 10, endOnFailure: true },
  );
}, 60_000);

test.each<[string, () => unknown]>([
  [
    "many small events",
    () => ({
      value: Array.from({ length: 20_000 }, (_, nth) => ({ id: `e${nth}` })),
      "@odata.deltaLink": "d",
    }),
  ],
  [
    "one event with many attendees",
    () => ({
      id: "e",
      attendees: Array.from({ length: 20_000 }, () => ({ emailAddress: { address: "a" } })),
    }),
  ],
  [
    "one event with many unknown fields",
    () => ({ id: "e", ...Object.fromEntries(Array.from({ length: 50_000 }, (_, nth) => [`f${nth}`, 1])) }),
  ],
  [
    "an event of wrong types throughout",
    () => ({ id: 1, attendees: Array.from({ length: 20_000 }, () => 1), locations: [1, 2] }),
  ],
])("an answer of %s is read within the budget", (_, make) => {
  const answer = make();
  const read = (): void => {
    for (const schema of [eventDeltaPageSchema, graphEventSchema]) schema.safeParse(answer);
  };
  expect(costMs(read)).toBeLessThan(3 * budgetMs);
});
