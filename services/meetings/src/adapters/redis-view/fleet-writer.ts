import { randomUUID } from "node:crypto";
import { SchemaBook } from "@hybrid/contracts";
import { type Scheduler, UnreadableSchemaError } from "@hybrid/kernel";
import { type Log, LogUnavailableError, UnknownTopicError } from "@hybrid/log";
import type { ViewLogger } from "@hybrid/view";
import { isOtherLog, PartitionWriter, type WriterEvents, type WriterParts } from "./partition-writer.ts";
import { pause } from "./pause.ts";
import { type Known, RedisAway, type Store } from "./store.ts";

/** What the processes of a fleet write lists with. */
export interface FleetWriterOptions {
  readonly log: Log;
  readonly store: Store;
  readonly partitions: number;
  readonly scheduler: Scheduler;
  readonly logger: ViewLogger;
  readonly events: WriterEvents;
  /** How often a process says that it is there, milliseconds; well below the lease. */
  readonly beatMs: number;
  /** Told whether Redis answers; the error when it does not. */
  readonly onRedis: (error: RedisAway | null) => void;
}

const firstPauseMs = 200;
const pauseMsMax = 30_000;

/** Partitions whose pages are read and written at the same time. */
const atOnceMax = 4;

/** A partition belongs to one of the processes that are there, by its number. */
const isFor = (partition: number, process: string, members: readonly string[]): boolean =>
  members.toSorted()[partition % members.length] === process;

/** What may pass by itself; the rest is told as an error, and tried again all the same. */
const isPassing = (error: unknown): boolean =>
  error instanceof LogUnavailableError ||
  error instanceof UnknownTopicError ||
  error instanceof UnreadableSchemaError;

/**
 * Writes the partitions that fall to this process. Who writes what is agreed in Redis, beside what is
 * written: each write says who it is from and where it goes on, so Redis refuses what is written twice, and
 * what a process writes that has lost its partition.
 */
export class FleetWriter {
  readonly #options: FleetWriterOptions;
  readonly #process = randomUUID();
  readonly #parts: WriterParts;
  readonly #writers = new Map<number, PartitionWriter>();
  readonly #known = new Map<number, Known>();
  #changed = new AbortController();
  /** Why the log cannot be read; null when it can. */
  #logReason: string | null = null;

  constructor(options: FleetWriterOptions) {
    this.#options = options;
    const { log, store, events } = options;
    this.#parts = { log, store, events, process: this.#process, schemas: new SchemaBook(log) };
  }

  /** Why partitions of this process are behind, in words for a person; null when they are not. */
  get logReason(): string | null {
    return this.#logReason;
  }

