import { type Cancel, type EpochMs, instant, type Scheduler } from "@hybrid/kernel";

interface Appointment {
  readonly dueAt: EpochMs;
  readonly run: () => void;
  cancel: Cancel;
}

/**
 * A worker's own clock: the stage's, off by some milliseconds. When it is set right, appointments follow the
 * new time, as those of a machine do whose clock is put forward or back.
 */
export class WorkerClock implements Scheduler {
  readonly #clock: Scheduler;
  readonly #appointments = new Set<Appointment>();
  #aheadMs: number;

  /** `aheadMs`: how far it is ahead of the stage's clock; negative when it is behind. */
  constructor(clock: Scheduler, aheadMs: number) {
    this.#clock = clock;
    this.#aheadMs = aheadMs;
  }

  now(): EpochMs {
    return this.local(this.#clock.now());
  }

  /** What this clock shows at a time of the stage's clock. */
  local(at: EpochMs): EpochMs {
    return instant(at + this.#aheadMs);
  }

  at(dueAt: EpochMs, run: () => void): Cancel {
    const appointment: Appointment = { dueAt, run, cancel: () => undefined };
    this.#appointments.add(appointment);
    this.#arm(appointment);
    return () => {
      appointment.cancel();
      this.#appointments.delete(appointment);
    };
  }

  /** Sets the clock to the stage's time. */
  setRight(): void {
    this.#aheadMs = 0;
    for (const appointment of this.#appointments) {
      appointment.cancel();
      this.#arm(appointment);
    }
  }

  #arm(appointment: Appointment): void {
    appointment.cancel = this.#clock.at(instant(appointment.dueAt - this.#aheadMs), () => {
      this.#appointments.delete(appointment);
      appointment.run();
    });
  }
}
