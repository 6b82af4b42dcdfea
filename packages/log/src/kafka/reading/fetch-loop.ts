import { CorruptLogError, LogUnavailableError, UnknownTopicError } from "../../errors.ts";
import { placeKey } from "../batches.ts";
import type { Cluster, Lane } from "../client/cluster.ts";
import { backoffMs, pause } from "../client/pause.ts";
import { BrokerError, isPassing, logErrorOf } from "../client/protocol-errors.ts";
import { type FetchedPartition, fetchRequest } from "../wire/fetch-request.ts";
import { decodeRecordSet } from "../wire/record-batch-reader.ts";
import type { OffsetReader } from "./offsets.ts";
import { gapAt, type Reader } from "./reader.ts";
import type { SourceBuffer } from "./source-feed.ts";
import { StableOffsetAges } from "./stable-offset-age.ts";

/** How long a broker holds a fetch without records; a partition that has room again waits for it. */
const maxWaitMs = 100;

/**
 * How long once nothing has come for a while: with many partitions asking is what an idle worker costs. Who
 * is added meanwhile is asked for by a second, short fetch.
 */
const idleWaitMs = 500;
const idleAfterFetches = 10;

/** The second fetch ends soon, so that all are asked for together again. */
const lateWaitMs = 50;

const bytesMax = 8 * 1_024 * 1_024;

const offsetOutOfRange = 1;

/** Answers without a byte, though the end lies further on, until compaction is suspected. */
const barrenMax = 3;

/** A client that fails in a way that nobody knows is asked again so often before those who poll are told. */
const unknownErrorsMax = 5;

/** One fetch on its way. */
interface Flight {
  readonly lane: Lane;
  readonly waitMs: number;
  readonly buffers: readonly SourceBuffer[];
}

/**
 * Keeps the buffers of many partitions filled: one long fetch at a time to each leader, with every partition
 * that has room (a buffer that is full is left out, so that a slow partition holds nobody up).
 */
export class FetchLoop {
  readonly #cluster: Cluster;
  readonly #offsets: OffsetReader;
  readonly #reader: Reader;
  readonly #lane: Lane;
  readonly #buffers = new Map<string, SourceBuffer>();
  /** The fetch that each leader holds at present, and whether a second one is on its way to it. */
  readonly #held = new Map<number, Flight>();
  readonly #late = new Set<number>();
  readonly #stop = new AbortController();
  readonly #stableAges = new StableOffsetAges();
  #turn = 0;
  #pumping = false;
  #looking = false;
  #attempt = 0;
  #unknownErrors = 0;
  /** Buffers whose fetches bring nothing though there seems to be something, and how often by now. */
  readonly #barren = new WeakMap<SourceBuffer, number>();
  /** Fetches in a row that brought nothing. */
  #quiet = 0;

  constructor(
    parts: { readonly cluster: Cluster; readonly offsets: OffsetReader; readonly reader: Reader },
    lane: Lane,
  ) {
    this.#cluster = parts.cluster;
    this.#offsets = parts.offsets;
    this.#reader = parts.reader;
    this.#lane = lane;
  }

  /** How long open transactions have held up one of these partitions, milliseconds. */
  stableOffsetAgeMs(): number {
    return this.#stableAges.maxMs();
  }

  /** Starts to fill these buffers; one of the same partition from before is forgotten. */
  add(buffers: readonly SourceBuffer[]): void {
    for (const buffer of buffers) this.#buffers.set(placeKey(buffer.topic, buffer.partition), buffer);
    this.#quiet = 0;
    this.pump();
  }

  /** Stops to fill them. */
  remove(buffers: readonly SourceBuffer[]): void {
    for (const buffer of buffers) {
      const key = placeKey(buffer.topic, buffer.partition);
      if (this.#buffers.get(key) !== buffer) continue;
      this.#buffers.delete(key);
      this.#stableAges.forget(buffer);
    }
  }

  /** Looks who has room; once for everything that happens within one turn of the event loop. */
  pump(): void {
    if (this.#pumping || this.#stop.signal.aborted) return;
    this.#pumping = true;
    setImmediate(() => {
      void this.#dispatch().finally(() => {
        this.#pumping = false;
      });
    });
  }

