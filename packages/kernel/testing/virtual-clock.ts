import { type Cancel, type EpochMs, instant, later, plus, type Scheduler } from "../src/index.ts";

interface Appointment {
  readonly dueAt: EpochMs;
  readonly order: number;
  readonly run: () => void;
}

/**
 * A clock that moves only when told, and runs what falls due on the way, in order of due time, then of
 * asking. Callbacks may make new appointments; those within the stretch run too.
 */
export class VirtualClock implements Scheduler {
  #now: EpochMs;
  #asked = 0;
  readonly #appointments = new Set<Appointment>();

  /** Starts at `start`, by default 2026-01-05T08:00:00Z, a Monday morning. */
  constructor(start: EpochMs = instant(Date.UTC(2026, 0, 5, 8))) {
    this.#now = start;
  }

  now(): EpochMs {
    return this.#now;
  }

  at(dueAt: EpochMs, run: () => void): Cancel {
    const appointment = { dueAt, order: this.#asked++, run };
    this.#appointments.add(appointment);
    return () => this.#appointments.delete(appointment);
  }

  /** The earliest appointment's due time, or null when there is none. May lie in the past. */
  nextDueAt(): EpochMs | null {
    return this.#next()?.dueAt ?? null;
  }

  /** Moves to `at` and runs everything due by then; an earlier `at` only runs what is overdue. */
  advanceTo(at: EpochMs): void {
    for (let next = this.#next(); next && next.dueAt <= at; next = this.#next()) {
      this.#appointments.delete(next);
      this.#now = later(this.#now, next.dueAt);
      next.run();
    }
    this.#now = later(this.#now, at);
  }

  /** Moves by a duration in milliseconds. */
  advanceBy(ms: number): void {
    this.advanceTo(plus(this.#now, ms));
  }

  /**
   * Sets the clock without running anything, backwards too: a fault to be survived, not a passage of time.
   */
  jumpTo(at: EpochMs): void {
    this.#now = at;
  }

  #next(): Appointment | undefined {
    let first: Appointment | undefined;
    for (const each of this.#appointments)
      if (!first || each.dueAt < first.dueAt || (each.dueAt === first.dueAt && each.order < first.order))
        first = each;
    return first;
  }
}
