import { EventEmitter } from "node:events";
import { type Clock, ProviderError } from "@hybrid/kernel";
import CircuitBreaker from "opossum";
import { MailboxOnlyError } from "../errors/mailbox-only-error.ts";
import type { GraphLogger } from "../options.ts";
import type { GraphLimits } from "./graph-limits.ts";
import { LruMap } from "./lru.ts";

/** The parts of Graph that fail independently of one another. */
export type ApiFamily = "subscriptions" | "events" | "mailboxSettings" | "token";

/** One breaker per tenant and API family. */
export interface Breakers {
  /**
   * Runs `action` unless the breaker is open. Throws ProviderError breakerOpen with the time left until it
   * lets a probe through, or what `action` throws.
   */
  run<Result>(at: BreakerPlace, action: () => Promise<Result>): Promise<Result>;
  /** Shuts every breaker down. */
  close(): void;
}

/** Which breaker, and what to call the request in errors. */
export interface BreakerPlace {
  readonly tenantId: string;
  readonly family: ApiFamily;
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
  error instanceof ProviderError &&
  (error.code === "unavailable" || error.code === "deadlineExceeded") &&
  !(error instanceof MailboxOnlyError);

const createOpossum = (limits: GraphLimits, window: EventEmitter, halfOpen: boolean): Opossum => {
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
    errorFilter: (error: unknown) => !saysServiceFails(error),
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
export const createBreakers = (clock: Clock, limits: GraphLimits, logger?: GraphLogger): Breakers => {
  const breakers = new LruMap<string, Breaker>(limits.breakersMax, (old) => old.opossum.shutdown());
  const bucketMs = limits.breakerWindowMs / windowBuckets;

  const create = (key: string, { tenantId, family }: BreakerPlace, halfOpen: boolean): Breaker => {
    const window = new EventEmitter();
    const opossum = createOpossum(limits, window, halfOpen);
    const made: Breaker = { opossum, window, windowTurnedAt: clock.now(), openedAt: null };
    opossum.on("open", () => {
      made.openedAt = clock.now();
      logger?.warn({ tenantId, family, resetMs: limits.breakerResetMs }, "breaker opened");
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
    const key = `${at.tenantId} ${at.family}`;
    const known = breakers.get(key) ?? create(key, at, false);
    turnWindow(known);
    // Opened in a time that has not come yet: the clock was set back, and must not keep the breaker open.
    if (known.openedAt !== null) known.openedAt = Math.min(known.openedAt, clock.now());
    const resetDue = known.openedAt !== null && clock.now() >= known.openedAt + limits.breakerResetMs;
    if (!known.opossum.opened || !resetDue) return known;
    known.opossum.shutdown();
    return create(key, at, true);
  };

  const openError = (breaker: Breaker, { what, family, tenantId }: BreakerPlace): ProviderError => {
    const leftMs = (breaker.openedAt ?? 0) + limits.breakerResetMs - clock.now();
    const retryAfterMs = breaker.opossum.opened ? Math.max(1, leftMs) : probeRetryAfterMs;
    return new ProviderError(
      `${what}: not sent, because most recent requests to ${family} of tenant ${tenantId} failed`,
      { code: "breakerOpen", retryable: true, retryAfterMs },
    );
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