  async close(): Promise<void> {
    this.#stop.abort();
    this.#buffers.clear();
    await Promise.all([this.#lane, this.#lateLane].map((lane) => this.#cluster.closeLane(lane)));
  }

  async #dispatch(): Promise<void> {
    const byLeader = new Map<number, SourceBuffer[]>();
    let lost = 0;
    for (const buffer of this.#buffers.values()) {
      if (!buffer.hungry) continue;
      const leader = await this.#leaderOf(buffer);
      if (leader === undefined) {
        lost++;
        continue;
      }
      const led = byLeader.get(leader);
      if (led) led.push(buffer);
      else byLeader.set(leader, [buffer]);
    }
    for (const [leader, buffers] of byLeader) this.#start(leader, buffers);
    if (lost > 0) void this.#lookAgain();
  }

  /** Partitions without a leader must not hold up those that have one. */
  async #lookAgain(): Promise<void> {
    if (this.#looking) return;
    this.#looking = true;
    await pause(backoffMs(this.#attempt++, 50, 1_000), this.#stop.signal);
    this.#looking = false;
    this.pump();
  }

  get #lateLane(): Lane {
    return `${this.#lane}-late`;
  }

  /** A buffer is asked for by one fetch at a time: records would come twice. */
  #start(leader: number, buffers: readonly SourceBuffer[]): void {
    if (this.#late.has(leader)) return;
    const held = this.#held.get(leader);
    if (!held) {
      const waitMs = this.#quiet < idleAfterFetches ? maxWaitMs : idleWaitMs;
      const flight = { lane: this.#lane, waitMs, buffers };
      this.#held.set(leader, flight);
      void this.#fetchFrom(leader, flight).finally(() => {
        this.#held.delete(leader);
        this.pump();
      });
      return;
    }
    const missed = buffers.filter((buffer) => !held.buffers.includes(buffer));
    if (held.waitMs <= maxWaitMs || missed.length === 0) return;
    this.#late.add(leader);
    const flight = { lane: this.#lateLane, waitMs: lateWaitMs, buffers: missed };
    void this.#fetchFrom(leader, flight).finally(() => {
      this.#late.delete(leader);
      this.pump();
    });
  }

