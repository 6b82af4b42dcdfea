import { plus, type Random, type Scheduler } from "@hybrid/kernel";
import { LogUnavailableError } from "../../errors.ts";

/** Settles as the promise does, or rejects with LogUnavailableError after `ms` milliseconds. */
export const within = <Result>(
  scheduler: Scheduler,
  { ms, what }: { readonly ms: number; readonly what: string },
  promise: Promise<Result>,
): Promise<Result> =>
  new Promise((resolve, reject) => {
    const cancel = scheduler.at(plus(scheduler.now(), ms), () =>
      reject(new LogUnavailableError(`${what} was not answered within ${ms} ms`)),
    );
    promise.then(resolve, reject).finally(cancel);
  });

/** Resolves after `ms` milliseconds, or as soon as the signal is aborted. */
export const pause = (scheduler: Scheduler, ms: number, signal?: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const end = (): void => {
      cancel();
      signal?.removeEventListener("abort", end);
      resolve();
    };
    const cancel = scheduler.at(plus(scheduler.now(), ms), end);
    if (signal?.aborted) end();
    else signal?.addEventListener("abort", end, { once: true });
  });

const firstMs = 50;
const lastMs = 1_000;

/** How long to wait before the next attempt after `failures` in a row: 50 ms to 1 s, half of it at random. */
export const backoffMs = (failures: number, random: Random): number =>
  Math.min(lastMs, firstMs * 2 ** Math.min(failures, 6)) * (0.5 + random() / 2);

/** Something to be waited for by one loop: a bell that stays rung until it was heard. */
export class Bell {
  #isRung = false;
  #hear: (() => void) | null = null;

  ring(): void {
    this.#isRung = true;
    this.#hear?.();
  }

  /** Resolves at the next ring, or at once when it rang since it was last heard. */
  async heard(): Promise<void> {
    if (!this.#isRung) await new Promise<void>((resolve) => (this.#hear = resolve));
    this.#hear = null;
    this.#isRung = false;
  }
}
