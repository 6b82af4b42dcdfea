import { setTimeout as pause } from "node:timers/promises";

const lookEveryMs = 10;

/** What is waited for, and for how long at most, in milliseconds. */
export interface Wait {
  readonly what: string;
  readonly ms: number;
}

/** Waits for the condition; resolves with the milliseconds it took. Rejects naming what never came. */
export const until = async (
  { what, ms }: Wait,
  condition: () => boolean | Promise<boolean>,
): Promise<number> => {
  const startedAt = performance.now();
  while (!(await condition())) {
    if (performance.now() - startedAt > ms) throw new Error(`${what} did not come within ${ms} ms`);
    await pause(lookEveryMs);
  }
  return performance.now() - startedAt;
};

/** Lets a fault last. */
export const last = (ms: number): Promise<void> => pause(ms);
