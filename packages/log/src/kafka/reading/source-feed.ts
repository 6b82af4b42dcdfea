import type { LogRecord, PolledRecord } from "../../port.ts";
import type { ByteShare, SharedBytes } from "../shared-bytes.ts";
import type { Place } from "./offsets.ts";

/**
 * Below this a source is asked for more, and for no more than this at once; above it is left alone, for its
 * records wait in memory. It is less when all sources together hold much.
 */
const lowWaterBytes = 1_024 * 1_024;

/** Asking for less would cost more than it saves; a source that holds nothing is always asked for. */
const fetchBytesMin = 16 * 1_024;

const sizeOf = ({ key, value }: LogRecord): number => (key?.length ?? 0) + (value?.length ?? 0) + 50;

/** Whom a buffer tells of what was fetched. */
export interface FeedEvents {
  /** There is something to poll, or a failure. */
  readonly arrived: () => void;
  /** Reading went on past what are no records. */
  readonly moved: () => void;
}

/** What was fetched of one partition of one source and not polled yet. */
export class SourceBuffer implements Place {
  readonly topic: string;
  readonly partition: number;
  /** Where to fetch on. */
  fetchOffset: number;
  /** What ended the fetching; the next poll rejects with it. */
  failure: unknown;
  readonly #events: FeedEvents;
  readonly #share: ByteShare;
  #records: readonly PolledRecord[] = [];
  #next = 0;
  #queue: (readonly PolledRecord[])[] = [];
  /** Behind the last record that was polled. */
  #polledTo: number;

  constructor(place: Place & { readonly offset: number }, events: FeedEvents, share: ByteShare) {
    this.topic = place.topic;
    this.partition = place.partition;
    this.fetchOffset = place.offset;
    this.#polledTo = place.offset;
    this.#events = events;
    this.#share = share;
  }

  get hungry(): boolean {
    const { bytes, room } = this.#share;
    return this.failure === undefined && (bytes === 0 || bytes < Math.min(lowWaterBytes, room / 2));
  }

  /** Bytes to ask for at once. */
  get fetchBytesMax(): number {
    return Math.max(fetchBytesMin, Math.min(lowWaterBytes, Math.floor(this.#share.room / 2)));
  }

  /** What waits in memory. */
  get bytes(): number {
    return this.#share.bytes;
  }

  /** Nobody polls it any more. */
  close(): void {
    this.#share.leave();
  }

  get isEmpty(): boolean {
    return this.#next >= this.#records.length && this.#queue.length === 0;
  }

  /**
   * Where reading goes on for somebody who has applied everything below `applied`: further on where no record
   * stands between. What was polled and is not applied yet holds it.
   */
  keptUp(applied: number): number {
    if (applied < this.#polledTo) return applied;
    const first = this.#records[this.#next] ?? this.#queue[0]?.[0];
    return Math.max(applied, first?.offset ?? this.fetchOffset);
  }

  /** Takes in what was fetched. */
  takeIn(records: readonly LogRecord[], nextOffset: number): void {
    const isFurther = nextOffset > this.fetchOffset;
    this.fetchOffset = nextOffset;
    const last = records.at(-1);
    if (last === undefined) {
      if (isFurther) this.#events.moved();
      return;
    }
    let bytes = 0;
    for (const record of records) bytes += sizeOf(record);
    this.#share.add(bytes);
    const isBehind = nextOffset === last.offset + 1;
    this.#queue.push(isBehind ? records : [...records.slice(0, -1), { ...last, nextOffset }]);
    this.#events.arrived();
  }

  fail(error: unknown): void {
    this.failure = error;
    this.#events.arrived();
  }

  /** Moves records to `into` within the limits, at least one; returns the bytes taken. */
  take(into: PolledRecord[], limit: { readonly recordsMax: number; readonly bytesMax: number }): number {
    let bytes = 0;
    for (let count = 0; count < limit.recordsMax && (bytes < limit.bytesMax || count === 0); count++) {
      const record = this.#shift();
      if (record === undefined) break;
      into.push(record);
      this.#polledTo = record.offset + 1;
      bytes += sizeOf(record);
    }
    this.#share.add(-bytes);
    return bytes;
  }

  #shift(): PolledRecord | undefined {
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

  /** `hungry` is called when a source can take more, `moved` when one has gone past what are no records. */
  constructor(
    places: readonly (Place & { readonly offset: number })[],
    { hungry, moved }: { readonly hungry: () => void; readonly moved: () => void },
    memory: SharedBytes,
  ) {
    this.#hungry = hungry;
    const arrived = (): void => this.#wake();
    this.sources = places.map((place) => new SourceBuffer(place, { arrived, moved }, memory.join()));
  }

  /** See {@link OwnedPartition.poll}. */
  async poll(
    limit: { readonly recordsMax: number; readonly bytesMax: number },
    signal: AbortSignal,
  ): Promise<readonly PolledRecord[]> {
    while (!signal.aborted && !this.#closed) {
      const records = this.#takeInTurns(limit);
      if (records.length > 0) {
        this.#hungry();
        return records;
      }
      const failed = this.sources.find(({ failure }) => failure !== undefined);
      if (failed) {
        const { failure } = failed;
        // Another poll tries again: the bytes may have been damaged on their way only.
        failed.failure = undefined;
        this.#hungry();
        throw failure;
      }
      await this.#arrival(signal);
    }
    return [];
  }

  /** What waits in memory of all sources, in bytes. */
  get bytes(): number {
    return this.sources.reduce((sum, source) => sum + source.bytes, 0);
  }

  close(): void {
    this.#closed = true;
    for (const source of this.sources) source.close();
    this.#wake();
  }

  /** Each source gets an equal share of the limit, then those with more take what is left. */
  #takeInTurns(limit: { readonly recordsMax: number; readonly bytesMax: number }): PolledRecord[] {
    const records: PolledRecord[] = [];
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
