import { type EpochMs, ProviderError, type Random, type Scheduler } from "@hybrid/kernel";

/** What a call that was ended from outside fails with: its deadline, or the shutdown of its owner. */
export const endedByCaller = (what: string, signal: AbortSignal): ProviderError =>
  new ProviderError(
    `${what}: ended before there was an answer; its deadline had passed, or its owner shuts down`,
    { code: "deadlineExceeded", retryable: true },
    { cause: signal.reason },
  );

/**
 * A refusal of our own: throttled and retryable, so that it never counts as a failure of the user
 * (docs/DESIGN.md, "Retries").
 */
export const notSent = (what: string, why: string, retryAfterMs: number): ProviderError =>
  new ProviderError(`${what}: not sent, because ${why}`, {
    code: "throttled",
    retryable: true,
    retryAfterMs,
  });

/** After a wait in vain: stay away for 1 to 2 s, milliseconds, at random so that waiters part. */
export const comeBackAfterMs = (random: Random): number => Math.ceil(1_000 * (1 + random()));

/** What a call that was ended from outside fails with when it has waited for us and nothing was sent yet. */
export const endedWhileWaiting = (what: string, random: Random): ProviderError =>
  notSent(
    what,
    "its deadline passed, or its owner shut down, while it waited for its turn",
    comeBackAfterMs(random),
  );

/**
 * Resolves at `dueAt` of the scheduler's clock. Throws what `ended` makes when `signal` comes first.
 */
export const waitUntil = async (
  scheduler: Scheduler,
  dueAt: EpochMs,
  on: { readonly signal: AbortSignal; readonly ended: () => ProviderError },
): Promise<void> => {
  if (on.signal.aborted) throw on.ended();
  await new Promise<void>((resolve, reject) => {
    const abort = (): void => {
      cancel();
      reject(on.ended());
    };
    const cancel = scheduler.at(dueAt, () => {
      on.signal.removeEventListener("abort", abort);
      resolve();
    });
    on.signal.addEventListener("abort", abort, { once: true });
  });
};

/** The promise's result, unless `signal` comes first; the work itself goes on for others who await it. */
export const unlessEnded = async <Result>(
  work: Promise<Result>,
  on: { readonly signal: AbortSignal; readonly what: string },
): Promise<Result> =>
  await new Promise<Result>((resolve, reject) => {
    const abort = (): void => reject(endedByCaller(on.what, on.signal));
    const settled = (): void => on.signal.removeEventListener("abort", abort);
    on.signal.addEventListener("abort", abort, { once: true });
    work.then(resolve, reject).finally(settled);
    if (on.signal.aborted) abort();
  });
