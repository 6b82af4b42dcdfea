import type { LogRecord } from "../port.ts";
import type { Place } from "./offsets.ts";

/** Below this a source is asked for more, above it is left alone: its records wait in memory. */
const lowWaterBytes = 1_024 * 1_024;

const sizeOf = ({ key, value }: LogRecord): number => (key?.length ?? 0) + (value?.length ?? 0) + 50;

/** What was fetched of one partition of one source and not polled yet. */
export class SourceBuffer implements Place {
  readonly topic: string;
  readonly partition: number;
  /** Where to fetch on. */
  fetchOffset: number;
  /** What ended the fetching; the next poll rejects with it. */
  failure: unknown;
  readonly #arrived: () => void;
  #records: readonly LogRecord[] = [];
  #next = 0;
  #queue: (readonly LogRecord[])[] = [];
  #bytes = 0;

  constructor(place: Place & { readonly offset: number }, arrived: () => void) {
    this.topic = place.topic;
    this.partition = place.partition;
    this.fetchOffset = place.offset;
    this.#arrived = arrived;
  }

  get hungry(): boolean {
    return this.failure === undefined && this.#bytes < lowWaterBytes;
  }

  get isEmpty(): boolean {
    return this.#next >= this.#records.length && this.#queue.length === 0;
  }

  /** Takes in what was fetched. */
  fill(records: readonly LogRecord[], nextOffset: number): void {
    this.fetchOffset = nextOffset;
    if (records.length === 0) return;
    for (const record of records) this.#bytes += sizeOf(record);
    this.#queue.push(records);
    this.#arrived();
  }

  fail(error: unknown): void {
    this.failure = error;
    this.#arrived();
  }

  /** Moves records to `into` within the limits, at least one; returns the bytes taken. */
  take(into: LogRecord[], limit: { readonly recordsMax: number; readonly bytesMax: number }): number {
    let bytes = 0;
    for (let count = 0; count < limit.recordsMax && (bytes < limit.bytesMax || count === 0); count++) {
      const record = this.#shift();
      if (record === undefined) break;
      into.push(record);
      bytes += sizeOf(record);
    }
    this.#bytes -= bytes;
    return bytes;
  }

  #shift(): LogRecord | undefined {
    if (this.#next >= this.#records.length) {
      this.#records = this.#queue.shift() ?? [];
      this.#next = 0;
    }
    return this.#records[this.#next++];
  }
}

/** The sources of one owned partition, polled together. */
export class PartitionFeed {
  readonly sources: readonly SourceBuffer[];
  readonly #hungry: () => void;
  readonly #waiting = new Set<() => void>();
  #turn = 0;
  #closed = false;

  /** `hungry` is called whenever a source can take more. */
  constructor(places: readonly (Place & { readonly offset: number })[], hungry: () => void) {
    this.#hungry = hungry;
    const arrived = (): void => this.#wake();
    this.sources = places.map((place) => new SourceBuffer(place, arrived));
  }

  /** See {@link OwnedPartition.poll}. */
  async poll(
    limit: { readonly recordsMax: number; readonly bytesMax: number },
    signal: AbortSignal,
  ): Promise<readonly LogRecord[]> {
    while (!signal.aborted && !this.#closed) {
      const records = this.#takeInTurns(limit);
      if (records.length > 0) {
        this.#hungry();
        return records;
      }
      const failed = this.sources.find(({ failure }) => failure !== undefined);
      if (failed) {
        const { failure } = failed;
        // Whoever polls again wants it tried again: bytes may be damaged on their way only.
        failed.failure = undefined;
        this.#hungry();
        throw failure;
      }
      await this.#arrival(signal);
    }
    return [];
  }

  close(): void {
    this.#closed = true;
    this.#wake();
  }

  /** Each source gets an equal share of the limit, then those with more take what is left. */
  #takeInTurns(limit: { readonly recordsMax: number; readonly bytesMax: number }): LogRecord[] {
    const records: LogRecord[] = [];
    let bytesLeft = limit.bytesMax;
    let ready = this.#rotated().filter(({ isEmpty }) => !isEmpty);
    while (ready.length > 0 && records.length < limit.recordsMax && (bytesLeft > 0 || records.length === 0)) {
      const recordsShare = Math.max(1, Math.floor((limit.recordsMax - records.length) / ready.length));
      const bytesShare = Math.max(1, Math.floor(bytesLeft / ready.length));
      for (const source of ready) {
        if (records.length >= limit.recordsMax || (bytesLeft <= 0 && records.length > 0)) break;
        bytesLeft -= source.take(records, { recordsMax: recordsShare, bytesMax: bytesShare });
      }
      ready = ready.filter(({ isEmpty }) => !isEmpty);
    }
    return records;
  }

  /** With small limits the first source would always be served before the others. */
  #rotated(): readonly SourceBuffer[] {
    this.#turn = (this.#turn + 1) % Math.max(1, this.sources.length);
    return [...this.sources.slice(this.#turn), ...this.sources.slice(0, this.#turn)];
  }

  #wake(): void {
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const resolve of waiting) resolve();
  }

  #arrival(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const end = (): void => {
        this.#waiting.delete(end);
        signal.removeEventListener("abort", end);
        resolve();
      };
      this.#waiting.add(end);
      signal.addEventListener("abort", end, { once: true });
    });
  }
}
