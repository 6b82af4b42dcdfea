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
