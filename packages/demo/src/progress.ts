import { forPeople } from "@hybrid/hybrid";
import colours from "picocolors";

/** Tells a person what goes on: one living line on a terminal, one line for each act in a pipe. */
export class Progress {
  readonly #startedMs = performance.now();
  #drawnMs = 0;
  readonly #live: boolean;
  readonly #speaks: boolean;

  /** Says nothing at all unless `speaks`. */
  constructor(speaks: boolean) {
    this.#speaks = speaks;
    this.#live = speaks && forPeople();
  }

  /** A new act begins. */
  act(text: string): void {
    if (!this.#speaks) return;
    this.#wipe();
    const seconds = ((performance.now() - this.#startedMs) / 1_000).toFixed(1).padStart(5);
    process.stdout.write(`${colours.gray(`${seconds} s`)}  ${text}\n`);
  }

  /** What the act led to. */
  note(text: string): void {
    if (!this.#speaks) return;
    this.#wipe();
    process.stdout.write(`         ${colours.gray(text)}\n`);
  }

  /** Redraws the living line, at most ten times a second. */
  tick(describe: () => string): void {
    if (!this.#live || performance.now() - this.#drawnMs < 100) return;
    this.#drawnMs = performance.now();
    const line = `         ${describe()}`.slice(0, (process.stdout.columns ?? 100) - 1);
    process.stdout.write(`\r\u001b[2K${colours.cyan(line)}`);
  }

  /** Seconds since the start, real time. */
  seconds(): number {
    return (performance.now() - this.#startedMs) / 1_000;
  }

  /** Ends the living line. */
  end(): void {
    this.#wipe();
  }

  #wipe(): void {
    if (this.#live) process.stdout.write("\r\u001b[2K");
  }
}
