import type { ActorId, EpochMs } from "@hybrid/kernel";
import type { OwnedPartition, PolledRecord } from "@hybrid/log";
import { type KeySession, withKeys } from "@hybrid/sealing";
import type { Outcome } from "../call.ts";
import type { Phase } from "../options.ts";
import type { Batch } from "../step/batch.ts";
import type { RecordQueue } from "./record-queue.ts";
import type { TimerRelease } from "./timer-release.ts";

/** What a batch may have of its bytes once the first kind of inputs has been taken, the second, the last. */
const kindShares = [0.5, 0.75, 1];

/** What an intake takes from. */
export interface IntakeParts {
  readonly queue: RecordQueue;
  readonly timers: TimerRelease;
  readonly reach: (phase: Phase) => Promise<void>;
}

/** A batch to be fed, and the partition's time. */
export interface Feeding {
  readonly batch: Batch;
  readonly at: EpochMs;
  /** Null where nothing is sealed. */
  readonly keys: KeySession | null;
}

/**
 * What has arrived for a partition and is not yet applied: outcomes, due timers, records. A batch takes some
 * of each kind, so that none keeps another waiting.
 */
export class Intake {
  readonly #parts: IntakeParts;
  #outcomes: Outcome[] = [];
  #retrying: ActorId[] = [];
  /** With which kind the next batch begins. */
  #first = 0;
  #closed = false;

  constructor(parts: IntakeParts) {
    this.#parts = parts;
  }

  /** Whether outcomes wait. */
  get hasOutcomes(): boolean {
    return this.#outcomes.length > 0;
  }

  /** Begins to ask the log for records. */
  start(owned: OwnedPartition): void {
    this.#parts.queue.start(owned);
  }

  deliver(outcome: Outcome): void {
    this.#outcomes.push(outcome);
  }

  /** These parked actors' retry goes on in the next batch. */
  goOnWith(actors: readonly ActorId[]): void {
    this.#retrying.push(...actors);
  }

  /** Takes outcomes only from now on. */
  close(): void {
    this.#closed = true;
    this.#parts.timers.cancel();
  }

  /** Whether a batch would get anything at the partition's time `at`. */
  hasInputs(at: EpochMs): boolean {
    const { queue, timers } = this.#parts;
    if (this.hasOutcomes) return true;
    if (this.#closed) return false;
    return this.#retrying.length > 0 || queue.hasNext || timers.isReady(at);
  }

  /** Feeds a batch until it is full or nothing is left; returns the records that it has taken. */
  async feed(feeding: Feeding): Promise<readonly PolledRecord[]> {
    const records: PolledRecord[] = [];
    const kinds = [
      (share: number) => this.#takeOutcomes(feeding, share),
      (share: number) => this.#takeTimers(feeding, share),
      (share: number) => this.#takeRecords(feeding, share, records),
    ];
    for (const [n, share] of kindShares.entries()) await kinds[(this.#first + n) % kinds.length]?.(share);
    // Where a batch is full before every kind had its turn, the next one begins with another kind.
    this.#first = feeding.batch.isFull() ? (this.#first + 1) % kinds.length : 0;
    return records;
  }

  /**
   * Has the batch take something, with the keys that it needs. `again`: whether it may take the same once
   * more after the tells that follow from it were interrupted.
   */
  #fed({ batch, keys }: Feeding, take: () => void, again = false): Promise<void> | undefined {
    if (!keys) {
      take();
      return undefined;
    }
    return withKeys(keys, () => {
      const isRest = batch.isInterrupted;
      if (isRest) batch.resume();
      if (!isRest || again) take();
    });
  }

  async #takeOutcomes(feeding: Feeding, share: number): Promise<void> {
    const { batch } = feeding;
    if (this.#outcomes.length === 0) return;
    await this.#parts.reach("beforeOutcome");
    const outcomes = this.#outcomes;
    let taken = 0;
    for (let outcome = outcomes[0]; outcome && !batch.isFull(share); outcome = outcomes[++taken]) {
      const next = outcome;
      const fed = this.#fed(feeding, () => batch.takeOutcome(next));
      if (fed) await fed;
    }
    this.#outcomes = this.#outcomes.slice(taken);
  }

  async #takeTimers(feeding: Feeding, share: number): Promise<void> {
    const { batch, at } = feeding;
    if (this.#closed) return;
    const { timers } = this.#parts;
    timers.begin(at);
    while (!batch.isFull(share)) {
      const actor = timers.next(at);
      if (actor === undefined) return;
      const fed = this.#fed(feeding, () => void batch.takeTimers(actor, share), true);
      if (fed) await fed;
    }
  }

  /** Records, operators' orders before all others, and before them what those have begun and not finished. */
  async #takeRecords(feeding: Feeding, share: number, taken: PolledRecord[]): Promise<void> {
    const { batch } = feeding;
    await this.#parts.reach("beforeDecode");
    if (this.#closed) return;
    const { queue } = this.#parts;
    for (let actor = this.#retrying[0]; actor && !batch.isFull(share); actor = this.#retrying[0]) {
      this.#retrying.shift();
      const retried = actor;
      const fed = this.#fed(feeding, () => batch.takeRetry(retried), true);
      if (fed) await fed;
    }
    queue.begin();
    while (!batch.isFull(share)) {
      const record = queue.next();
      if (!record) break;
      const fed = this.#fed(feeding, () => batch.takeRecord(record));
      if (fed) await fed;
      taken.push(record);
    }
    // There is room again, for what comes while the commit is on its way.
    queue.nudge();
  }
}
