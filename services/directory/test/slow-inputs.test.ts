import fc from "fast-check";
import { expect, test } from "vitest";
import { readPeople } from "../src/adapters/read-people.ts";

/** As much as has some ten thousand lines: every line that is refused costs a message of its own. */
const characters = 200_000;
const filled = (piece: string): string =>
  piece.repeat(Math.ceil(characters / piece.length)).slice(0, characters);
const header = "objectId,tenantId,mailAddress\n";

/** For one such list; it is read once, by an administrator's command, which nobody else waits for. */
const budgetMs = 3_000;

/** Processor time, so that a busy machine does not matter. */
const costMs = (work: () => void): number => {
  const before = process.threadCpuUsage();
  work();
  const { user, system } = process.threadCpuUsage(before);
  return (user + system) / 1_000;
};

test.each<[string, string]>([
  ["line ends", filled("\n")],
  ["empty fields", header + filled(",")],
  ["short lines", header + filled("a,b,c\n")],
  ["quotation marks", header + filled('"')],
  ["quoted line ends", `${header}"${filled("\n")}",b,c\n`],
  ["one long word", header + filled("a")],
  ["one long address", `${header}a,b,a@${filled("a-")}\n`],
  ["an address of labels", `${header}a,b,a@${filled("a.")}\n`],
  ["columns", filled("objectId,")],
  ["unknown columns", filled("x,")],
  ["semicolons", filled("a;")],
  ["lists within lists", `${"[".repeat(80_000)}${"]".repeat(80_000)}`],
  ["objects", `[${filled("{},").slice(0, -3)}{}]`],
  ["the same person", `[${'{"objectId":"1"},'.repeat(10_000)}{}]`],
  ["unknown fields", `[{${Array.from({ length: 12_000 }, (_, nth) => `"f${nth}":1`).join(",")}}]`],
  ["escapes", `["${filled("\\\\")}"]`],
])("a list of %s is read or refused within the budget", (_, text) => {
  for (const format of ["csv", "json"] as const)
    expect(costMs(() => readPeople(text, format))).toBeLessThan(budgetMs);
});

test("property: a list of any pieces, repeated, is read or refused within the budget", () => {
  const pieces = fc.constantFrom(
    "a",
    ",",
    '"',
    "\n",
    "\r",
    ";",
    "{",
    "}",
    "[",
    "]",
    ":",
    "\\",
    "objectId",
    "@",
    ".",
    " ",
  );
  const text = fc
    .array(pieces, { minLength: 1, maxLength: 5 })
    .map((parts) => header + filled(parts.join("")));
  fc.assert(
    fc.property(text, fc.constantFrom("csv", "json"), (given, format) => {
      expect(costMs(() => readPeople(given, format))).toBeLessThan(budgetMs);
    }),
    { numRuns: 8, endOnFailure: true },
  );
}, 60_000);
