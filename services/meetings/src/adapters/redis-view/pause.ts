import { type Cancel, plus, type Scheduler } from "@hybrid/kernel";

/** Resolves after a time, or when a signal is aborted. */
export const pause = (scheduler: Scheduler, ms: number, ...signals: readonly AbortSignal[]): Promise<void> =>
  new Promise((resolve) => {
    const ended = AbortSignal.any([...signals]);
    let cancel: Cancel = () => undefined;
    const done = (): void => {
      cancel();
      ended.removeEventListener("abort", done);
      resolve();
    };
    if (ended.aborted) return resolve();
    cancel = scheduler.at(plus(scheduler.now(), ms), done);
    ended.addEventListener("abort", done, { once: true });
    return undefined;
  });
