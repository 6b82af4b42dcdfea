import { type Clock, ConfigError } from "@hybrid/kernel";
import type { RateLimiter } from "./gcra.ts";
import { type LimiterState, LocalFractionLimiter } from "./local-fraction.ts";
import { openRedisConnection, type RedisConnection } from "./redis-connection.ts";

/** Where the limiter says what became of Redis. pino fits. */
export interface RedisLimiterLogger {
  info(fields: Readonly<Record<string, unknown>>, message: string): void;
  warn(fields: Readonly<Record<string, unknown>>, message: string): void;
}

/** What a limiter through Redis is made of. */
export interface RedisLimiterOptions {
  /** `redis://[user:password@]host[:port][/database]`, or `rediss://` for TLS. */
  readonly url: string;
  /** A certificate authority to trust besides the usual ones, PEM; NODE_EXTRA_CA_CERTS works as well. */
  readonly ca?: string;
  /** Whose limits these are, ids only, for example the application's id: who gives the same shares them. */
  readonly owner: string;
  /** The worker's clock, for the time without Redis. */
  readonly clock: Clock;
  /** The most workers that share the limits; without Redis each gets its even part. At least 1. */
  readonly workersMax: number;
  /** Milliseconds that Redis has for an answer; 250 when left out. */
  readonly deadlineMs?: number;
  /** While Redis is away it is tried at most this often, milliseconds; 1,000 when left out. */
  readonly probeEveryMs?: number;
  readonly logger?: RedisLimiterLogger;
  /** Told each change: `shared` while Redis decides, `local` while this worker is alone. For a metric. */
  readonly onState?: (state: LimiterState) => void;
  /** The time that the buckets go by, in place of Redis's own TIME; for tests on a virtual clock only. */
  readonly timeSource?: Clock;
}

/** A limiter that a fleet shares. */
export interface RedisLimiter extends RateLimiter {
  /**
   * Connects. A Redis that is merely away is logged, and the worker starts alone. Rejects with ConfigError
   * when only somebody's hand can mend it: unknown host, wrong password, a certificate that nobody trusts.
   */
  connect(): Promise<void>;
  state(): LimiterState;
  /** Ends the connection; what is asked afterwards is decided locally. */
  close(): Promise<void>;
}

const checkNumbers = ({ workersMax, deadlineMs = 1, probeEveryMs = 1 }: RedisLimiterOptions): void => {
  const faults = Object.entries({ workersMax, deadlineMs, probeEveryMs })
    .filter(([, value]) => !Number.isSafeInteger(value) || value < 1)
    .map(([name, value]) => `${name} must be a whole number from 1, not ${value}`);
  if (faults.length > 0) throw new ConfigError("limits in Redis", faults);
};

/** What is logged when Redis goes: where, why, what follows, what to do. */
const outageLog = (connection: RedisConnection, error: unknown, workersMax: number) => {
  const { reason, advice } = connection.troubleOf(error);
  const message =
    `Redis at ${connection.address} does not answer: ${reason}. Until it does, this worker keeps to ` +
    `1/${workersMax} of every limit by itself; ${advice}`;
  return { fields: { redis: connection.address, reason, workersMax }, message };
};

/**
 * The limiter of a fleet: one script in Redis takes from all buckets of a request or from none, by Redis's
 * own time, and refuses what any worker was told to leave alone. It fails closed to a local fraction: without
 * an answer in time this worker goes on at 1/workersMax of every rate, and returns when Redis answers again.
 * Nothing is sent before {@link RedisLimiter.connect} or the first question. Throws ConfigError when the
 * options cannot work.
 */
export const createRedisLimiter = (options: RedisLimiterOptions): RedisLimiter => {
  checkNumbers(options);
  const { clock, workersMax, logger, onState, deadlineMs = 250, probeEveryMs = 1_000 } = options;
  const connection = openRedisConnection({ ...options, deadlineMs });
  let closed = false;
  const limiter = new LocalFractionLimiter({
    shared: connection,
    clock,
    workersMax,
    probeEveryMs,
    onOutage: (error) => {
      if (closed) return;
      const { fields, message } = outageLog(connection, error, workersMax);
      logger?.warn(fields, message);
      onState?.("local");
    },
    onReturn: () => {
      logger?.info({ redis: connection.address }, "Redis answers again and keeps the limits of all workers");
      onState?.("shared");
    },
  });
  connection.onReady(() => limiter.probe());
  return {
    take: (buckets, cost, scopes) => limiter.take(buckets, cost, scopes),
    closeScope: (scope, forMs) => limiter.closeScope(scope, forMs),
    state: () => limiter.state,
    connect: async () => {
      await connection.connect();
      // Asked for nothing, so that the state is known, and said, before the first request.
      await limiter.take([], 0);
    },
    close: async () => {
      closed = true;
      connection.close();
    },
  };
};
