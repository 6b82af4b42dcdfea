import { randomUUID } from "node:crypto";
import { meetings, type SchemaBook, userStatus } from "@hybrid/contracts";
import { UnreadableSchemaError } from "@hybrid/kernel";
import { type Log, OffsetOutOfRangeError, type ReadFrom } from "@hybrid/log";
import { type AnyViewTable, rowsOf } from "@hybrid/view";
import { meetingLists } from "../../meeting-list.ts";
import { rowWriteOf } from "./rows.ts";
import type { Known, Source, Store, Taken, Written } from "./store.ts";

/** What a writer tells about. */
export interface WriterEvents {
  readonly onApplied: (records: number) => void;
  readonly onSkipped: (place: ReadFrom, reason: string) => void;
  /** A partition begins from nothing. */
  readonly onRebuild: (partition: number, why: string) => void;
  /** Redis did not take a write. */
  readonly onRefused: (partition: number, why: Exclude<Written, "done">) => void;
}

/** What a writer writes with. */
export interface WriterParts {
  readonly log: Log;
  readonly store: Store;
  readonly schemas: SchemaBook;
  /** Of the process, other than that of any before it. */
  readonly process: string;
  readonly events: WriterEvents;
}

/** Others of Redis wait while a page is written. */
const page = { recordsMax: 500, bytesMax: 1_048_576 };

const topicOf: Readonly<Record<Source, string>> = { meetings: meetings.name, users: userStatus.name };
const sources = Object.keys(topicOf) as readonly Source[];

const tablesOf = (source: Source): readonly [AnyViewTable, ...AnyViewTable[]] =>
  meetingLists.tables.filter(({ topic }) => topic.name === topicOf[source]) as unknown as readonly [
    AnyViewTable,
    ...AnyViewTable[],
  ];

interface Reading {
  readonly source: Source;
  /** As Redis knows it; null: nothing was read. */
  place: number | null;
  /** Where it is read from next. */
  offset: number;
  /** What is behind the last record, as far as was seen. */
  end: number;
}

/**
 * One partition that this process writes. It stops being of use with the first write that is refused, or
 * whose fate is not known: the partition is then taken again, and Redis says where to go on.
 */
export class PartitionWriter {
  readonly partition: number;
  readonly #parts: WriterParts;
  readonly #readings: readonly Reading[];
  #build: string;
  #isReady: boolean;
  #isWriting = false;
  #isLost = false;

  private constructor(partition: number, parts: WriterParts, taken: Taken, readings: readonly Reading[]) {
    this.partition = partition;
    this.#parts = parts;
    this.#build = taken.build;
    this.#isReady = taken.isReady;
    this.#readings = readings;
  }

  /** Takes the partition; null while another process writes it. Rejects as log and Redis do. */
  static async take(
    partition: number,
    parts: WriterParts,
    known: Known | null,
  ): Promise<PartitionWriter | null> {
    const { store, process, events, log } = parts;
    const taken = await store.take(partition, { process, build: randomUUID(), known });
    if (taken === null) return null;
    if (taken.rebuilt !== null) events.onRebuild(partition, taken.rebuilt);
    const readings = await Promise.all(
      sources.map(async (source): Promise<Reading> => {
        const { start, end } = await log.offsets(topicOf[source], partition);
        const place = taken.places[source];
        return { source, place, offset: place ?? start, end };
      }),
    );
    const writer = new PartitionWriter(partition, parts, taken, readings);
    await writer.mend();
    if (!writer.isLost) await writer.#settleWhenCurrent();
    return writer;
  }

  get isLost(): boolean {
    return this.#isLost;
  }

