import { expect, test } from "vitest";
import { nextPage } from "../src/http/next-page.ts";
import { parseWebexId } from "../src/ids/webex-id.ts";

const million = 1_000_000;
const filled = (piece: string): string => piece.repeat(Math.ceil(million / piece.length)).slice(0, million);
const current = new URL("https://webexapis.com/v1/people?max=10");

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

test.each<[string, string]>([
  ["commas", filled(",")],
  ["commas and blanks", filled(", ")],
  ["blanks", filled(" ")],
  ["a comma and blanks", `,${filled(" ")}`],
  ["links that are never closed", filled("<a")],
  ["links", filled("<https://a>; rel=prev, ")],
  ["parameters", `<https://a>;${filled('; rel="')}`],
  ["semicolons", `<https://a>;${filled(";")}`],
  ["blanks behind a parameter", `<https://a>; rel="next"${filled(" ")}x`],
])("a Link header of %s is read within the budget", (_, text) => {
  const read = (): void => {
    expect(nextPage(text, current)).toBeUndefined();
  };
  expect(costMs(read)).toBeLessThan(budgetMs);
});

test.each(["A", "Y2lzY29zcGFyazovL3Vz", "/", "=", " "])(
  "an id of 1 MB of %j is read within the budget",
  (piece) => {
    expect(costMs(() => parseWebexId(filled(piece)))).toBeLessThan(budgetMs);
  },
);
