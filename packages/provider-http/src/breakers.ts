import { EventEmitter } from "node:events";
import { type Clock, ProviderError } from "@hybrid/kernel";
import { LRUCache } from "lru-cache";
import CircuitBreaker from "opossum";

/** When breakers open and for how long, and how many are kept. */
export interface BreakerLimits {
  /** Breakers that are kept. */
  readonly breakersMax: number;
  /** A breaker opens on no fewer requests than this within its window; at least 10. */
  readonly breakerVolumeMin: number;
  /** It opens when more than this percentage of them failed. */
  readonly breakerErrorPercentage: number;
  /** Milliseconds. */
  readonly breakerWindowMs: number;
  /** How long it stays open before one request may probe, milliseconds. */
  readonly breakerResetMs: number;
}

/** Where it is said that a breaker has opened: ids only. pino fits. */
export interface BreakerLogger {
  warn(fields: Readonly<Record<string, unknown>>, message: string): void;
}

/** What breakers are made of. */
export interface BreakerOptions {
  readonly clock: Clock;
  readonly limits: BreakerLimits;
  /** Whether an error counts against the service; {@link saysServiceFails} when left out. */
  readonly counts?: (error: unknown) => boolean;
  readonly logger?: BreakerLogger | undefined;
}

/** One breaker for each key. */
export interface Breakers {
  /**
   * Runs `action` unless the breaker is open. Throws ProviderError breakerOpen with the time left until it
   * lets a probe through, or what `action` throws.
   */
  run<Result>(at: BreakerPlace, action: () => Promise<Result>): Promise<Result>;
  /** Shuts every breaker down. */
  close(): void;
}

/** Which breaker, and what to call it and the request. */
export interface BreakerPlace {
  /** Requests with the same key share a breaker. */
  readonly key: string;
  /** What fails, in words for an error: `events of tenant <id>`. */
  readonly subject: string;
  /** What a log line names it by. */
  readonly fields: Readonly<Record<string, unknown>>;
  /** The request, in words for an error. */
  readonly what: string;
}

type Opossum = CircuitBreaker<[() => Promise<unknown>], unknown>;

interface Breaker {
  readonly opossum: Opossum;
  /** Turns opossum's rolling window on by one bucket. */
  readonly window: EventEmitter;
  windowTurnedAt: number;
  openedAt: number | null;
}

const windowBuckets = 10;
/**
 * opossum insists on a timer for its half-open state; ours is the clock, so its own lies beyond any uptime.
 */
const neverMs = 2_147_483_647;
/** While the one probe is under way, others come back after this. */
const probeRetryAfterMs = 1_000;

/** Answers that say something about the service, not about the request: 5xx, no answer, no answer in time. */
export const saysServiceFails = (error: unknown): boolean =>
  error instanceof ProviderError && (error.code === "unavailable" || error.code === "deadlineExceeded");

const createOpossum = (
  { limits, counts = saysServiceFails }: BreakerOptions,
  window: EventEmitter,
  halfOpen: boolean,
): Opossum => {
  const options: CircuitBreaker.Options<[() => Promise<unknown>]> = {
    timeout: false,
    resetTimeout: neverMs,
    volumeThreshold: Math.max(10, limits.breakerVolumeMin),
    errorThresholdPercentage: limits.breakerErrorPercentage,
    rollingCountTimeout: limits.breakerWindowMs,
    rollingCountBuckets: windowBuckets,
    rollingPercentilesEnabled: false,
    enableSnapshots: false,
    rotateBucketController: window,
    errorFilter: (error: unknown) => !counts(error),
  };
  // `state` is documented by opossum and missing from its types.
  const state = { enabled: true, closed: !halfOpen, halfOpen, warmUp: false, shutdown: false };
  const withState = { ...options, state };
  return new CircuitBreaker((run: () => Promise<unknown>) => run(), withState);
};

/**
 * opossum breakers, bounded in number. opossum measures its window and its reset with real timers; here both
 * follow our clock, so that a virtual hour is an hour for them too: the window is turned when a request
 * comes, and a breaker whose time is up is replaced by one that starts half open.
 */
export const createBreakers = (options: BreakerOptions): Breakers => {
  const { clock, limits, logger } = options;
  const breakers = new LRUCache<string, Breaker>({
    max: limits.breakersMax,
    // Also one that is replaced.
    dispose: (old) => old.opossum.shutdown(),
  });
  const bucketMs = limits.breakerWindowMs / windowBuckets;

  const create = ({ key, fields }: BreakerPlace, halfOpen: boolean): Breaker => {
    const window = new EventEmitter();
    const opossum = createOpossum(options, window, halfOpen);
    const made: Breaker = { opossum, window, windowTurnedAt: clock.now(), openedAt: null };
    opossum.on("open", () => {
      made.openedAt = clock.now();
      logger?.warn({ ...fields, resetMs: limits.breakerResetMs }, "breaker opened");
    });
    breakers.set(key, made);
    return made;
  };

  const turnWindow = (breaker: Breaker): void => {
    const turns = Math.floor((clock.now() - breaker.windowTurnedAt) / bucketMs);
    for (let turn = 0; turn < Math.min(turns, windowBuckets); turn++) breaker.window.emit("rotate");
    breaker.windowTurnedAt += turns * bucketMs;
  };

  const current = (at: BreakerPlace): Breaker => {
    const known = breakers.get(at.key) ?? create(at, false);
    turnWindow(known);
    // Opened in a time that has not come yet: the clock was set back, and must not keep the breaker open.
    if (known.openedAt !== null) known.openedAt = Math.min(known.openedAt, clock.now());
    const resetDue = known.openedAt !== null && clock.now() >= known.openedAt + limits.breakerResetMs;
    if (!known.opossum.opened || !resetDue) return known;
    return create(at, true);
  };

  const openError = (breaker: Breaker, { what, subject }: BreakerPlace): ProviderError => {
    const leftMs = (breaker.openedAt ?? 0) + limits.breakerResetMs - clock.now();
    const retryAfterMs = breaker.opossum.opened ? Math.max(1, leftMs) : probeRetryAfterMs;
    return new ProviderError(`${what}: not sent, because most recent requests to ${subject} failed`, {
      code: "breakerOpen",
      retryable: true,
      retryAfterMs,
    });
  };

  return {
    run: async <Result>(at: BreakerPlace, action: () => Promise<Result>): Promise<Result> => {
      const breaker = current(at);
      try {
        return (await breaker.opossum.fire(action)) as Result;
      } catch (error) {
        if (error instanceof Error && (error as NodeJS.ErrnoException).code === "EOPENBREAKER")
          throw openError(breaker, at);
        throw error;
      }
    },
    close: () => {
      for (const breaker of breakers.values()) breaker.opossum.shutdown();
    },
  };
};
