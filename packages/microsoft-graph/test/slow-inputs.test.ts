import { VirtualClock } from "@hybrid/kernel/testing";
import { anySlowText, budgetMs, costMs, slowTexts } from "@hybrid/kernel/testing/slow-inputs";
import fc from "fast-check";
import { expect, test } from "vitest";
import { graphErrorOf, graphFaultOf } from "../src/errors/graph-fault.ts";
import { retryAfterMsOf } from "../src/errors/retry-after.ts";
import { tokenFaultOf } from "../src/errors/token-fault.ts";
import { claimsOf } from "../src/middleware/challenge.ts";
import { eventDeltaPageSchema, graphEventSchema } from "../src/models.ts";

const clock = new VirtualClock();
const envelopes = (depth: number): string =>
  `${'{"error":{"innerError":'.repeat(depth)}1${"}}".repeat(depth)}`;

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

test.each([...slowTexts(), ["an envelope within itself", envelopes(40_000)] as const])(
  "an error of %s is read within the budget",
  (_, text) => {
    expect(costMs(() => readError(text), 4 * budgetMs)).toBeLessThan(4 * budgetMs);
  },
);

test("property: an error of any pieces, repeated to 1 MB, is read within the budget", () => {
  fc.assert(
    fc.property(anySlowText(), (given) => {
      expect(costMs(() => readError(given), 4 * budgetMs)).toBeLessThan(4 * budgetMs);
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
  expect(costMs(read, 3 * budgetMs)).toBeLessThan(3 * budgetMs);
});
