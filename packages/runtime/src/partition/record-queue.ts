import type { LogRecord, OwnedPartition, PolledRecord } from "@hybrid/log";
import type { RuntimeLimits } from "../options.ts";
import type { MemoryHolder } from "../process/memory-share.ts";
import type { RecordGate } from "./record-gate.ts";
import { Wake } from "./wake.ts";

/** How far ahead of the loop records may be polled, and whom to tell about new ones. */
export interface QueueOptions {
  readonly limits: RuntimeLimits;
  /** Called after records have arrived, and when polling has failed. */
  readonly arrived: () => void;
  /** Operators' orders: they overtake all other records. */
  readonly ordersTopic: string;
  /** Holds back what only a newer release can read; nothing is held back when it is left out. */
  readonly gate?: Pick<RecordGate, "passes" | "wait">;
}

/** What a record takes in memory beside its value and its key, about. */
const recordBytes = 200;

const bytesOf = (record: LogRecord): number =>
  recordBytes + (record.value?.length ?? 0) + (record.key?.length ?? 0);

/**
 * Polls ahead of the loop into a queue, also while a commit is on its way. Bounded by records, by bytes, and
 * by a share of the process's memory.
 */
export class RecordQueue implements MemoryHolder {
  readonly #options: QueueOptions;
  readonly #room = new Wake();
  readonly #ended = new AbortController();
  #records: PolledRecord[] = [];
  #head = 0;
  #bytes = 0;
  #bytesMax: number;
  #taken = { records: 0, bytes: 0 };
  #orders: PolledRecord[] = [];
  #polling: Promise<void> | undefined;
  /** What polling failed with; the partition cannot go on. */
  failure: unknown;

  constructor(options: QueueOptions) {
    this.#options = options;
    this.#bytesMax = 2 * options.limits.bytesPerBatchMax;
  }

  get size(): number {
    return this.#records.length - this.#head;
  }

  /** What is queued takes in memory, about. */
  get bytes(): number {
    return this.#bytes;
  }

  /** What is queued beyond it stays; no more is polled. */
  mayHold(bytes: number): void {
    this.#bytesMax = Math.min(2 * this.#options.limits.bytesPerBatchMax, bytes);
    this.#room.ring();
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
    this.#bytes = 0;
    await this.#polling;
  }

  /** Whether {@link next} has something. */
  get hasNext(): boolean {
    return this.#orders.length > 0 || this.size > 0;
  }

  /** Begins a batch: what it may take is counted from here. */
  begin(): void {
    this.#taken = { records: 0, bytes: 0 };
  }

  /** Takes the next record within a batch's bounds, operators' orders first; at least one if there is one. */
  next(): PolledRecord | undefined {
    // To be asked for every record: there are hardly ever orders, and a shift costs more than this look.
    if (this.#orders.length > 0) return this.#orders.shift();
    const record = this.#records[this.#head];
    if (!record) return undefined;
    const { recordsPerBatchMax, bytesPerBatchMax } = this.#options.limits;
    const taken = this.#taken;
    const bytes = bytesOf(record);
    if (taken.records > 0 && (taken.records >= recordsPerBatchMax || taken.bytes + bytes > bytesPerBatchMax))
      return undefined;
    taken.records += 1;
    taken.bytes += bytes;
    this.#bytes -= bytes;
    this.#head += 1;
    if (this.#head === this.#records.length) {
      this.#records = [];
      this.#head = 0;
    }
    return record;
  }

  /** Tells the poller to look again whether there is room. */
  nudge(): void {
    this.#room.ring();
  }

  #hasRoom(): boolean {
    const { recordsQueuedMax } = this.#options.limits;
    if (this.size > 0 && this.#bytes >= this.#bytesMax) return false;
    return this.size < recordsQueuedMax;
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
        const bytesMax = Math.max(1, Math.min(bytesPerBatchMax, this.#bytesMax - this.#bytes));
        const records = await owned.poll({ recordsMax, bytesMax }, signal);
        if (signal.aborted) return;
        await this.#addAll(records, signal);
        if (records.length > 0) this.#options.arrived();
      }
    } catch (error) {
      if (signal.aborted) return;
      this.failure = error;
      this.#options.arrived();
    }
  }

  /** In order: behind a record that has to wait, all others do. */
  async #addAll(records: readonly PolledRecord[], signal: AbortSignal): Promise<void> {
    const { arrived, gate } = this.#options;
    for (const record of records) {
      if (gate?.passes(record) === false) {
        arrived();
        await gate.wait(record, signal);
        if (signal.aborted) return;
      }
      this.#add(record);
    }
  }

  #add(record: PolledRecord): void {
    if (record.topic === this.#options.ordersTopic) {
      this.#orders.push(record);
      return;
    }
    this.#records.push(record);
    this.#bytes += bytesOf(record);
  }
}
