import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect, onTestFinished, test } from "vitest";

const root = join(import.meta.dirname, "../..");

/** What the repository's linter says of one file, by rule. */
const rulesBroken = (path: string, text: string): readonly string[] => {
  const folder = mkdtempSync(join(tmpdir(), "hybrid-lint-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  cpSync(join(root, ".oxlintrc.json"), join(folder, ".oxlintrc.json"));
  mkdirSync(join(folder, dirname(path)), { recursive: true });
  writeFileSync(join(folder, path), text);
  const oxlint = join(root, "node_modules/oxlint/bin/oxlint");
  const { stdout } = spawnSync(process.execPath, [oxlint, "--format=json"], {
    cwd: folder,
    encoding: "utf8",
  });
  const { diagnostics } = JSON.parse(stdout) as { diagnostics: readonly { readonly code: string }[] };
  return diagnostics.map(({ code }) => code);
};

const domain = "services/decorator/src/domain/planted.ts";
const kernel = "packages/kernel/src/planted.ts";
const suite = "packages/runtime/test/planted.test.ts";
const imported = 'import { test } from "vitest";\n';

test.each([
  ["a clock in a decision", domain, "export const at = Date.now();\n", "eslint(no-restricted-globals)"],
  ["a log line in a decision", domain, "console.log(1);\n", "eslint(no-restricted-globals)"],
  ["a timer in the kernel", kernel, "setImmediate(() => 1);\n", "eslint(no-restricted-globals)"],
  [
    "chance in a template in a decision",
    domain,
    "export const a = `${Math.random()}`;\n",
    "eslint(no-restricted-properties)",
  ],
  [
    "a file system in the kernel",
    kernel,
    'export { readFileSync } from "node:fs";\n',
    "import(no-nodejs-modules)",
  ],
  ["a file system in a decision", domain, 'export * from "node:fs";\n', "import(no-nodejs-modules)"],
  ["a focused test", suite, `${imported}test.only("a", () => {});\n`, "vitest(no-focused-tests)"],
  ["a skipped test", suite, `${imported}test.skip("a", () => {});\n`, "vitest(no-disabled-tests)"],
  [
    "a test called it",
    suite,
    'import { it } from "vitest";\nit("works", () => {});\n',
    "vitest(consistent-test-it)",
  ],
])("lint refuses %s", (_what, path, text, rule) => {
  expect(rulesBroken(path, text)).toContain(rule);
});

test("lint takes a test that is skipped for a reason, and a pure decision", () => {
  const skipped = `${imported}test.skipIf(process.platform === "win32")("a", () => {});\n`;
  expect(rulesBroken(suite, skipped)).toEqual([]);
  expect(rulesBroken(domain, "export const twice = (of: number): number => 2 * of;\n")).toEqual([]);
});
