import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import type { RepositoryFile } from "./tidy/rule.ts";

const bytesMax = 2_000_000;
const neverOurs: ReadonlySet<string> = new Set(["node_modules", ".git", ".hybrid", "coverage"]);

const walk = (root: string, folder: string): readonly string[] =>
  readdirSync(join(root, folder), { withFileTypes: true })
    .filter(({ name }) => !neverOurs.has(name) && !name.endsWith(".log"))
    .flatMap((entry) => {
      const path = folder === "" ? entry.name : `${folder}/${entry.name}`;
      return entry.isDirectory() ? walk(root, path) : [path];
    });

/** Paths that git tracks or would; without git (an unpacked archive), all but what is never ours. */
const pathsOf = (root: string): readonly string[] => {
  const git = spawnSync("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"], {
    cwd: root,
    encoding: "utf8",
    maxBuffer: 64 << 20,
  });
  return git.status === 0 ? git.stdout.split("\0").filter(Boolean) : walk(root, "");
};

/** The repository's text files as they lie in the working tree. */
export const repositoryFiles = (root: string): readonly RepositoryFile[] =>
  [...new Set(pathsOf(root))].flatMap((path) => {
    const status = statSync(join(root, path), { throwIfNoEntry: false });
    if (!status?.isFile() || status.size > bytesMax) return [];
    const text = readFileSync(join(root, path), "utf8");
    return text.includes("\0") ? [] : [{ path, text }];
  });
