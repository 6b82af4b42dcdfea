import { chmodSync, closeSync, openSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { type EpochMs, ProviderError, plus, type Scheduler } from "@hybrid/kernel";
import { z } from "zod";
import type { StoredTokens, TokenStore } from "./refreshing-token.ts";

/** A store that holds a file, and must be closed. */
export interface TokenFile extends TokenStore {
  close(): void;
}

const at = z
  .number()
  .int()
  .transform((value) => value as EpochMs);
const Stored = z.object({
  accessToken: z.string().min(1),
  accessIssuedAt: at,
  accessExpiresAt: at,
  refreshToken: z.string().min(1),
  refreshExpiresAt: at.nullable(),
  previousRefreshToken: z.string().nullable(),
});

const retryMs = 50;
const patienceMs = 30_000;

/** SQLITE_BUSY: somebody else holds the lock. */
const isBusy = (error: unknown): boolean => (error as { readonly errcode?: number }).errcode === 5;

const wait = async (scheduler: Scheduler, ms: number): Promise<void> =>
  await new Promise((resolve) => {
    scheduler.at(plus(scheduler.now(), ms), resolve);
  });

/** Does what needs the file to itself, as soon as no other process has it. */
const patiently = async <Result>(
  { scheduler, path }: { readonly scheduler: Scheduler; readonly path: string },
  work: () => Result,
): Promise<Result> => {
  const lastAt = plus(scheduler.now(), patienceMs);
  for (;;)
    try {
      return work();
    } catch (error) {
      if (!isBusy(error)) throw error;
      if (scheduler.now() >= lastAt)
        throw new ProviderError(
          `another process has kept ${path} for ${patienceMs} ms`,
          { code: "unavailable", retryable: true },
          { cause: error },
        );
      await wait(scheduler, retryMs);
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
  let turn: Promise<unknown> = Promise.resolve();
  const file = { scheduler, path };

  return {
    load: async () => {
      const read = data.prepare("SELECT value FROM tokens WHERE name = ?");
      const row = await patiently(file, () => read.get(name));
      return row === undefined ? undefined : Stored.parse(JSON.parse(String(row["value"])));
    },
    save: async (tokens: StoredTokens) => {
      const write = data.prepare("INSERT OR REPLACE INTO tokens (name, value) VALUES (?, ?)");
      await patiently(file, () => write.run(name, JSON.stringify(tokens)));
    },
    exclusively: async (work) => {
      const mine = turn.then(async () => {
        await patiently({ ...file, path: `${path}.lock` }, () => lock.exec("BEGIN EXCLUSIVE"));
        try {
          return await work();
        } finally {
          lock.exec("ROLLBACK");
        }
      });
      turn = mine.catch(() => undefined);
      return await mine;
    },
    close: () => {
      data.close();
      lock.close();
    },
  };
};