  async #leaderOf(buffer: SourceBuffer): Promise<number | undefined> {
    try {
      return await this.#cluster.leader(buffer.topic, buffer.partition);
    } catch (error) {
      if (error instanceof UnknownTopicError) buffer.fail(error);
      else if (!isPassing(error) && !(error instanceof LogUnavailableError)) this.#failThese([buffer], error);
      return undefined;
    }
  }

  async #fetchFrom(leader: number, flight: Flight): Promise<void> {
    const { buffers } = flight;
    try {
      await this.#fetch(leader, flight);
    } catch (error) {
      if (this.#stop.signal.aborted) return;
      for (const { topic } of buffers) this.#cluster.forget(topic);
      const isOver = isPassing(error) || error instanceof LogUnavailableError || this.#cluster.closed;
      if (!isOver) this.#unknown(leader, buffers, error);
      await pause(backoffMs(this.#attempt++, 50, 1_000), this.#stop.signal);
    }
  }

  async #fetch(leader: number, { lane, waitMs, buffers }: Flight): Promise<void> {
    // The broker fills its answer in order: turned each time, so that nobody is always last.
    this.#turn = (this.#turn + 1) % buffers.length;
    const asked = [...buffers.slice(this.#turn), ...buffers.slice(0, this.#turn)];
    const partitions = asked.map(({ topic, partition, fetchOffset, fetchBytesMax }) => ({
      topic,
      partition,
      offset: fetchOffset,
      bytesMax: fetchBytesMax,
    }));
    const request = fetchRequest({ maxWaitMs: waitMs, minBytes: 1, bytesMax, partitions });
    const { errorCode, partitions: fetched } = await this.#cluster.call(leader, lane, (link) =>
      link.send(request),
    );
    if (errorCode !== 0) throw new BrokerError(errorCode, `fetching from broker ${leader}`);
    this.#unknownErrors = 0;
    const byKey = new Map(asked.map((buffer) => [placeKey(buffer.topic, buffer.partition), buffer]));
    let moved = 0;
    for (const each of fetched) {
      const buffer = byKey.get(placeKey(each.topic, each.partition));
      if (buffer && this.#isCurrent(buffer) && !(await this.#receive(buffer, each))) moved++;
    }
    this.#quiet = fetched.some(({ records }) => records.length > 0) ? 0 : this.#quiet + 1;
    if (moved > 0) await pause(backoffMs(this.#attempt++, 20, 500), this.#stop.signal);
    else this.#attempt = 0;
  }

  #isCurrent(buffer: SourceBuffer): boolean {
    return this.#buffers.get(placeKey(buffer.topic, buffer.partition)) === buffer;
  }

  /** False when another broker must be asked. */
  async #receive(buffer: SourceBuffer, fetched: FetchedPartition): Promise<boolean> {
    const { topic, partition, fetchOffset } = buffer;
    if (fetched.errorCode === offsetOutOfRange) {
      const gap = await gapAt(this.#offsets, buffer, fetchOffset);
      if (gap) buffer.fail(gap);
      else this.#cluster.forget(topic);
      return gap !== undefined;
    }
    if (fetched.errorCode !== 0) {
      const what = `fetching partition ${partition} of ${topic}`;
      const error = this.#cluster.answerError(fetched.errorCode, what, { right: "READ", topic });
      if (!isPassing(error)) buffer.fail(logErrorOf(error, what));
      this.#cluster.forget(topic);
      return !isPassing(error);
    }
    const { lastStableOffset: lastStable, highWatermark, aborted } = fetched;
    this.#stableAges.note(buffer, { lastStable, highWatermark });
    try {
      const read = decodeRecordSet(fetched.records, { topic, partition, fetchOffset, aborted });
      buffer.takeIn(read.records, read.nextOffset);
      await this.#passCleaned(buffer, fetched);
    } catch (error) {
      if (error instanceof LogUnavailableError) throw error;
      if (error instanceof CorruptLogError) await this.#readAgain(buffer, error);
      else buffer.fail(error);
    }
    return true;
  }

  /** What came damaged is asked for once more over another connection before anybody is told. */
  async #readAgain(buffer: SourceBuffer, damage: CorruptLogError): Promise<void> {
    const { topic, partition, fetchOffset: offset } = buffer;
    try {
      const { records, nextOffset } = await this.#reader.readAgain(buffer, offset);
      this.#warn(
        { topic, partition, offset },
        `a fetch came damaged and was read again whole: ${damage.message}`,
      );
      buffer.takeIn(records, nextOffset);
    } catch (error) {
      if (error instanceof LogUnavailableError) throw error;
      buffer.fail(error);
    }
  }

  /** At the end of a compacted topic there may be nothing left to fetch below the end. */
  async #passCleaned(buffer: SourceBuffer, fetched: FetchedPartition): Promise<void> {
    const { fetchOffset } = buffer;
    const isBarren = fetched.records.length === 0 && fetched.lastStableOffset > fetchOffset;
    const times = isBarren ? (this.#barren.get(buffer) ?? 0) + 1 : 0;
    this.#barren.set(buffer, times % barrenMax);
    if (times < barrenMax) return;
    const nextOffset = await this.#reader.behindCleaned(buffer, fetchOffset);
    if (nextOffset !== undefined) buffer.takeIn([], nextOffset);
  }

  /** What nobody knows may pass; it is tried again, loudly, and then those who poll are told. */
  #unknown(leader: number, buffers: readonly SourceBuffer[], error: unknown): void {
    this.#unknownErrors += 1;
    const { name, message } = error instanceof Error ? error : new Error(String(error));
    this.#warn({ broker: leader, error: name, attempt: this.#unknownErrors }, `fetching failed: ${message}`);
    if (this.#unknownErrors % unknownErrorsMax === 0) this.#failThese(buffers, error);
  }

  #warn(fields: Readonly<Record<string, unknown>>, message: string): void {
    this.#cluster.settings.logger?.warn(fields, message);
  }

  #failThese(buffers: readonly SourceBuffer[], error: unknown): void {
    for (const buffer of buffers)
      buffer.fail(logErrorOf(error, `fetching partition ${buffer.partition} of ${buffer.topic}`));
  }
}
