import { type Cancel, plus, type Scheduler } from "@hybrid/kernel";
import type { DeadlineTimer } from "./options.ts";

/** The two ways in which time passes for a running service. */
export interface Clocks {
  readonly scheduler: Scheduler;
  readonly deadlineTimer: DeadlineTimer;
}

/**
 * Runs a callback once after `ms` by the scheduler's clock or in real time, whichever comes first. A clock
 * that is set back by an hour must not make a pause of a second last an hour (I5).
 */
export const afterAtMost = ({ scheduler, deadlineTimer }: Clocks, ms: number, run: () => void): Cancel => {
  const cancels: Cancel[] = [];
  const cancel: Cancel = () => {
    for (const each of cancels) each();
  };
  const end = (): void => {
    cancel();
    run();
  };
  cancels.push(scheduler.at(plus(scheduler.now(), ms), end), deadlineTimer(ms, end));
  return cancel;
};

/** A clock that is put forward may shorten {@link afterInFull}'s wait by so much each time. */
const stepMs = 1_000;

/**
 * Runs a callback once when `ms` have passed, for waits that keep somebody safe: counted in steps, each of
 * which ends by the scheduler's clock or in real time, so that a clock that jumps forward cuts no more than
 * one of them short, and one that is set back lengthens none.
 */
export const afterInFull = (clocks: Clocks, ms: number, run: () => void): Cancel => {
  let cancel: Cancel = () => undefined;
  const wait = (left: number): void => {
    const step = Math.min(left, stepMs);
    cancel = afterAtMost(clocks, step, () => (left > step ? wait(left - step) : run()));
  };
  wait(ms);
  return () => cancel();
};
