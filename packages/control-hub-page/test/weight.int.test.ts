import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { builtPage } from "../src/built-page.ts";

/** Kilobytes of 1,000 bytes, as a network counts. */
const kilobytesMax = 300;

/** What a module brings along at once: its static imports, and theirs. */
const withImports = async (folder: string, first: string): Promise<ReadonlySet<string>> => {
  const found = new Set<string>();
  const open = [first];
  for (let file = open.pop(); file !== undefined; file = open.pop()) {
    if (found.has(file)) continue;
    found.add(file);
    const text = await readFile(join(folder, file), "utf8");
    for (const [, named = ""] of text.matchAll(/(?:from|import)\s*"\.\/([\w.-]+\.js)"/g)) open.push(named);
  }
  return found;
};

test("every page comes in under 300 kB, compressed, with what all pages need and one language", async () => {
  const folder = join(await builtPage(), "assets");
  const files = await readdir(folder);
  const html = await readFile(join(folder, "../index.html"), "utf8");
  const entry = /assets\/(index-[\w-]+\.js)/.exec(html)?.[1] ?? "";
  const language = files.find((file) => file.startsWith("en-")) ?? "";
  const weights = new Map<string, number>();
  for (const page of [
    "overview",
    "users",
    "groups-setup",
    "calendar-setup",
    "archive-setup",
    "archive-day",
    "explain",
    "rules",
    "workspaces",
    "migrations",
    "settings",
    "tenant-settings",
    "teams",
    "archive",
    "bulk",
    "me",
  ]) {
    const chunk = files.find((file) => file.startsWith(`${page}-`)) ?? "";
    const all = new Set<string>();
    for (const first of [entry, language, chunk])
      for (const file of await withImports(folder, first)) all.add(file);
    let bytes = 0;
    for (const file of all) bytes += gzipSync(await readFile(join(folder, file))).length;
    weights.set(page, Math.round(bytes / 1_000));
  }
  process.stdout.write(`kilobytes by page: ${JSON.stringify(Object.fromEntries(weights))}\n`);
  for (const [page, weight] of weights) expect([page, weight < kilobytesMax]).toEqual([page, true]);
  // Nothing from another host, and nothing that a strict policy would refuse.
  expect(html).not.toMatch(/<script(?![^>]*src=)|https?:\/\//);
}, 120_000);
