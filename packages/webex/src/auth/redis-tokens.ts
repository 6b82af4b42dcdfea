import { randomUUID } from "node:crypto";
import type { Scheduler } from "@hybrid/kernel";
import { openRedisClient } from "@hybrid/redis";
import { inTurns } from "./patiently.ts";
import { askingOf, awayError, type RedisTokensLogger, unavailable } from "./redis-asking.ts";
import { redisLock } from "./redis-lock.ts";
import { redisTokenKeys, saveScript } from "./redis-token-scripts.ts";
import type { TokenStore } from "./refreshing-token.ts";
import { readTokens, writtenTokens } from "./stored-tokens.ts";

/** A store that holds a connection, and must be closed. */
export interface RedisTokens extends TokenStore {
  /**
   * Connects. A Redis that is merely away is logged, and tried again. Rejects with ConfigError when only
   * somebody's hand can mend it: unknown host, wrong password, a certificate that nobody trusts.
   */
  connect(): Promise<void>;
  close(): void;
}

/** What a store in Redis is made of. */
export interface RedisTokensOptions {
  /** `redis://[user:password@]host[:port][/database]`, or `rediss://` for TLS. */
  readonly url: string;
  /** A certificate authority to trust besides the usual ones, PEM; NODE_EXTRA_CA_CERTS works as well. */
  readonly ca?: string;
  /** Whose tokens these are (an integration, an organisation): who gives the same name shares them. */
  readonly name: string;
  readonly scheduler: Scheduler;
  readonly logger?: RedisTokensLogger;
  /** Milliseconds that Redis has for an answer; 2,000 when left out. */
  readonly deadlineMs?: number;
  /** Milliseconds after which the lock of a worker that died is free; 15,000 when left out. */
  readonly lockMs?: number;
  /** Milliseconds that a worker waits for the lock at most; 30,000 when left out. */
  readonly patienceMs?: number;
}

/**
 * Tokens in Redis, for workers of many machines, each set under its own name. One worker at a time has the
 * lock; it is free again after `lockMs` when that worker has died. Only who has it saves: a worker that stood
 * still for longer is refused, so an older answer never overwrites a newer one. What is saved is as durable
 * as that Redis makes it. Every wait has an end: rejects with ProviderError `unavailable`, without secrets,
 * when Redis is away or the lock is not to be had. Throws ConfigError when the address cannot be one.
 */
export const openRedisTokens = (options: RedisTokensOptions): RedisTokens => {
  const { name, scheduler, logger, deadlineMs = 2_000, lockMs = 15_000, patienceMs = 30_000 } = options;
  const client = openRedisClient({ ...options, deadlineMs, connectionName: "hybrid-webex-tokens" });
  const keys = redisTokenKeys(name);
  const saveTokens = client.script<number>(saveScript);
  const inTurn = inTurns();
  let closed = false;
  const ask = askingOf(client, scheduler, () => closed);
  const lock = redisLock(client, ask, { key: keys.lock, scheduler, logger, lockMs, patienceMs });
  let owner: string | undefined;

  return {
    connect: async () => {
      await client.connect();
      try {
        await client.get(keys.tokens);
      } catch (error) {
        logger?.warn({ redis: client.address }, awayError(client, error).message);
      }
    },
    load: async () => {
      const text = await ask(() => client.get(keys.tokens));
      return text === null ? undefined : readTokens(text);
    },
    save: async (tokens) => {
      const holder = owner;
      if (holder === undefined) throw new TypeError("tokens are saved within `exclusively` only");
      const text = writtenTokens(tokens);
      if ((await ask(() => saveTokens(2, keys.lock, keys.tokens, holder, text))) !== 1)
        throw unavailable(
          `the lock of the tokens for Webex in Redis at ${client.address} ended before they were saved; ` +
            "they are saved next time, unless newer ones are there by then",
        );
    },
    exclusively: async (work) =>
      await inTurn(async () => {
        const mine = randomUUID();
        await lock.take(mine);
        const endKeeping = lock.keep(mine);
        owner = mine;
        try {
          return await work();
        } finally {
          owner = undefined;
          endKeeping();
          await lock.end(mine);
        }
      }),
    close: () => {
      closed = true;
      client.close();
    },
  };
};
