import { rootCertificates } from "node:tls";
import { type Clock, ConfigError } from "@hybrid/kernel";
import { Redis } from "ioredis";
import type { SharedLimits } from "./local-fraction.ts";
import {
  closeScript,
  decisionOf,
  redisKeys,
  type TakeReply,
  takeArguments,
  takeScript,
} from "./redis-scripts.ts";

/** Where Redis is and how long it may take. */
export interface RedisConnectionOptions {
  /** `redis://[user:password@]host[:port][/database]`, or `rediss://` for TLS. */
  readonly url: string;
  /** A certificate authority to trust besides the usual ones, PEM; NODE_EXTRA_CA_CERTS works as well. */
  readonly ca?: string;
  /** Whose limits these are, ids only: who has the same name shares them. */
  readonly owner: string;
  /** Milliseconds for one answer. */
  readonly deadlineMs: number;
  /** The time instead of Redis's own; for tests. */
  readonly timeSource?: Clock;
}

/** A connection that mends itself; what is asked while it is down fails at once. */
export interface RedisConnection extends SharedLimits {
  /** `host:port`, for messages. */
  readonly address: string;
  /** Resolves when the connection is there for the first time. Rejects when the first attempt fails. */
  connect(): Promise<void>;
  /** Why it is down: the last failure of the connection itself, or null when there was none. */
  connectionError(): Error | null;
  /** Calls `run` whenever the connection is there (again). */
  onReady(run: () => void): void;
  close(): void;
}

interface Scripts {
  takeFromBuckets(...args: readonly (string | number)[]): Promise<TakeReply>;
  closeScope(...args: readonly (string | number)[]): Promise<unknown>;
}

interface Place {
  readonly host: string;
  readonly port: number;
  readonly db: number;
  readonly username?: string;
  readonly password?: string;
  readonly tls?: { readonly ca?: string[] };
}

/** Where REDIS_URL leads. Throws ConfigError that never repeats it: it may hold a password. */
const placeOf = ({ url, ca }: Pick<RedisConnectionOptions, "url" | "ca">): Place => {
  const parsed = URL.parse(url);
  const faults: string[] = [];
  if (parsed === null || !/^rediss?:$/.test(parsed.protocol) || parsed.hostname === "")
    faults.push("must be redis://[user:password@]host[:port][/database], or rediss:// for TLS");
  const database = parsed?.pathname.replace(/^\//, "") ?? "";
  if (!/^\d{0,5}$/.test(database)) faults.push("the database after the host must be a number");
  if (parsed === null || faults.length > 0) throw new ConfigError("REDIS_URL", faults);
  const { username, password, protocol, hostname, port } = parsed;
  return {
    host: hostname.replaceAll(/[[\]]/g, ""),
    port: port === "" ? 6_379 : Number(port),
    db: Number(database),
    ...(username === "" ? {} : { username: decodeURIComponent(username) }),
    ...(password === "" ? {} : { password: decodeURIComponent(password) }),
    ...(protocol === "rediss:" ? { tls: ca === undefined ? {} : { ca: [...rootCertificates, ca] } } : {}),
  };
};

const reconnectMsMax = 1_000;

const openRedis = (place: Place, deadlineMs: number): Redis =>
  new Redis({
    ...place,
    lazyConnect: true,
    connectionName: "hybrid-graph-limits",
    enableAutoPipelining: true,
    // Nothing may wait in a queue for Redis to come back, or be sent twice: the worker has gone on alone.
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    connectTimeout: 5_000,
    // A connection on which nothing comes back any more is given up; half-open ones last for hours otherwise.
    socketTimeout: Math.max(2_000, 8 * deadlineMs),
    retryStrategy: (times) => Math.min(50 * 2 ** Math.min(times, 10), reconnectMsMax),
    // After a failover this is a replica: the name may lead to the new primary by now.
    reconnectOnError: (error) => error.message.startsWith("READONLY"),
  });

/**
 * The work's result, unless it takes longer than `ms`. The time is given in two parts: a process that was
 * busy itself finds the first one passed before it has sent the question, and still has the second one.
 */
const within = async <Result>(ms: number, work: Promise<Result>): Promise<Result> =>
  await new Promise<Result>((resolve, reject) => {
    const late = (): void => reject(new Error(`no answer within ${ms} ms`));
    let timer = setTimeout(() => {
      timer = setTimeout(late, ms / 2);
    }, ms / 2);
    work.then(resolve, reject).finally(() => clearTimeout(timer));
  });

/**
 * The limits in Redis, by ioredis with automatic pipelining: whatever is asked in one turn of the event loop
 * goes over in one write. Scripts go by their digest, and whole when Redis does not know them.
 */
export const openRedisConnection = (options: RedisConnectionOptions): RedisConnection => {
  const { deadlineMs, timeSource } = options;
  const place = placeOf(options);
  const redis = openRedis(place, deadlineMs) as Redis & Scripts;
  redis.defineCommand("takeFromBuckets", { lua: takeScript });
  redis.defineCommand("closeScope", { lua: closeScript });
  const keys = redisKeys(options.owner);
  const now = (): string => (timeSource === undefined ? "" : String(timeSource.now() * 1_000));
  let connectionError: Error | null = null;
  redis.on("error", (error) => {
    connectionError = error;
  });
  redis.on("ready", () => {
    connectionError = null;
  });
  return {
    address: `${place.host}:${place.port}`,
    connect: async () => await redis.connect(),
    connectionError: () => connectionError,
    onReady: (run) => redis.on("ready", run),
    close: () => redis.disconnect(),
    take: async (buckets, cost, scopes) => {
      const args = takeArguments(keys, { buckets, cost, scopes, now: now() });
      return decisionOf(await within(deadlineMs, redis.takeFromBuckets(...args)), scopes);
    },
    closeScope: async (scope, forMs) => {
      const us = Math.ceil(forMs * 1_000);
      await within(deadlineMs, redis.closeScope(1, keys.closure(scope), now(), us));
    },
  };
};
