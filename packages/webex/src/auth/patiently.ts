import { plus, type Scheduler } from "@hybrid/kernel";

/** Between two attempts, milliseconds. */
const retryMs = 50;

/** How long what fails is tried again. */
export interface Patience {
  readonly scheduler: Scheduler;
  /** Milliseconds, in which the last attempt begins. */
  readonly forMs: number;
  /** Whether a failure passes by itself. */
  readonly passes: (error: unknown) => boolean;
}

/** Does what may have to wait. Rejects with the last failure when it does not pass, or not in time. */
export const patiently = async <Result>(
  { scheduler, forMs, passes }: Patience,
  work: () => Result | Promise<Result>,
): Promise<Result> => {
  const lastAt = plus(scheduler.now(), forMs);
  for (;;)
    try {
      return await work();
    } catch (error) {
      if (!passes(error) || scheduler.now() >= lastAt) throw error;
      await new Promise<void>((resolve) => {
        scheduler.at(plus(scheduler.now(), retryMs), resolve);
      });
    }
};

/** A function that does one piece of work after another, in the order in which they were given to it. */
export const inTurns = (): (<Result>(work: () => Promise<Result>) => Promise<Result>) => {
  let turn: Promise<unknown> = Promise.resolve();
  return async (work) => {
    const mine = turn.then(work);
    // Its failure is for who gave it; the next one only waits for its end.
    turn = mine.catch(() => undefined);
    return await mine;
  };
};
