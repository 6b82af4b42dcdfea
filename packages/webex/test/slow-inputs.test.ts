import { budgetMs, costMs, filled, slowTexts } from "@hybrid/kernel/testing/slow-inputs";
import { expect, test } from "vitest";
import { nextPage } from "../src/http/next-page.ts";
import { parseWebexId } from "../src/ids/webex-id.ts";

const current = new URL("https://webexapis.com/v1/people?max=10");

test.each([
  ...slowTexts(),
  ["semicolons behind a link", `<https://a>;${filled(";")}`] as const,
  ["blanks before the end", `<https://a>; rel="next"${filled(" ")}x`] as const,
])("a Link header and an id of %s are read within the budget", (_, text) => {
  const read = (): void => {
    expect(nextPage(text, current)).toBeUndefined();
  };
  expect(costMs(read)).toBeLessThan(budgetMs);
  expect(costMs(() => parseWebexId(text))).toBeLessThan(budgetMs);
});

test.each(["A", "/", "="])("an id of 1 MB of %j is read within the budget", (piece) => {
  expect(costMs(() => parseWebexId(filled(piece)))).toBeLessThan(budgetMs);
});
