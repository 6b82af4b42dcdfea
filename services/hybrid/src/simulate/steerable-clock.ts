import type { SimulatorClock } from "@hybrid/graph-simulator";

interface Entry {
  readonly dueAt: number;
  readonly run: () => void;
}

/** How a {@link SteerableClock} starts. */
export interface ClockStart {
  /** Milliseconds since 1970 that the clock shows at first; now when left out. */
  readonly startAt?: number;
  /** True: time stands still and moves only when told to. */
  readonly isHeld: boolean;
}

/** The longest delay that Node's timers take. */
const timerMsMax = 2_147_483_647;

/** The simulators' clock: runs like a real one or stands still, and can be moved forward in both cases. */
export class SteerableClock implements SimulatorClock {
  readonly #isHeld: boolean;
  /** What the clock shows minus real time; what it shows, when it stands still. */
  #base: number;
  #entries: Entry[] = [];
  #timer: NodeJS.Timeout | undefined;

  constructor({ startAt = Date.now(), isHeld }: ClockStart) {
    this.#isHeld = isHeld;
    this.#base = isHeld ? startAt : startAt - Date.now();
  }

  now(): number {
    return this.#isHeld ? this.#base : this.#base + Date.now();
  }

  at(dueAt: number, run: () => void): () => void {
    const entry = { dueAt, run };
    this.#entries.push(entry);
    this.#arm();
    return () => {
      this.#entries = this.#entries.filter((other) => other !== entry);
    };
  }

  /** Moves time forward, running everything that falls due on the way, in order. */
  advance(ms: number): void {
    const until = this.now() + ms;
    for (let next = this.#nextUntil(until); next; next = this.#nextUntil(until)) {
      this.#base += Math.max(0, next.dueAt - this.now());
      this.#run(next);
    }
    this.#base += Math.max(0, until - this.now());
    this.#arm();
  }

  /** Nothing falls due any more. */
  stop(): void {
    this.#entries = [];
    clearTimeout(this.#timer);
  }

  #nextUntil(until: number): Entry | undefined {
    const due = this.#entries.filter((entry) => entry.dueAt <= until);
    return due.reduce<Entry | undefined>((a, b) => (a && a.dueAt <= b.dueAt ? a : b), undefined);
  }

  #run(entry: Entry): void {
    this.#entries = this.#entries.filter((other) => other !== entry);
    entry.run();
  }

  #arm(): void {
    clearTimeout(this.#timer);
    if (this.#isHeld || this.#entries.length === 0) return;
    const next = Math.min(...this.#entries.map(({ dueAt }) => dueAt));
    const delayMs = Math.min(Math.max(0, next - this.now()), timerMsMax);
    // The listening servers keep the process alive, not this.
    this.#timer = setTimeout(() => this.advance(0), delayMs).unref();
  }
}
