import { type Cancel, type EpochMs, instant, type Scheduler } from "@hybrid/kernel";

/** A clock that jumps to every appointment as soon as it is made, and notes how far that was. */
export class PromptScheduler implements Scheduler {
  #now: EpochMs;
  /** Waits so far, milliseconds. */
  readonly waits: number[] = [];
  readonly #onWait: () => void;

  /** `onWait` runs before an appointment is kept. */
  constructor(start: EpochMs = instant(1_800_000_000_000), onWait: () => void = () => undefined) {
    this.#now = start;
    this.#onWait = onWait;
  }

  now(): EpochMs {
    return this.#now;
  }

  at(dueAt: EpochMs, run: () => void): Cancel {
    let cancelled = false;
    this.waits.push(dueAt - this.#now);
    queueMicrotask(() => {
      this.#onWait();
      if (cancelled) return;
      this.#now = dueAt;
      run();
    });
    return () => {
      cancelled = true;
    };
  }
}
