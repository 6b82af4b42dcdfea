import { ConfigError } from "@hybrid/kernel";
import { Redis } from "ioredis";
import { type RedisPlace, redisPlaceOf } from "./redis-place.ts";
import { type RedisTrouble, redisTrouble } from "./redis-trouble.ts";

/** Where Redis is and how long it may take. */
export interface RedisClientOptions {
  /** `redis://[user:password@]host[:port][/database]`, or `rediss://` for TLS. */
  readonly url: string;
  /** A certificate authority to trust besides the usual ones, PEM; NODE_EXTRA_CA_CERTS works as well. */
  readonly ca?: string;
  /** What Redis's list of clients shows for the connection. */
  readonly connectionName: string;
  /** Milliseconds for one answer. */
  readonly deadlineMs: number;
}

/**
 * A connection that mends itself; what is asked while it is down fails at once. Its errors hold the command
 * and so its secrets: read them with `troubleOf` and let them go.
 */
export interface RedisClient {
  /** `host:port`, for messages. */
  readonly address: string;
  /**
   * Resolves when the connection is there, or when Redis is merely away: it is then tried again in the
   * background. Rejects with ConfigError, and closes, when only somebody's hand can mend it: unknown host,
   * wrong password, a certificate that nobody trusts.
   */
  connect(): Promise<void>;
  /** Calls `run` whenever the connection is there (again). */
  onReady(run: () => void): void;
  /** The text under a key; null when there is none. */
  get(key: string): Promise<string | null>;
  /**
   * A script as a function of what EVAL takes behind it: number of keys, keys, values. It goes by its digest,
   * and whole when Redis does not know it.
   */
  script<Reply>(lua: string): (...args: readonly (string | number)[]) => Promise<Reply>;
  /**
   * Calls `heard` with every message on a channel, by a connection of its own that mends itself. What is said
   * while it is down is lost.
   */
  subscribe(channel: string, heard: (message: string) => void): void;
  /** Why the connection is down, or else what the error of a command says. */
  troubleOf(error: unknown): RedisTrouble;
  close(): void;
}

type Script = (...args: readonly (string | number)[]) => Promise<unknown>;

const reconnectMsMax = 1_000;

const openRedis = (place: RedisPlace, { connectionName, deadlineMs }: RedisClientOptions): Redis =>
  new Redis({
    ...place,
    lazyConnect: true,
    connectionName,
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

/** A connection that does nothing but listen. */
const openListener = (redis: Redis, channel: string, heard: (message: string) => void): Redis => {
  const listener = redis.duplicate({ keepAlive: 10_000, autoResubscribe: false });
  // The connection for commands tells why Redis is away.
  listener.on("error", () => undefined);
  listener.on("message", (_, message) => heard(message));
  listener.on("ready", () => {
    listener.subscribe(channel).catch(() => listener.disconnect(true));
  });
  // A first try that fails is tried again by ioredis, as every later one is.
  listener.connect().catch(() => undefined);
  return listener;
};

/**
 * Redis by ioredis with automatic pipelining: whatever is asked in one turn of the event loop goes over in
 * one write. Nothing is sent before `connect`. Throws ConfigError when the address cannot be one.
 */
export const openRedisClient = (options: RedisClientOptions): RedisClient => {
  const { deadlineMs } = options;
  const place = redisPlaceOf(options);
  const address = `${place.host}:${place.port}`;
  const redis = openRedis(place, options);
  let scripts = 0;
  const listeners: Redis[] = [];
  let connectionError: Error | null = null;
  redis.on("error", (error) => {
    connectionError = error;
  });
  redis.on("ready", () => {
    connectionError = null;
  });
  // Of the commands that fail because there is no connection, that is all that they say.
  const troubleOf = (error: unknown): RedisTrouble => redisTrouble(connectionError ?? error);
  return {
    address,
    connect: async () => {
      try {
        await redis.connect();
      } catch (error) {
        const { reason, advice, needsConfiguration } = troubleOf(error);
        if (!needsConfiguration) return;
        redis.disconnect();
        throw new ConfigError(`Redis at ${address} cannot be used`, [`${reason}: ${advice}`]);
      }
    },
    onReady: (run) => redis.on("ready", run),
    get: async (key) => await within(deadlineMs, redis.get(key)),
    script: <Reply>(lua: string) => {
      const name = `script${++scripts}`;
      redis.defineCommand(name, { lua });
      // The library adds a method of that name, which its types cannot know.
      const run = (redis as unknown as Readonly<Record<typeof name, Script>>)[name] as Script;
      return async (...args: readonly (string | number)[]) =>
        (await within(deadlineMs, run.apply(redis, [...args]))) as Reply;
    },
    subscribe: (channel, heard) => void listeners.push(openListener(redis, channel, heard)),
    troubleOf,
    close: () => {
      for (const listener of listeners) listener.disconnect();
      redis.disconnect();
    },
  };
};
