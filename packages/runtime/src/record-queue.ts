import type { LogRecord, OwnedPartition } from "@hybrid/log";
import type { RuntimeLimits } from "./options.ts";
import { Wake } from "./wake.ts";

/** How far ahead of the loop records may be polled, and whom to tell about new ones. */
export interface QueueOptions {
  readonly limits: RuntimeLimits;
  /** Records must wait: too many calls have no outcome yet. */
  readonly blocked: () => boolean;
  /** Called after records have arrived, and when polling has failed. */
  readonly arrived: () => void;
  readonly orders: OrderSource;
}

/** Operators' orders: they overtake all other records, and are read even when those must wait. */
export interface OrderSource {
  readonly topic: string;
  /** The first one that is not applied yet. */
  readonly from: number;
  /** Reads some from an offset on; does not wait. */
  readonly read: (offset: number) => Promise<readonly LogRecord[]>;
}

const bytesOf = (record: LogRecord): number => (record.value?.length ?? 0) + (record.key?.length ?? 0);

/** Polls ahead of the loop into a bounded queue, also while a commit is on its way. */
export class RecordQueue {
  readonly #options: QueueOptions;
  readonly #room = new Wake();
  readonly #ended = new AbortController();
  #records: LogRecord[] = [];
  #head = 0;
  #bytes = 0;
  #orders: LogRecord[] = [];
  #orderNext: number;
  #polling: Promise<void> | undefined;
  /** What polling failed with; the partition cannot go on. */
  failure: unknown;

  constructor(options: QueueOptions) {
    this.#options = options;
    this.#orderNext = options.orders.from;
  }

  get size(): number {
    return this.#records.length - this.#head;
  }

  start(owned: OwnedPartition): void {
    this.#polling = this.#poll(owned);
  }

  /** Asks for no more records; does not wait. */
  stop(): void {
    this.#ended.abort();
    this.#room.ring();
  }

  /** Ends polling and drops what is queued: it stays in the log, and the position says so. */
  async end(): Promise<void> {
    this.stop();
    this.#records = [];
    this.#orders = [];
    this.#head = 0;
    await this.#polling;
  }

  /**
   * Takes operators' orders. While other records must wait nothing is polled, so then they are looked for.
   */
  async takeOrders(): Promise<readonly LogRecord[]> {
    if (this.#options.blocked())
      for (const order of await this.#options.orders.read(this.#orderNext)) this.#add(order);
    const taken = this.#orders;
    this.#orders = [];
    return taken;
  }

  /** Takes the next records within a batch's bounds, at least one if there is one. */
  take(): readonly LogRecord[] {
    const { recordsPerBatchMax, bytesPerBatchMax } = this.#options.limits;
    const taken: LogRecord[] = [];
    let bytes = 0;
    for (let record = this.#records[this.#head]; record; record = this.#records[this.#head]) {
      const more = bytesOf(record);
      if (taken.length > 0 && (taken.length >= recordsPerBatchMax || bytes + more > bytesPerBatchMax)) break;
      taken.push(record);
      bytes += more;
      this.#head += 1;
    }
    this.#bytes -= bytes;
    if (this.#head === this.#records.length) {
      this.#records = [];
      this.#head = 0;
    }
    this.#room.ring();
    return taken;
  }

  /** Tells the poller to look again whether it is still blocked. */
  nudge(): void {
    this.#room.ring();
  }

  #hasRoom(): boolean {
    const { recordsQueuedMax, bytesPerBatchMax } = this.#options.limits;
    return this.size < recordsQueuedMax && this.#bytes < 2 * bytesPerBatchMax && !this.#options.blocked();
  }

  async #poll(owned: OwnedPartition): Promise<void> {
    const { signal } = this.#ended;
    const { recordsPerBatchMax, recordsQueuedMax, bytesPerBatchMax } = this.#options.limits;
    try {
      while (!signal.aborted) {
        if (!this.#hasRoom()) {
          await this.#room.wait();
          continue;
        }
        const recordsMax = Math.min(recordsPerBatchMax, recordsQueuedMax - this.size);
        const records = await owned.poll({ recordsMax, bytesMax: bytesPerBatchMax }, signal);
        if (signal.aborted) return;
        for (const record of records) this.#add(record);
        if (records.length > 0) this.#options.arrived();
      }
    } catch (error) {
      if (signal.aborted) return;
      this.failure = error;
      this.#options.arrived();
    }
  }

  #add(record: LogRecord): void {
    if (record.topic !== this.#options.orders.topic) {
      this.#records.push(record);
      this.#bytes += bytesOf(record);
    } else if (record.offset >= this.#orderNext) {
      this.#orders.push(record);
      this.#orderNext = record.offset + 1;
    }
  }
}
