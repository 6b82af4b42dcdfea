import { chmodSync, closeSync, openSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { ProviderError, type Scheduler } from "@hybrid/kernel";
import { inTurns, patiently } from "./patiently.ts";
import type { StoredTokens, TokenStore } from "./refreshing-token.ts";
import { readTokens, writtenTokens } from "./stored-tokens.ts";

/** A store that holds a file, and must be closed. */
export interface TokenFile extends TokenStore {
  close(): void;
}

const patienceMs = 30_000;

/** SQLITE_BUSY: somebody else holds the lock. */
const isBusy = (error: unknown): boolean => (error as { readonly errcode?: number }).errcode === 5;

/** Does what needs the file to itself, as soon as no other process has it. */
const alone = async <Result>(
  { scheduler, path }: { readonly scheduler: Scheduler; readonly path: string },
  work: () => Result,
): Promise<Result> => {
  try {
    return await patiently({ scheduler, forMs: patienceMs, passes: isBusy }, work);
  } catch (error) {
    if (!isBusy(error)) throw error;
    throw new ProviderError(
      `another process has kept ${path} for ${patienceMs} ms`,
      { code: "unavailable", retryable: true },
      { cause: error },
    );
  }
};

/** Nobody but the owner may read it, from before anything stands in it. */
const openPrivately = (path: string): DatabaseSync => {
  closeSync(openSync(path, "a", 0o600));
  chmodSync(path, 0o600);
  return new DatabaseSync(path, { timeout: 0 });
};

/**
 * Tokens in a file, for the processes of one machine, each set under its own name (an integration, an
 * organisation). A save is on the disk when it resolves. The lock lies in a second file beside it; the
 * operating system takes it away from a process that dies. Throws the system's error when the file cannot be
 * opened.
 */
export const openTokenFile = (
  path: string,
  { name, scheduler }: { readonly name: string; readonly scheduler: Scheduler },
): TokenFile => {
  const data = openPrivately(path);
  const lock = openPrivately(`${path}.lock`);
  data.exec("PRAGMA synchronous = FULL");
  data.exec("CREATE TABLE IF NOT EXISTS tokens (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT");
  const inTurn = inTurns();
  const file = { scheduler, path };

  return {
    load: async () => {
      const read = data.prepare("SELECT value FROM tokens WHERE name = ?");
      const row = await alone(file, () => read.get(name));
      return row === undefined ? undefined : readTokens(String(row["value"]));
    },
    save: async (tokens: StoredTokens) => {
      const write = data.prepare("INSERT OR REPLACE INTO tokens (name, value) VALUES (?, ?)");
      await alone(file, () => write.run(name, writtenTokens(tokens)));
    },
    exclusively: async (work) =>
      await inTurn(async () => {
        await alone({ ...file, path: `${path}.lock` }, () => lock.exec("BEGIN EXCLUSIVE"));
        try {
          return await work();
        } finally {
          lock.exec("ROLLBACK");
        }
      }),
    close: () => {
      data.close();
      lock.close();
    },
  };
};
