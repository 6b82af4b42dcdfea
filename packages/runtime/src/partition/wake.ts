/** Lets one waiter sleep until there is something to do; a ring while nobody sleeps is remembered. */
export class Wake {
  #rung = false;
  #waiter: (() => void) | undefined;

  ring(): void {
    this.#rung = true;
    const waiter = this.#waiter;
    this.#waiter = undefined;
    waiter?.();
  }

  /** Resolves at the next ring, at once when there was one since the last wait. */
  async wait(): Promise<void> {
    if (!this.#rung)
      await new Promise<void>((resolve) => {
        this.#waiter = resolve;
      });
    this.#rung = false;
  }

  /** Whether somebody sleeps, undisturbed. */
  get asleep(): boolean {
    return this.#waiter !== undefined;
  }
}

/** Lets input, output and other partitions have their turn. */
export const breathe = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
