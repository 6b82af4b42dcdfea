import { execFile } from "node:child_process";
import { createHash, randomUUID } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, rename, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const root = fileURLToPath(new URL("../", import.meta.url));
const sources = join(root, "page");
const cache = join(root, "node_modules/.cache/hybrid-page");

const require = createRequire(import.meta.url);

/** The version of a package as it is installed: another one may build another page. */
const versionOf = async (name: string): Promise<string> => {
  // Not every package lets its manifest be asked for by name, so it is found beside its entry.
  let folder = dirname(require.resolve(name));
  while (!existsSync(join(folder, "package.json")) && dirname(folder) !== folder) folder = dirname(folder);
  return readFile(join(folder, "package.json"), "utf8");
};

const digest = async (): Promise<string> => {
  const hash = createHash("sha256");
  const manifest = await readFile(join(root, "package.json"), "utf8");
  hash.update(manifest);
  const { dependencies } = JSON.parse(manifest) as {
    readonly dependencies: Readonly<Record<string, string>>;
  };
  for (const name of Object.keys(dependencies).sort()) hash.update(await versionOf(name));
  const folders = [sources, join(root, "src")];
  const listed = folders.map((folder) => readdir(folder, { recursive: true, withFileTypes: true }));
  const files = (await Promise.all(listed)).flat();
  const paths = files.filter((file) => file.isFile()).map((file) => join(file.parentPath, file.name));
  for (const path of paths.sort()) hash.update(path.slice(root.length)).update(await readFile(path));
  return hash.digest("hex").slice(0, 24);
};

/** A process of its own builds, because that takes memory and a processor for seconds. */
const build = async (into: string): Promise<void> => {
  const child = fileURLToPath(new URL("./build-child.ts", import.meta.url));
  const options = { cwd: root, maxBuffer: 16 << 20 };
  await promisify(execFile)(
    process.execPath,
    ["--disable-warning=ExperimentalWarning", child, into],
    options,
  );
};

const made = async (): Promise<string> => {
  const folder = join(cache, await digest());
  if (existsSync(join(folder, "index.html"))) return folder;
  await mkdir(cache, { recursive: true });
  const unfinished = join(cache, `unfinished-${randomUUID()}`);
  try {
    await build(unfinished);
    await rename(unfinished, folder);
  } catch (error) {
    await rm(unfinished, { recursive: true, force: true });
    // Another process may have been quicker; what it has built is the same.
    if (!existsSync(join(folder, "index.html"))) throw error;
  }
  return folder;
};

let making: Promise<string> | undefined;

/**
 * The folder of the built page. It is built when its sources, or what they use, have changed since; one build
 * serves all processes of this machine. Rejects with what the build says.
 */
export const builtPage = (): Promise<string> => {
  making ??= made().catch((error: unknown) => {
    making = undefined;
    throw error;
  });
  return making;
};
