import { instant, type Scheduler } from "@hybrid/kernel";

const now = () => instant(Math.round(performance.now()));

/**
 * Real time that never jumps, counted from the start of the process: a session with the brokers lasts as long
 * as it lasts, whatever the machine's clock is set to and whatever time the service lives in.
 */
export const monotonicScheduler: Scheduler = {
  now,
  at(dueAt, run) {
    const timer = setTimeout(run, Math.max(0, dueAt - now()));
    return () => clearTimeout(timer);
  },
};
