import { type Cancel, type EpochMs, instant, type Random, type Scheduler } from "@hybrid/kernel";
import type { DeadlineTimer } from "../options.ts";

/**
 * A longer wait is cut into pieces: setTimeout counts real time, and after each piece we see whether the
 * machine's clock was put forward meanwhile, so that what is due by it comes at most so much too late.
 */
const timeoutMsMax = 60_000;

const now = (): EpochMs => instant(Date.now());

const runAt = (dueAt: EpochMs, run: () => void): Cancel => {
  let timer: NodeJS.Timeout;
  const wait = (): void => {
    const ms = dueAt - Date.now();
    timer = ms > timeoutMsMax ? setTimeout(wait, timeoutMsMax) : setTimeout(onDue, Math.max(0, ms));
  };
  const onDue = (): void => {
    // A timer may come a millisecond early, and the machine's clock may have been set back meanwhile.
    if (Date.now() < dueAt) wait();
    else run();
  };
  wait();
  return () => clearTimeout(timer);
};

/** The machine's clock and timers; waits of any length. */
export const systemScheduler = (): Scheduler => ({ now, at: runAt });

/** The machine's randomness: for jitter, never for secrets. */
export const systemRandom: Random = () => Math.random();

/** Real time, as {@link DeadlineTimer}; does not keep the process alive. */
export const systemDeadlineTimer: DeadlineTimer = (ms, run) => {
  const timer = setTimeout(run, ms);
  timer.unref();
  return () => clearTimeout(timer);
};

/** A reproducible sequence for a seed (mulberry32, 32 bits of state). */
export const seededRandom = (seed: number): Random => {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000;
  };
};
