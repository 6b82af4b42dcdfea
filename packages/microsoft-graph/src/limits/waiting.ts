import { type EpochMs, ProviderError, type Scheduler } from "@hybrid/kernel";

/** What a call that was ended from outside fails with: its deadline, or the shutdown of its owner. */
export const endedByCaller = (what: string, signal: AbortSignal): ProviderError =>
  new ProviderError(
    `${what}: ended before there was an answer; its deadline had passed, or its owner shuts down`,
    { code: "deadlineExceeded", retryable: true },
    { cause: signal.reason },
  );

/**
 * Resolves at `dueAt` of the scheduler's clock. Throws ProviderError deadlineExceeded when `signal` comes
 * first.
 */
export const waitUntil = async (
  scheduler: Scheduler,
  dueAt: EpochMs,
  on: { readonly signal: AbortSignal; readonly what: string },
): Promise<void> => {
  if (on.signal.aborted) throw endedByCaller(on.what, on.signal);
  await new Promise<void>((resolve, reject) => {
    const abort = (): void => {
      cancel();
      reject(endedByCaller(on.what, on.signal));
    };
    const cancel = scheduler.at(dueAt, () => {
      on.signal.removeEventListener("abort", abort);
      resolve();
    });
    on.signal.addEventListener("abort", abort, { once: true });
  });
};

/** The promise's result, unless `signal` comes first; the work itself goes on for whoever else awaits it. */
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
