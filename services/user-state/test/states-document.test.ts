import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { states } from "./cells.ts";
import { table } from "./cells-table.ts";
import { statesDocument } from "./states-document.ts";

const text = statesDocument();

test("docs/USER-STATES.md is what the table says now (else: pnpm generate)", () => {
  const path = join(import.meta.dirname, "../../../docs/USER-STATES.md");
  expect(readFileSync(path, "utf8")).toBe(text);
});

test("it has a section for every state and a row for every cell of the table", () => {
  const sections = text.split("\n## ").slice(1);
  expect(sections).toHaveLength(Object.keys(states).length);
  const rows = text.split("\n").filter((line) => line.startsWith("| ") && !line.startsWith("| when |"));
  expect(rows).toHaveLength(Object.values(table).flatMap((row) => Object.keys(row)).length);
});

test("no cell breaks a table of Markdown", () => {
  for (const cell of Object.values(table).flatMap((row) => Object.values(row)))
    expect(cell).not.toMatch(/[|\n]/);
});
