/** Waits `ms` milliseconds of real time, or less when the signal is aborted. */
export const pause = (ms: number, signal?: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal?.aborted) {
      resolve();
      return;
    }
    const end = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal?.addEventListener("abort", end, { once: true });
  });

/** Waits between attempts: doubles from `firstMs` to `lastMs`, with jitter of a quarter. */
export const backoffMs = (attempt: number, firstMs: number, lastMs: number): number =>
  Math.min(lastMs, firstMs * 2 ** Math.min(attempt, 20)) * (0.75 + Math.random() / 4);
