import type { Cancel, EpochMs, Scheduler } from "@hybrid/kernel";

/**
 * What every word between a simulated process and its surroundings passes: open while the process runs, shut
 * while it is frozen, shut for ever once it is dead.
 */
export class Gate {
  readonly #never: Promise<never> = new Promise(() => undefined);
  readonly #died = new AbortController();
  readonly #beat: () => void;
  #frozen: PromiseWithResolvers<void> | undefined;

  /** `beat` is called whenever something passes. */
  constructor(beat: () => void = () => undefined) {
    this.#beat = beat;
  }

  get dead(): boolean {
    return this.#died.signal.aborted;
  }

  /** A dead process is not frozen, however it died: nothing wakes it up. */
  get frozen(): boolean {
    return this.#frozen !== undefined && !this.dead;
  }

  /** Aborted when the process dies. */
  get deathSignal(): AbortSignal {
    return this.#died.signal;
  }

  kill(): void {
    this.#died.abort();
  }

  freeze(): void {
    this.#frozen ??= Promise.withResolvers<void>();
  }

  thaw(): void {
    const frozen = this.#frozen;
    this.#frozen = undefined;
    frozen?.resolve();
  }

  /** Resolves when the process may go on; never when it is dead. */
  async pass(): Promise<void> {
    while (this.#frozen && !this.dead) await Promise.race([this.#frozen.promise, this.#death()]);
    if (this.dead) await this.#never;
    this.#beat();
  }

  /** Asks and hears the answer only as a living process does; what was asked may happen all the same. */
  async through<Answer>(ask: () => Promise<Answer>): Promise<Answer> {
    await this.pass();
    try {
      const answer = await ask();
      await this.pass();
      return answer;
    } catch (error) {
      await this.pass();
      throw error;
    }
  }

  /** A scheduler that calls nobody who is frozen or dead; what falls due meanwhile comes at the thaw. */
  scheduler(clock: Scheduler): Scheduler {
    const at = (dueAt: EpochMs, run: () => void): Cancel => {
      let cancelled = false;
      const cancel = clock.at(dueAt, () => {
        if (!this.frozen) {
          this.#beat();
          if (!this.dead) run();
          return;
        }
        void this.#later(() => {
          if (!cancelled) run();
        });
      });
      return () => {
        cancelled = true;
        cancel();
      };
    };
    return { now: () => clock.now(), at };
  }

  async #later(run: () => void): Promise<void> {
    await this.pass();
    run();
  }

  #death(): Promise<void> {
    return new Promise((resolve) => {
      this.#died.signal.addEventListener("abort", () => resolve(), { once: true });
    });
  }
}
