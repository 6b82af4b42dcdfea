import { anySlowText, costMs, filled, runsLong, slowTexts } from "@hybrid/kernel/testing/slow-inputs";
import fc from "fast-check";
import { expect, test } from "vitest";
import { readPeople } from "../src/adapters/read-people.ts";

/** As much as has some thousand lines: every line that is refused costs a message of its own. */
const characters = runsLong ? 200_000 : 40_000;
const header = "objectId,tenantId,mailAddress\n";
const list = (piece: string): string => header + filled(piece, characters);

/** For one such list; it is read once, by an administrator's command, which nobody else waits for. */
const budgetMs = 3_000 * (characters / 200_000);

const readBoth = (text: string): number =>
  costMs(() => {
    for (const format of ["csv", "json"] as const) readPeople(text, format);
  }, budgetMs);

test.each([
  ...slowTexts(characters),
  ["empty fields", list(",")] as const,
  ["short lines", list("a,b,c\n")] as const,
  ["quotation marks behind a head", list('"')] as const,
  ["quoted line ends", `${header}"${filled("\n", characters)}",b,c\n`] as const,
  ["one long address", `${header}a,b,a@${filled("a-", characters)}\n`] as const,
  ["an address of labels", `${header}a,b,a@${filled("a.", characters)}\n`] as const,
  ["columns", filled("objectId,", characters)] as const,
  ["unknown columns", filled("x,", characters)] as const,
  ["objects", `[${filled("{},", characters).slice(0, -3)}{}]`] as const,
  ["the same person", `[${'{"objectId":"1"},'.repeat(characters / 20)}{}]`] as const,
  [
    "unknown fields",
    `[{${Array.from({ length: characters / 16 }, (_, nth) => `"f${nth}":1`).join(",")}}]`,
  ] as const,
  ["escapes in a list", `["${filled("\\\\", characters)}"]`] as const,
])("a list of %s is read or refused within the budget", (_, text) => {
  expect(readBoth(text)).toBeLessThan(budgetMs);
});

test("property: a list of any pieces, repeated, is read or refused within the budget", () => {
  fc.assert(
    fc.property(anySlowText([], characters), (given) => {
      expect(readBoth(header + given)).toBeLessThan(budgetMs);
    }),
    { numRuns: 8, endOnFailure: true },
  );
}, 60_000);
