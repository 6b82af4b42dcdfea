import { readdir, readFile } from "node:fs/promises";
import { expect, test } from "vitest";

const folder = new URL("./", import.meta.url);

test("every test that docs/ARCHIVE.md names is there", async () => {
  const document = await readFile(new URL("../../../docs/ARCHIVE.md", import.meta.url), "utf8");
  const named = document
    .split("\n")
    .filter((line) => /^\| (?:overview|set up|map users|monitor|known issues)/.test(line))
    .map((line) => line.split("|").at(-2)?.trim() ?? "");
  expect(named.length).toBeGreaterThanOrEqual(10);
  const own = (await readdir(folder)).filter((name) => name.endsWith(".test.ts"));
  // The log's table is shared with the pages that show it.
  const files = [...own, "../../../packages/contracts/test/archive-log-table.test.ts"];
  const tests = (await Promise.all(files.map((name) => readFile(new URL(name, folder), "utf8")))).join("\n");
  expect(named.filter((name) => !tests.includes(`"${name}"`))).toEqual([]);
});
