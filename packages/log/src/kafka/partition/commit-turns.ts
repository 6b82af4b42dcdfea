/** Ends a turn: the commit is done, however it ended, or there was nothing to commit. */
export type EndTurn = () => void;

/** Where time comes from; tests have their own. */
export interface TurnClock {
  /** Milliseconds that never go back. */
  now(): number;
  /** Runs something once; the answer prevents that. */
  after(ms: number, run: () => void): () => void;
}

const systemClock: TurnClock = {
  now: () => performance.now(),
  after: (ms, run) => {
    const timer = setTimeout(run, ms);
    return () => clearTimeout(timer);
  },
};

/** Two commits at a time hardly hinder each other: they always may, and their pace is the measure. */
const limitMin = 2;
const limitMax = 64;

/** If commits beside others take this many times as long as nearly alone, fewer are let through. */
const slowdownMax = 1.3;

/** The limit is judged after this many commits, by the average of about the last `averageOf`. */
const judgeEvery = 16;
const averageOf = 16;

/**
 * If no commit ran nearly alone for `relearnAfterMs`, the next `relearnFrom` do, to measure their pace again.
 */
const relearnAfterMs = 30_000;
const relearnFrom = 8;

/** Measuring is given up after this many commits if none of them could be kept nearly alone. */
const relearnWithin = 64;

/** The longest wait for a turn, so that a broker that hangs does not hold up the partitions of others. */
const patienceMs = 25;
/** The longest wait while measuring again: commits of others may take longer than 25 ms. */
const relearnPatienceMs = 250;

/** The limit comes back after `aloneLeft` commits nearly alone, or after `left` commits in total. */
interface Relearning {
  readonly limit: number;
  aloneLeft: number;
  left: number;
}

interface Waiter {
  readonly go: () => void;
  readonly calm: () => void;
}

/**
 * Lets few commits run at a time where brokers or network are busy enough that more of them only wait for
 * each other there. A partition that waits here has not closed its batch yet: what arrives meanwhile goes
 * along, so that inputs wait for less and transactions are fewer. How many run is found by comparing how long
 * commits take beside others and nearly alone; where that is the same, nobody waits.
 */
export class CommitTurns {
  readonly #clock: TurnClock;
  readonly #waiting: Waiter[] = [];
  #limit = limitMin;
  #running = 0;
  #aloneMs: number | undefined;
  #besideMs: number | undefined;
  #aloneAt: number;
  #relearning: Relearning | undefined;
  #sinceJudged = 0;
  #somebodyWaited = false;

  constructor(clock: TurnClock = systemClock) {
    this.#clock = clock;
    this.#aloneAt = clock.now();
  }

  /** How many may run at a time at present. */
  get limit(): number {
    return this.#limit;
  }

  /** Resolves when a commit may begin, after a short while in any case; in the order of asking. */
  async take(): Promise<EndTurn> {
    if (this.#running >= this.#limit || this.#waiting.length > 0) await this.#wait();
    else this.#running += 1;
    const beside = this.#running;
    const from = this.#clock.now();
    let over = false;
    return () => {
      if (over) return;
      over = true;
      this.#running -= 1;
      this.#learn(this.#clock.now() - from, beside);
      this.#letThrough();
    };
  }

  #wait(): Promise<void> {
    this.#somebodyWaited = true;
    return new Promise((resolve) => {
      const go = (): void => {
        this.#running += 1;
        resolve();
      };
      const calm = this.#clock.after(this.#relearning ? relearnPatienceMs : patienceMs, () => {
        this.#waiting.splice(this.#waiting.indexOf(waiter), 1);
        go();
      });
      const waiter: Waiter = { go, calm };
      this.#waiting.push(waiter);
    });
  }

  #letThrough(): void {
    while (this.#running < this.#limit) {
      const next = this.#waiting.shift();
      if (!next) return;
      next.calm();
      next.go();
    }
  }

  #learn(ms: number, beside: number): void {
    const averaged = (before: number | undefined, of: number): number =>
      before === undefined ? ms : before + (ms - before) / of;
    const isAlone = beside <= limitMin;
    if (isAlone) {
      this.#aloneMs = averaged(this.#aloneMs, this.#relearning ? relearnFrom / 2 : averageOf);
      this.#aloneAt = this.#clock.now();
    } else this.#besideMs = averaged(this.#besideMs, averageOf);
    this.#sinceJudged += 1;
    if (this.#relearning) this.#relearn(this.#relearning, isAlone);
    else if (this.#sinceJudged >= judgeEvery) this.#judge();
  }

  #judge(): void {
    const [alone, beside] = [this.#aloneMs, this.#besideMs];
    if (this.#clock.now() - this.#aloneAt > relearnAfterMs) {
      this.#relearning = { limit: this.#limit, aloneLeft: relearnFrom, left: relearnWithin };
      this.#limit = limitMin;
    } else if (alone !== undefined && beside !== undefined && beside > slowdownMax * alone)
      this.#limit = Math.max(limitMin, this.#limit - 1);
    else if (this.#somebodyWaited) this.#limit = Math.min(limitMax, this.#limit + 1);
    // What was seen under another limit says nothing of this one.
    this.#besideMs = undefined;
    this.#sinceJudged = 0;
    this.#somebodyWaited = false;
  }

  #relearn(relearning: Relearning, isAlone: boolean): void {
    relearning.left -= 1;
    if (isAlone) relearning.aloneLeft -= 1;
    if (relearning.left > 0 && relearning.aloneLeft > 0) return;
    this.#limit = relearning.limit;
    this.#aloneAt = this.#clock.now();
    this.#besideMs = undefined;
    this.#relearning = undefined;
  }
}
