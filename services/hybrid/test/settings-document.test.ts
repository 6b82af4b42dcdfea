import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseEnv } from "node:util";
import { Faults, namesOf, readSettings } from "@hybrid/settings";
import { expect, test } from "vitest";
import { settingsChapters as chaptersOf, knownVariables, settingsHelp } from "../src/settings.ts";
import { settingsDocument, settingsExample } from "../src/settings-document.ts";

const settingsChapters = chaptersOf();
const textOf = (path: string): string => readFileSync(join(import.meta.dirname, "../../..", path), "utf8");

test("docs/SETTINGS.md and the example file are what the code says now (else: pnpm generate)", () => {
  expect(textOf("docs/SETTINGS.md")).toBe(settingsDocument());
  expect(textOf("docs/examples/hybrid.env")).toBe(settingsExample());
});

test("every setting stands once, with a meaning, in the document, the help and the example", () => {
  const names = settingsChapters.flatMap(({ settings }) => Object.keys(settings));
  expect(new Set(names).size).toBe(names.length);
  const [document, help, example] = [settingsDocument(), settingsHelp(), settingsExample()];
  for (const { settings } of settingsChapters)
    for (const [name, { parts }] of Object.entries(settings)) {
      expect(parts.meaning).toMatch(/^[A-Z].*\.$/);
      expect(document).toContain(`| \`${name}\``);
      expect(help).toContain(`  ${name}`);
      expect(example).toMatch(new RegExp(`^#${name}(_FILE)?=`, "m"));
    }
  expect(namesOf(settingsChapters[0]!.settings).every((name) => knownVariables().includes(name))).toBe(true);
});

test("the example is only comments, and with them taken away every default is read as itself", () => {
  const example = settingsExample();
  expect(parseEnv(example)).toEqual({});
  const given = parseEnv(example.replaceAll(/^#(?=[A-Z_]+=)/gm, ""));
  for (const { settings } of settingsChapters)
    for (const [name, setting] of Object.entries(settings)) {
      if (setting.defaultText === null) continue;
      expect([name, given[name]]).toEqual([name, setting.defaultText]);
      const faults = new Faults();
      const read = readSettings({ [name]: setting }, given, faults);
      expect([faults.found, read?.[name]]).toEqual([[], setting.fallback as unknown]);
    }
});
