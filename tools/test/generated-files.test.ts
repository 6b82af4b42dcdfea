import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { accessRules } from "@hybrid/contracts";
import { catalog } from "@hybrid/hybrid/services";
import { errorCatalog } from "@hybrid/kernel";
import { expect, test } from "vitest";
import { accessDocument } from "../src/access-document.ts";
import { dataTopicsFile, dataTopicsPath } from "../src/data-topics-file.ts";
import { errorsDocument } from "../src/errors-document.ts";
import { generatedFiles } from "../src/generated-files.ts";
import { goldenCases, goldenText } from "../src/golden-cases.ts";
import { topicsDocument } from "../src/topics-document.ts";

const root = join(import.meta.dirname, "../..");
const current = (path: string): string | undefined =>
  existsSync(join(root, path)) ? readFileSync(join(root, path), "utf8") : undefined;

const files = generatedFiles().map((file) => [file.path, file] as const);

test.each(files.filter(([, { once }]) => !once))(
  "%s is what the code says now (else: pnpm generate)",
  (path, { text }) => {
    expect(current(path)).toBe(text);
  },
);

test("the list of topics is what the files of topics say now (else: pnpm generate)", async () => {
  expect(current(dataTopicsPath)).toBe(await dataTopicsFile());
});

test.each(files.filter(([, { once }]) => once))("%s exists (else: pnpm generate)", (path) => {
  expect(current(path)).toBeDefined();
});

test("docs/TOPICS.md has a row for every topic and the fields of its record", () => {
  const text = topicsDocument(catalog);
  for (const { name, writers } of catalog.allTopics) {
    const row = text.split("\n").find((line) => line.startsWith(`| \`${name}\` |`));
    expect(row).toContain(writers.map((writer) => `\`${writer}\``).join(", "));
  }
  expect(text).toContain(
    "| `lifecycleEvent` | one of `reauthorizationRequired`, `subscriptionRemoved`, `missed` |",
  );
  expect(text).toContain("| `pending` | list of `PendingCall` |");
});

test("docs/ERRORS.md has a row for every code", () => {
  for (const code of Object.keys(errorCatalog)) expect(errorsDocument()).toContain(`\n| \`${code}\` |`);
});

test("docs/ACCESS.md has a section for every service, with what it may do and how that is granted", () => {
  const text = accessDocument(catalog);
  for (const { service, principal, bindings } of accessRules(catalog)) {
    const section = text.split("\n## ").find((part) => part.startsWith(`${service}\n`)) ?? "";
    expect(section).toContain(`Principal \`${principal}\`.`);
    const granted = section.replaceAll(/ \\\n +/g, " ");
    for (const { resource, name } of bindings)
      expect(granted).toContain(` --${resource.toLowerCase().replace("_", "-")} ${name}`);
    for (const line of text.split("\n").filter((each) => !each.startsWith("|")))
      expect(line.length).toBeLessThanOrEqual(110);
  }
});

test("golden cases reach the ends of every type", () => {
  const schema = {
    type: "record",
    name: "Thing",
    fields: [
      { name: "count", type: "long" },
      { name: "seenAt", type: ["null", "long"] },
      { name: "kind", type: { type: "enum", name: "Kind", symbols: ["a", "b"] } },
      { name: "again", type: "Kind" },
      { name: "list", type: { type: "array", items: "boolean" } },
    ],
  };
  const cases = Object.fromEntries(goldenCases(schema));
  const least = { count: Number.MIN_SAFE_INTEGER, seenAt: null, kind: "a", again: "a", list: [] };
  const greatest = { count: Number.MAX_SAFE_INTEGER, seenAt: Number.MAX_SAFE_INTEGER, kind: "b", again: "b" };
  expect(cases["least"]).toEqual(least);
  expect(cases["greatest"]).toEqual({ ...greatest, list: [true, true, true] });
  expect(cases["typical"]).toMatchObject({ count: 42, kind: "a", list: [true] });
});

test("a golden file holds bytes as hexadecimal digits", () => {
  const text = goldenText({ deep: [{ payload: new Uint8Array([1, 255]) }] }, new Uint8Array([195, 1]));
  expect(JSON.parse(text)).toEqual({ value: { deep: [{ payload: { $hex: "01ff" } }] }, hex: "c301" });
});
