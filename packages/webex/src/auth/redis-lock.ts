import { type Cancel, plus, type Scheduler } from "@hybrid/kernel";
import { endLockScript, keepLockScript, type RedisClient, takeLockScript } from "@hybrid/redis";
import { patiently } from "./patiently.ts";
import { type Ask, awayError, type RedisTokensLogger, unavailable } from "./redis-asking.ts";

/** A lock in Redis, for one owner at a time. */
export interface RedisLock {
  /** Waits until the lock is the owner's, at most `patienceMs`. Rejects with ProviderError `unavailable`. */
  take(owner: string): Promise<void>;
  /**
   * Renews it for as long as its owner has it and has not called what is returned. A lock that is lost stays
   * lost: what another has saved meanwhile must not be overwritten.
   */
  keep(owner: string): Cancel;
  /** Ends it. A failure is logged: the work is done, and the lock ends by itself after `lockMs`. */
  end(owner: string): Promise<void>;
}

/** What a lock is made of. */
export interface RedisLockOptions {
  readonly key: string;
  readonly scheduler: Scheduler;
  readonly logger: RedisTokensLogger | undefined;
  /** Milliseconds after which the lock of an owner who died is free. */
  readonly lockMs: number;
  /** Milliseconds that somebody waits for it at most. */
  readonly patienceMs: number;
}

/** Somebody else has the lock. */
class Held extends Error {}

/** The lock under a key. */
export const redisLock = (client: RedisClient, ask: Ask, options: RedisLockOptions): RedisLock => {
  const { key, scheduler, logger, lockMs, patienceMs } = options;
  const takeLock = client.script<number>(takeLockScript);
  const keepLock = client.script<number>(keepLockScript);
  const endLock = client.script<number>(endLockScript);
  const isHeld = (error: unknown): boolean => error instanceof Held;
  return {
    take: async (owner) => {
      try {
        await patiently({ scheduler, forMs: patienceMs, passes: isHeld }, async () => {
          if ((await ask(() => takeLock(1, key, owner, lockMs))) !== 1) throw new Held();
        });
      } catch (error) {
        if (!isHeld(error)) throw error;
        throw unavailable(
          `another worker has kept the tokens for Webex in Redis at ${client.address} for ${patienceMs} ms`,
        );
      }
    },
    keep: (owner) => {
      let cancel: Cancel = () => undefined;
      let ended = false;
      const renew = async (): Promise<void> => {
        try {
          if ((await keepLock(1, key, owner, lockMs)) !== 1) return;
        } catch (error) {
          logger?.warn({ redis: client.address }, awayError(client, error).message);
        }
        if (!ended) next();
      };
      const next = (): void => {
        cancel = scheduler.at(plus(scheduler.now(), lockMs / 3), () => void renew());
      };
      next();
      return () => {
        ended = true;
        cancel();
      };
    },
    end: async (owner) => {
      try {
        await endLock(1, key, owner);
      } catch (error) {
        const { message } = awayError(client, error);
        logger?.warn({ redis: client.address }, `${message}. The lock ends by itself within ${lockMs} ms`);
      }
    },
  };
};
