import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { access, mkdir, mkdtemp, rename, rm } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

/** Microsoft's libraries. */
export const microsoftPackages = ["azure-identity==1.27.0", "msgraph-sdk==1.65.0"];
/** The Webex community's library, and the one that its Python samples for calling use. */
export const webexPackages = ["webexpythonsdk==2.0.6", "wxc-sdk==1.41.0"];

/** Where libraries for Python are, or why they are not, in words for a person. */
export type PythonSdks = { readonly folder: string } | { readonly folder: null; readonly reason: string };

/**
 * Has pip put them into the user's cache, once: they are large (30 s with a quick network). The folder is
 * renamed to its place when it is whole, so that neither a broken try nor another test at work spoils it.
 */
export const pythonSdks = async (packages: readonly string[]): Promise<PythonSdks> => {
  const cache = join(process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache"), "hybrid-services");
  const key = async (): Promise<string> => {
    const { stdout } = await run("python3", ["--version"]);
    return createHash("sha256").update(`${stdout}${packages.join()}`).digest("hex").slice(0, 12);
  };
  try {
    const folder = join(cache, `python-sdks-${await key()}`);
    const isThere = await access(folder).then(
      () => true,
      () => false,
    );
    if (isThere) return { folder };
    await mkdir(cache, { recursive: true });
    const target = await mkdtemp(join(cache, "python-sdks-"));
    const words = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--target", target];
    try {
      await run("python3", [...words, ...packages], { timeout: 240_000 });
      await rename(target, folder);
    } catch (error) {
      await rm(target, { recursive: true, force: true });
      // Another test may have been faster: then its folder is as good.
      await access(folder).catch(() => Promise.reject(error as Error));
    }
    return { folder };
  } catch (error) {
    return { folder: null, reason: String(error).split("\n")[0] ?? "" };
  }
};
