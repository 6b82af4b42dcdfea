import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { appNames, permissions } from "../src/domain/permissions.ts";
import { refusals } from "../src/domain/refusals.ts";

const document = readFileSync(join(import.meta.dirname, "../../../docs/CONNECT.md"), "utf8");

const row = (...cells: readonly string[]): string => `| ${cells.join(" | ")} |`;

/** The rows as the document must have them; a failure prints what to put there. */
const permissionRows = appNames.flatMap((app) =>
  permissions[app].map(({ name, kind, need, forWhat, withoutIt }) =>
    row(app, `\`${name}\``, kind, need, forWhat, withoutIt),
  ),
);

const refusalRows = Object.entries(refusals).map(([code, { happened, todo }]) =>
  row(`\`${code}\``, `${happened} ${todo}`),
);

test.each([
  ["permissions", permissionRows],
  ["refusals", refusalRows],
])("docs/CONNECT.md has the rows of all %s, in order", (_name, rows) => {
  expect(document).toContain(rows.join("\n"));
});
