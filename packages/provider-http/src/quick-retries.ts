import { type EpochMs, ProviderError, plus, type Random, type Scheduler } from "@hybrid/kernel";
import { endedByCaller, waitUntil } from "./waiting.ts";

/** How often and how late a request may be tried again at once. */
export interface QuickRetryLimits {
  /** Attempts within one call, the first included. */
  readonly quickAttemptsMax: number;
  /** Full jitter: before retry n the wait is random up to `base * 2^n`, at most `max`; milliseconds. */
  readonly backoffBaseMs: number;
  readonly backoffMaxMs: number;
}

/** Within which bounds a request may be tried again at once. */
export interface QuickRetryOptions {
  readonly scheduler: Scheduler;
  readonly random: Random;
  readonly limits: QuickRetryLimits;
  readonly budgetEndsAt: EpochMs;
  readonly signal: AbortSignal;
  readonly what: string;
  /** Whether it may be sent again when it is unknown if it took effect. */
  readonly repeatable: boolean;
}

/**
 * Failures that a moment's patience may cure; everything else goes back to the actor and its timers. A failed
 * validation of our address passes often enough the second time, and it leaves nothing behind.
 */
const worthRepeating = (error: unknown, repeatable: boolean): error is ProviderError => {
  if (!(error instanceof ProviderError)) return false;
  if (error.code === "throttled") return error.status !== undefined;
  return error.code === "validationTimedOut" || (error.code === "unavailable" && repeatable);
};

/**
 * The first of the two retry tiers (docs/DESIGN.md, "Retries"): a few attempts with full jitter. A
 * Retry-After is waited out exactly, and one that does not fit into the budget ends the call with it.
 * `attempt` gets the error before it.
 */
export const withQuickRetries = async <Result>(
  options: QuickRetryOptions,
  attempt: (previous: ProviderError | null) => Promise<Result>,
): Promise<Result> => {
  const { scheduler, limits } = options;
  let previous: ProviderError | null = null;
  for (let made = 1; ; made++) {
    try {
      return await attempt(previous);
    } catch (error) {
      if (made >= limits.quickAttemptsMax || !worthRepeating(error, options.repeatable)) throw error;
      const jitterMs = options.random() * Math.min(limits.backoffMaxMs, limits.backoffBaseMs * 2 ** made);
      const dueAt = plus(scheduler.now(), Math.ceil(error.retryAfterMs ?? jitterMs));
      if (dueAt > options.budgetEndsAt) throw error;
      const { signal, what } = options;
      // Throttling stays throttling when the call ends meanwhile: it is no failure of the user.
      const ended = (): ProviderError => (error.code === "throttled" ? error : endedByCaller(what, signal));
      await waitUntil(scheduler, dueAt, { signal, ended });
      previous = error;
    }
  }
};