  /** Partitions that this process writes, and the records that are still to be read for them. */
  standing(): { readonly partitions: number; readonly lag: number } {
    const writers = [...this.#writers.values()];
    return { partitions: writers.length, lag: writers.reduce((sum, { lag }) => sum + lag, 0) };
  }

  /** Runs until the signal is aborted, then gives the partitions back. */
  async run(signal: AbortSignal): Promise<void> {
    await Promise.all([this.#beats(signal), this.#reads(signal)]);
    const { store } = this.#options;
    const given = [...this.#writers.values()].map((writer) => writer.end());
    const ended = await Promise.allSettled([...given, store.leave(this.#process)]);
    // A lease that cannot be given back ends by itself.
    const failed = ended.find(({ status }) => status === "rejected");
    if (failed?.status === "rejected") this.#failed(failed.reason);
  }

  async #beats(signal: AbortSignal): Promise<void> {
    const { scheduler, beatMs, onRedis } = this.#options;
    while (!signal.aborted) {
      try {
        await this.#beat(signal);
        onRedis(null);
      } catch (error) {
        this.#failed(error);
      }
      await pause(scheduler, beatMs, signal);
    }
  }

  async #beat(signal: AbortSignal): Promise<void> {
    const { store, partitions } = this.#options;
    const members = await store.beat(this.#process);
    const all = Array.from({ length: partitions }, (_, partition) => partition);
    const moved = await inTurns(all, (partition) =>
      signal.aborted
        ? Promise.resolve(false)
        : this.#tend(partition, isFor(partition, this.#process, members)),
    );
    if (!moved.includes(true)) return;
    this.#changed.abort();
    this.#changed = new AbortController();
  }

  /** Takes, keeps or gives back; whether the partitions of this process are others now. */
  async #tend(partition: number, isOurs: boolean): Promise<boolean> {
    const writer = this.#current(partition);
    if (writer && !isOurs) {
      this.#forget(writer);
      await writer.end();
      return true;
    }
    if (writer) {
      await writer.keep(this.#logReason === null);
      return writer.isLost;
    }
    if (!isOurs) return false;
    const taken = await PartitionWriter.take(partition, this.#parts, this.#known.get(partition) ?? null);
    if (taken === null) return false;
    if (taken.isLost) this.#forget(taken);
    else this.#writers.set(partition, taken);
    return true;
  }

  #current(partition: number): PartitionWriter | undefined {
    const writer = this.#writers.get(partition);
    if (!writer?.isLost) return writer;
    this.#forget(writer);
    return undefined;
  }

  #forget(writer: PartitionWriter): void {
    this.#known.set(writer.partition, writer.known);
    this.#writers.delete(writer.partition);
  }

  async #reads(signal: AbortSignal): Promise<void> {
    const { scheduler } = this.#options;
    let waitMs = firstPauseMs;
    while (!signal.aborted) {
      const changed = this.#changed.signal;
      try {
        await this.#read(AbortSignal.any([signal, changed]));
        this.#logReason = null;
        waitMs = firstPauseMs;
      } catch (error) {
        if (signal.aborted) return;
        await this.#mended(error);
        await pause(scheduler, waitMs, signal);
        waitMs = Math.min(pauseMsMax, 2 * waitMs);
      }
    }
  }

  /** A page of each partition that has grown, so that one that grows and grows keeps nobody waiting. */
  async #read(signal: AbortSignal): Promise<void> {
    const { log, scheduler, beatMs } = this.#options;
    const writers = [...this.#writers.keys()].flatMap((partition) => this.#current(partition) ?? []);
    if (writers.length === 0) return await pause(scheduler, beatMs, signal);
    const grown = await log.grown(
      writers.flatMap((writer) => writer.places()),
      signal,
    );
    const topics = Map.groupBy(grown, ({ partition }) => partition);
    const behind = writers.filter(({ partition }) => topics.has(partition));
    await inTurns(behind, (writer) =>
      writer.advance(new Set(topics.get(writer.partition)?.map(({ topic }) => topic))),
    );
    // Lets others have their turn: an embedded log answers without ever waiting.
    await new Promise((resolve) => setImmediate(resolve));
  }

  async #mended(error: unknown): Promise<void> {
    try {
      if (!isOtherLog(error)) throw error;
      for (const writer of this.#writers.values()) await writer.mend();
    } catch (failure) {
      this.#failed(failure);
    }
  }

  #failed(error: unknown): void {
    const { logger, onRedis } = this.#options;
    if (error instanceof RedisAway) return onRedis(error);
    this.#logReason = error instanceof Error ? error.message : String(error);
    const fields = { view: "meeting-lists", err: error };
    if (isPassing(error)) logger.warn(fields, "a view waits for its log");
    else logger.error(fields, "a view cannot go on; it tries again");
  }
}

/** Does the work for each, a few at a time; answers come in order. */
const inTurns = async <Each, Result>(
  all: readonly Each[],
  work: (each: Each) => Promise<Result>,
): Promise<readonly Result[]> => {
  const results: Result[] = [];
  for (let from = 0; from < all.length; from += atOnceMax)
    results.push(...(await Promise.all(all.slice(from, from + atOnceMax).map(work))));
  return results;
};
