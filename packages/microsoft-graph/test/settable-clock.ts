import { type EpochMs, instant, plus } from "@hybrid/kernel";

/** A clock that may be set: `pass` is time that really passes, `jump` is somebody setting the clock. */
export const settable = () => {
  let at: EpochMs = instant(1_800_000_000_000);
  let passedMs = 0;
  return {
    now: () => at,
    /** Real time since the start. */
    passedMs: () => passedMs,
    pass: (ms: number) => {
      at = plus(at, ms);
      passedMs += ms;
    },
    jump: (ms: number) => {
      at = plus(at, ms);
    },
  };
};