  /** What Redis must have at least, when the partition is taken again. */
  get known(): Known {
    return { build: this.#build, place: this.#readings[0]?.place ?? 0 };
  }

  /** Records that are in the log and not here, as far as was seen. */
  get lag(): number {
    return this.#readings.reduce((sum, { offset, end }) => sum + Math.max(0, end - offset), 0);
  }

  places(): readonly ReadFrom[] {
    return this.#readings.map(({ source, offset }) => ({
      topic: topicOf[source],
      partition: this.partition,
      offset,
    }));
  }

  /** Reads and writes a page of each topic that has grown. */
  async advance(topics: ReadonlySet<string>): Promise<void> {
    for (const reading of this.#readings)
      if (!this.#isLost && topics.has(topicOf[reading.source])) await this.#page(reading);
    if (!this.#isLost) await this.#settleWhenCurrent();
  }

  /** Keeps the partition. `isLive`: the log was looked at a moment ago. */
  async keep(isLive: boolean): Promise<void> {
    const { store, process } = this.#parts;
    const [first, second] = this.#readings;
    const places = this.#isWriting ? null : { meetings: first?.place ?? null, users: second?.place ?? null };
    const [build, isSettled] = [this.#build, this.#isReady];
    const isCurrent = isLive && this.lag === 0;
    this.#took(await store.keep(this.partition, { process, places, isCurrent, build, isSettled }));
  }

  /** Begins from nothing when the log does not hold what would be read next, or is another one. */
  async mend(): Promise<void> {
    const { log, store, process, events } = this.#parts;
    for (const { source, offset } of this.#readings) {
      const { start, end } = await log.offsets(topicOf[source], this.partition);
      if (offset >= start && offset <= end) continue;
      events.onRebuild(this.partition, "otherLog");
      const build = randomUUID();
      this.#took(await store.reset(this.partition, process, build));
      this.#isLost = true;
      this.#build = build;
      return;
    }
  }

  /** Gives the partition back. */
  async end(): Promise<void> {
    this.#isLost = true;
    await this.#parts.store.end(this.partition, this.#parts.process);
  }

  async #page(reading: Reading): Promise<void> {
    const { log, store, process, events } = this.#parts;
    const { source, offset, place } = reading;
    const topic = topicOf[source];
    const { records, nextOffset, endOffset } = await log.read({
      topic,
      partition: this.partition,
      offset,
      ...page,
    });
    reading.end = Math.max(endOffset, nextOffset);
    if (nextOffset === offset) return;
    const { changes, skipped } = await this.#rows(source, records);
    const lagBehind = this.lag - (nextOffset - offset);
    const write = { source, place, nextPlace: nextOffset, isCurrent: lagBehind === 0 };
    this.#isWriting = true;
    try {
      const rows = changes.map(rowWriteOf);
      if (!this.#took(await store.apply(this.partition, process, { ...write, rows }))) return;
    } catch (error) {
      this.#isLost = true;
      throw error;
    } finally {
      this.#isWriting = false;
    }
    reading.place = nextOffset;
    reading.offset = nextOffset;
    for (const each of skipped)
      events.onSkipped({ topic, partition: this.partition, offset: each.offset }, each.reason);
    events.onApplied(records.length);
  }

  async #rows(source: Source, records: Parameters<typeof rowsOf>[1]): Promise<ReturnType<typeof rowsOf>> {
    const { schemas } = this.#parts;
    try {
      return rowsOf(tablesOf(source), records, schemas);
    } catch (error) {
      if (!(error instanceof UnreadableSchemaError) || !(await schemas.refresh())) throw error;
      return rowsOf(tablesOf(source), records, schemas);
    }
  }

  async #settleWhenCurrent(): Promise<void> {
    if (this.#isReady || this.lag > 0) return;
    const { store, process } = this.#parts;
    if (this.#took(await store.settle(this.partition, process))) this.#isReady = true;
  }

  /** Whether Redis took it. */
  #took(written: Written): boolean {
    if (written === "done") return true;
    this.#isLost = true;
    this.#parts.events.onRefused(this.partition, written);
    return false;
  }
}

/** Whether the log says that it holds no such place. */
export const isOtherLog = (error: unknown): boolean => error instanceof OffsetOutOfRangeError;
