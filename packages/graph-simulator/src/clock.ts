/**
 * The time the simulator lives in: token lifetimes, subscription expiry, delivery delays and throttling
 * windows are measured on it. A kernel `Scheduler` fits; so does {@link systemClock}.
 */
export interface SimulatorClock {
  /** Milliseconds since 1970-01-01T00:00:00Z. */
  now(): number;
  /** Runs `run` once at `dueAt`, never earlier and never synchronously; the result cancels it. */
  at(dueAt: number, run: () => void): () => void;
}

/** The longest delay that Node's timers take; anything later is re-armed. */
const timerDelayMsMax = 2_147_483_647;

/** Real time. Its timers do not keep the process alive: the listening server does. */
export const systemClock: SimulatorClock = {
  now: () => Date.now(),
  at: (dueAt, run) => {
    let timer: NodeJS.Timeout;
    const arm = (): void => {
      const left = dueAt - Date.now();
      timer = setTimeout(left > timerDelayMsMax ? arm : run, Math.min(Math.max(left, 0), timerDelayMsMax));
      timer.unref();
    };
    arm();
    return () => clearTimeout(timer);
  },
};
