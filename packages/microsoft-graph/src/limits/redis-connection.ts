import type { Clock } from "@hybrid/kernel";
import { openRedisClient, type RedisClient, type RedisClientOptions } from "@hybrid/redis";
import type { SharedLimits } from "./local-fraction.ts";
import {
  closeScript,
  decisionOf,
  redisKeys,
  type TakeReply,
  takeArguments,
  takeScript,
} from "./redis-scripts.ts";

/** Where Redis is, how long it may take, and whose limits are there. */
export interface RedisConnectionOptions extends Omit<RedisClientOptions, "connectionName"> {
  /** Whose limits these are, ids only: who has the same name shares them. */
  readonly owner: string;
  /** The time instead of Redis's own; for tests. */
  readonly timeSource?: Clock;
}

/** The limits in Redis. */
export interface RedisConnection
  extends SharedLimits,
    Pick<RedisClient, "address" | "connect" | "onReady" | "troubleOf" | "close"> {}

/** The limits in Redis, over a connection of their own. */
export const openRedisConnection = (options: RedisConnectionOptions): RedisConnection => {
  const { timeSource, owner } = options;
  const client = openRedisClient({ ...options, connectionName: "hybrid-graph-limits" });
  const takeFromBuckets = client.script<TakeReply>(takeScript);
  const closeFor = client.script<unknown>(closeScript);
  const keys = redisKeys(owner);
  const now = (): string => (timeSource === undefined ? "" : String(timeSource.now() * 1_000));
  return {
    ...client,
    take: async (buckets, cost, scopes) =>
      decisionOf(
        await takeFromBuckets(...takeArguments(keys, { buckets, cost, scopes, now: now() })),
        scopes,
      ),
    closeScope: async (scope, forMs) => {
      await closeFor(1, keys.closure(scope), now(), Math.ceil(forMs * 1_000));
    },
  };
};
