import { mkdir, readFile, rename, rm, rmdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { ProviderError } from "@hybrid/kernel";
import type { BlobStore } from "./ports.ts";

const codeOf = (error: unknown): string => (error as NodeJS.ErrnoException).code ?? "";

const failed = (what: string, error: unknown): ProviderError =>
  new ProviderError(`${what} (${codeOf(error)})`, { code: "unavailable", retryable: true }, { cause: error });

const checked = (folder: string, key: string): string => {
  if (/^(?:[A-Za-z0-9_-][A-Za-z0-9_.-]*\/)*[A-Za-z0-9_-][A-Za-z0-9_.-]*$/.test(key)) return join(folder, key);
  throw new ProviderError(`"${key}" is no place in a store`, { code: "invalidRequest", retryable: false });
};

/** Removes an item's folder with its last file; one that holds something, or is gone, is left alone. */
const removeEmpty = async (path: string): Promise<void> => {
  try {
    await rmdir(path);
  } catch (error) {
    if (!["ENOTEMPTY", "EEXIST", "ENOENT"].includes(codeOf(error))) throw error;
  }
};

/** A store in a folder, for one machine. What is half written never stands under its key. */
export const fileBlobs = (folder: string): BlobStore => {
  let written = 0;
  return {
    put: async (key, bytes) => {
      const path = checked(folder, key);
      const draft = `${path}.${process.pid}.${++written}`;
      try {
        await mkdir(dirname(path), { recursive: true, mode: 0o700 });
        await writeFile(draft, bytes, { mode: 0o600 });
        await rename(draft, path);
      } catch (error) {
        throw failed(`${key} cannot be stored`, error);
      }
    },
    get: async (key) => {
      try {
        return await readFile(checked(folder, key));
      } catch (error) {
        if (codeOf(error) === "ENOENT") return null;
        throw error instanceof ProviderError ? error : failed(`${key} cannot be read`, error);
      }
    },
    delete: async (key) => {
      const path = checked(folder, key);
      try {
        await rm(path, { force: true });
        if (key.includes("/")) await removeEmpty(dirname(path));
      } catch (error) {
        throw failed(`${key} cannot be deleted`, error);
      }
    },
  };
};
