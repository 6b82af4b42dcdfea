import { LogUnavailableError, UnknownTopicError } from "../errors.ts";
import { placeKey } from "./batches.ts";
import type { Cluster } from "./client/cluster.ts";
import { backoffMs, pause } from "./client/pause.ts";
import { BrokerError, isLeaderMoved, isPassing, logErrorOf } from "./client/protocol-errors.ts";
import type { OffsetReader } from "./offsets.ts";
import { outOfRange } from "./reader.ts";
import type { SourceBuffer } from "./source-feed.ts";
import { type FetchedPartition, fetchRequest } from "./wire/fetch-request.ts";
import { decodeRecordSet } from "./wire/record-batch-reader.ts";

/** How long a broker holds a fetch without records; a partition that is added meanwhile waits for it. */
const maxWaitMs = 100;
const bytesMax = 8 * 1_024 * 1_024;
const partitionBytesMax = 1_024 * 1_024;

const offsetOutOfRange = 1;

/**
 * Keeps the buffers of many partitions filled: one long fetch at a time to each leader, with every partition
 * that has room (a buffer that is full is left out, so that a slow partition holds nobody up).
 */
export class FetchLoop {
  readonly #cluster: Cluster;
  readonly #offsets: OffsetReader;
  readonly #lane: string;
  readonly #buffers = new Map<string, SourceBuffer>();
  readonly #busy = new Set<number>();
  readonly #stop = new AbortController();
  #turn = 0;
  #pumping = false;
  #attempt = 0;

  constructor(cluster: Cluster, offsets: OffsetReader, lane: string) {
    this.#cluster = cluster;
    this.#offsets = offsets;
    this.#lane = lane;
  }

  /** Starts to fill these buffers; one of the same partition from before is forgotten. */
  add(buffers: readonly SourceBuffer[]): void {
    for (const buffer of buffers) this.#buffers.set(placeKey(buffer.topic, buffer.partition), buffer);
    this.pump();
  }

  /** Stops to fill them. */
  remove(buffers: readonly SourceBuffer[]): void {
    for (const buffer of buffers) {
      const key = placeKey(buffer.topic, buffer.partition);
      if (this.#buffers.get(key) === buffer) this.#buffers.delete(key);
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
    await this.#cluster.closeLane(this.#lane);
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
    for (const [leader, buffers] of byLeader)
      if (!this.#busy.has(leader)) void this.#fetchFrom(leader, buffers);
    if (lost === 0) return;
    await pause(backoffMs(this.#attempt++, 50, 1_000), this.#stop.signal);
    setImmediate(() => this.pump());
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

  async #fetchFrom(leader: number, buffers: readonly SourceBuffer[]): Promise<void> {
    this.#busy.add(leader);
    try {
      await this.#fetch(leader, buffers);
    } catch (error) {
      if (this.#stop.signal.aborted) return;
      for (const { topic } of buffers) this.#cluster.forget(topic);
      const isOver = isPassing(error) || error instanceof LogUnavailableError || this.#cluster.closed;
      if (!isOver) this.#failThese(buffers, error);
      await pause(backoffMs(this.#attempt++, 50, 1_000), this.#stop.signal);
    } finally {
      this.#busy.delete(leader);
      this.pump();
    }
  }

  async #fetch(leader: number, buffers: readonly SourceBuffer[]): Promise<void> {
    // The broker fills its answer in order: turned each time, so that nobody is always last.
    this.#turn = (this.#turn + 1) % buffers.length;
    const asked = [...buffers.slice(this.#turn), ...buffers.slice(0, this.#turn)];
    const partitions = asked.map(({ topic, partition, fetchOffset }) => ({
      topic,
      partition,
      offset: fetchOffset,
      bytesMax: partitionBytesMax,
    }));
    const request = fetchRequest({ maxWaitMs, minBytes: 1, bytesMax, partitions });
    const { errorCode, partitions: fetched } = await this.#cluster.call(leader, this.#lane, (link) =>
      link.send(request),
    );
    if (errorCode !== 0) throw new BrokerError(errorCode, `fetching from broker ${leader}`);
    const byKey = new Map(asked.map((buffer) => [placeKey(buffer.topic, buffer.partition), buffer]));
    let moved = 0;
    for (const each of fetched) {
      const buffer = byKey.get(placeKey(each.topic, each.partition));
      if (buffer && this.#isCurrent(buffer) && !(await this.#receive(buffer, each))) moved++;
    }
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
      buffer.fail(await outOfRange(this.#offsets, buffer, fetchOffset));
      return true;
    }
    if (fetched.errorCode !== 0) {
      const error = new BrokerError(fetched.errorCode, `fetching partition ${partition} of ${topic}`);
      if (!isLeaderMoved(error)) buffer.fail(logErrorOf(error, error.message));
      this.#cluster.forget(topic);
      return !isLeaderMoved(error);
    }
    try {
      const { aborted } = fetched;
      const { records, nextOffset } = decodeRecordSet(fetched.records, {
        topic,
        partition,
        fetchOffset,
        aborted,
      });
      buffer.fill(records, nextOffset);
    } catch (error) {
      buffer.fail(error);
    }
    return true;
  }

  #failThese(buffers: readonly SourceBuffer[], error: unknown): void {
    for (const buffer of buffers)
      buffer.fail(logErrorOf(error, `fetching partition ${buffer.partition} of ${buffer.topic}`));
  }
}
