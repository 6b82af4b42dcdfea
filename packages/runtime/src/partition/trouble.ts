import type { EpochMs, Scheduler } from "@hybrid/kernel";
import { type ErrorKind, kindOf, reasonOf } from "../errors.ts";

/** A loop that has run for this time without an error has left its trouble behind, in milliseconds. */
const calmAfterMs = 60_000;

/** A partition that has been fenced again and again for longer than this makes the process unhealthy. */
export const circlingAfterMs = 300_000;

/** Damage is real when this many owners in a row have met it, each by its own reading. */
const damageReadsMax = 3;

/** What follows an error. */
export interface Verdict {
  readonly kind: ErrorKind;
  /** No retry can mend it: a person must act. */
  readonly stop: boolean;
}

/**
 * Remembers the errors of one partition for as long as they come one after the other, and decides what to do
 * about the next. A stretch of trouble ends when the loop has run for {@link calmAfterMs} by the clock or for
 * real; commits do not end it, for a partition that gets a little further each time still goes in circles.
 */
export class Trouble {
  readonly #scheduler: Scheduler;
  #since: EpochMs | undefined;
  #running: { readonly since: EpochMs; readonly sinceReal: number } | undefined;
  #damage: { readonly reason: string; readonly times: number } | undefined;

  constructor(scheduler: Scheduler) {
    this.#scheduler = scheduler;
  }

  /** Whether errors have followed each other until only a restart from outside may help. */
  get isCircling(): boolean {
    const { now } = this;
    if (this.#since === undefined || this.#isCalm()) return false;
    return now - this.#since > circlingAfterMs;
  }

  get now(): EpochMs {
    return this.#scheduler.now();
  }

  /** The loop begins to work. */
  runs(): void {
    this.#running = { since: this.now, sinceReal: performance.now() };
  }

  /** It has ended, or did not come to work. */
  judge(error: unknown): Verdict {
    if (this.#isCalm()) this.#forget();
    this.#running = undefined;
    const kind = kindOf(error);
    // A restart of the process mends no clock, and would not make the release newer.
    if (kind === "clock" || kind === "tooNew") return { kind, stop: false };
    this.#since ??= this.now;
    if (kind !== "damage") return { kind, stop: false };
    const reason = reasonOf(error);
    const times = this.#damage?.reason === reason ? this.#damage.times + 1 : 1;
    this.#damage = { reason, times };
    return { kind, stop: times >= damageReadsMax };
  }

  #isCalm(): boolean {
    if (!this.#running) return false;
    const { since, sinceReal } = this.#running;
    return this.now - since >= calmAfterMs || performance.now() - sinceReal >= calmAfterMs;
  }

  #forget(): void {
    this.#since = undefined;
    this.#damage = undefined;
  }
}
