import { existsSync, globSync, readFileSync } from "node:fs";
import { dirname, join, matchesGlob } from "node:path";
import { expect, test } from "vitest";

const root = join(import.meta.dirname, "../../..");
const linesOf = (path: string): readonly string[] => readFileSync(join(root, path), "utf8").split("\n");

interface Manifest {
  readonly name: string;
  readonly dependencies?: Readonly<Record<string, string>>;
}

const folders = new Map(
  globSync("{packages,services}/*/package.json", { cwd: root }).map((path) => {
    const { name, dependencies = {} } = JSON.parse(readFileSync(join(root, path), "utf8")) as Manifest;
    return [name, { folder: dirname(path), needs: Object.keys(dependencies) }] as const;
  }),
);

/** Folders of the packages of ours that a package needs, with those that these need. */
const needed = (name: string, seen = new Set<string>()): ReadonlySet<string> => {
  const found = folders.get(name);
  if (!found) throw new Error(`${name} is no package in packages or services`);
  if (seen.has(found.folder)) return seen;
  seen.add(found.folder);
  for (const need of found.needs) if (need.startsWith("@hybrid/")) needed(need, seen);
  return seen;
};

test("the image holds what hybrid needs, and no package besides", () => {
  const ignored = linesOf(".dockerignore").filter((line) => line !== "");
  const copied = linesOf("deploy/images/Dockerfile")
    .filter((line) => line.startsWith("COPY ") && !line.includes("--from"))
    .flatMap((line) => line.split(" ").slice(1, -1));
  const held = [...folders.values()]
    .map(({ folder }) => folder)
    .filter((folder) => copied.some((each) => folder === each || folder.startsWith(`${each}/`)))
    .filter((folder) => !ignored.some((pattern) => matchesGlob(folder, pattern)));
  expect(new Set(held)).toEqual(needed("@hybrid/hybrid"));
  expect(held).not.toContain("packages/demo");
  for (const path of copied) expect(existsSync(join(root, path))).toBe(true);
});
