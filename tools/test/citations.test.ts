import { expect, test } from "vitest";
import { citations } from "../src/tidy/citations.ts";
import { treeOf } from "../src/tidy/rule.ts";
import { faultText } from "../src/tidy.ts";

const documents = {
  "docs/DESIGN.md": "# Design\n\n## Journal\n\n## Errors and what stops a partition\n",
  "docs/adr/0007-some-decision.md": "# 7. Some decision\n",
};

const faultsIn = (path: string, text: string): readonly string[] =>
  citations(
    treeOf(
      Object.entries({ ...documents, [path]: text }).map(([name, content]) => ({
        path: name,
        text: content,
      })),
      [],
    ),
  ).map(faultText);

// In pieces, so that a search for them finds no citation here.
const numbered = ["DESIGN", "section"].join(" ");
const closed = ["doss", "ier"].join("");

const source = "packages/runtime/src/planted.ts";

test.each([
  [
    "a section by number",
    `\n// See ${numbered} 2.\n`,
    `${source}:2 citation: nobody outside can open "${numbered}"; cite docs/DESIGN.md by a section's title, or a public page`,
  ],
  [
    "a section by number, across lines",
    "/**\n * As said (DESIGN\n * section 2).\n */\n",
    `${source}:2 citation: nobody outside can open "${numbered}"; cite docs/DESIGN.md by a section's title, or a public page`,
  ],
  [
    "notes that are not public",
    `/** So it is (facts ${closed}, 1.2). */\n`,
    `${source}:1 citation: nobody outside can open "${closed}"; cite docs/DESIGN.md by a section's title, or a public page`,
  ],
  [
    "a document that is not there",
    "// docs/NOWHERE.md\n",
    `${source}:1 citation: docs/NOWHERE.md does not exist`,
  ],
  [
    "a section that is not there",
    '// As docs/DESIGN.md, "Ledger" says.\n',
    `${source}:1 citation: docs/DESIGN.md has no section "Ledger"`,
  ],
  [
    "a section that is not there, across lines",
    '/**\n * As in docs/DESIGN.md,\n * "Errors and what stops\n * a worker".\n */\n',
    `${source}:2 citation: docs/DESIGN.md has no section "Errors and what stops a worker"`,
  ],
  ["a decision that is not there", "// ADR 8\n", `${source}:1 citation: ADR 8 does not exist in docs/adr`],
  [
    "a decision that is not there, across lines",
    "/**\n * See ADR\n * 12.\n */\n",
    `${source}:2 citation: ADR 12 does not exist in docs/adr`,
  ],
])("%s is refused", (_, text, fault) => {
  expect(faultsIn(source, text)).toEqual([fault]);
});

test("markdown is held to it too", () => {
  expect(faultsIn("docs/a.md", `See ADR 9 and the ${closed}.\n`)).toHaveLength(2);
});

test("what is there may be cited", () => {
  const text = [
    '// docs/DESIGN.md, docs/DESIGN.md, "Journal", ADR 7.',
    "/**",
    ' * As in docs/DESIGN.md, "Errors and what',
    ' * stops a partition".',
    " */",
    "// Others' pages are theirs: https://example.org/docs/other.md, ../docs/else.md.",
    "",
  ].join("\n");
  expect(faultsIn(source, text)).toEqual([]);
});
