import type { EpochMs } from "@hybrid/kernel";
import { CorruptLogError, FencedError } from "../../errors.ts";
import type {
  Commit,
  CommitReceipt,
  GroupSettings,
  HeldBytes,
  OutgoingRecord,
  OwnedPartition,
  Position,
  RestoredRecord,
} from "../../port.ts";
import { positionFaults } from "../../position-faults.ts";
import { placeKey, type Shipment } from "../batches.ts";
import { pause } from "../client/pause.ts";
import type { LogMemory } from "../log-memory.ts";
import type { FetchLoop } from "../reading/fetch-loop.ts";
import type { OffsetReader } from "../reading/offsets.ts";
import { type Reader, streamAheadBytes } from "../reading/reader.ts";
import { PartitionFeed } from "../reading/source-feed.ts";
import { mustHavePartition, type TopicCatalog } from "../topics/topic-catalog.ts";
import type { BatchRecord } from "../wire/record-batch-writer.ts";
import { checkRecord } from "./appender.ts";
import type { CommitTurns, EndTurn } from "./commit-turns.ts";
import { type CheckpointPlan, DirtyActors } from "./dirty-actors.ts";
import { renewedSource } from "./fence.ts";
import { encodePosition, type PositionRecord, positionKey } from "./position-record.ts";
import { coversHeader, restoredRecords } from "./restored-records.ts";
import type { BaseOffsets, TransactionalWriter } from "./transactional-writer.ts";

/** What an owned partition works with. */
export interface OwnerParts {
  readonly group: GroupSettings;
  readonly partition: number;
  readonly writer: TransactionalWriter;
  readonly reader: Reader;
  readonly offsets: OffsetReader;
  readonly topics: TopicCatalog;
  readonly fetchLoop: FetchLoop;
  /** Partition counts of every topic that a commit may write to. Rejects with UnknownTopicError. */
  readonly partitionsOf: (topic: string) => Promise<number>;
  /** What the predecessor left; `epoch` is ours already. */
  readonly found: PositionRecord;
  /** Sources that were created again since then: they are not read. */
  readonly renewed: readonly string[];
  /** Where in the checkpoint the marker of our own first transaction stands, or will. */
  readonly markerAt: number;
  /** Ends of journal and checkpoint before that transaction. */
  readonly ends: { readonly journal: number; readonly checkpoint: number };
  /** First readable offsets. */
  readonly starts: { readonly checkpoint: number; readonly sources: Readonly<Record<string, number>> };
  readonly turns: CommitTurns;
  readonly memory: LogMemory;
  readonly tailRecordsMax: number;
  readonly idleFlushMs: number;
  /** Whether the group still gives the partition to us, and nobody here fences it again. */
  readonly isOurs: (owner: KafkaOwnedPartition) => boolean;
  readonly closed: (owner: KafkaOwnedPartition) => void;
  /** Whether no later owner of the same partition has been handed out in this process. */
  readonly isLatest: (owner: KafkaOwnedPartition) => boolean;
  readonly warn: (fields: Readonly<Record<string, unknown>>, message: string) => void;
}

/** The longest time that a last commit of the position may hold up a close. */
const farewellMs = 1_000;

const noSignal = new AbortController().signal;

/** A partition on Kafka, fenced: see {@link OwnedPartition}. */
export class KafkaOwnedPartition implements OwnedPartition {
  readonly partition: number;
  readonly epoch: number;
  readonly position: Position | undefined;
  readonly #parts: OwnerParts;
  readonly #feed: PartitionFeed;
  readonly #dirty: DirtyActors;
  #committed: Position | null;
  /** Neither ever falls: where the next journal record comes, and behind our last checkpoint record. */
  #journalNext: number;
  #checkpointNext: number;
  /** The marker of our first transaction, until somebody has asked when that was. */
  #unaskedMarkerAt: number | undefined;
  #last: Promise<unknown> = Promise.resolve();
  #flushTimer: NodeJS.Timeout | undefined;
  /** Where each source is read from, as long as nothing of it is applied. */
  readonly #firsts: Readonly<Record<string, number>>;
  #restoring = 0;
  #polling = false;
  #closed = false;

  constructor(parts: OwnerParts) {
    const { group, partition, found, starts } = parts;
    this.#parts = parts;
    this.partition = partition;
    this.epoch = found.epoch;
    this.position = found.position ?? undefined;
    this.#committed = found.position;
    this.#journalNext = parts.ends.journal;
    this.#checkpointNext = parts.ends.checkpoint;
    this.#unaskedMarkerAt = parts.markerAt;
    this.#dirty = new DirtyActors(parts.tailRecordsMax, found.tailFrom, parts.memory.dirty.join());
    const places = group.sources.map((topic) => ({
      topic,
      partition,
      offset: found.position?.sources[topic] ?? starts.sources[topic] ?? 0,
    }));
    this.#firsts = Object.fromEntries(places.map(({ topic, offset }) => [topic, offset]));
    const events = {
      hungry: () => parts.fetchLoop.pump(),
      moved: () => {
        if (this.#flushTimer === undefined) this.#planFlush();
      },
    };
    this.#feed = new PartitionFeed(places, events, parts.memory.sources);
  }

  /** What was committed last, and behind it what holds no records: for the group's offsets and its lag. */
  get committed(): Position | null {
    return this.#committed && this.#keptUp(this.#committed);
  }

  async *restore(): AsyncGenerator<readonly RestoredRecord[]> {
    const done = await this.#parts.memory.restores.take(streamAheadBytes);
    this.#restoring += streamAheadBytes;
    try {
      yield* restoredRecords({ ...this.#parts, dirty: this.#dirty });
    } finally {
      this.#restoring -= streamAheadBytes;
      done();
    }
  }

  /** What it holds in memory, by what for. */
  get held(): HeldBytes {
    return { sources: this.#feed.bytes, restores: this.#restoring, dirty: this.#dirty.bytes };
  }

  async poll(
    limit: { readonly recordsMax: number; readonly bytesMax: number },
    signal: AbortSignal = noSignal,
  ): Promise<Awaited<ReturnType<OwnedPartition["poll"]>>> {
    const [renewed] = this.#parts.renewed;
    if (renewed !== undefined)
      throw renewedSource({ topic: renewed, partition: this.partition }, this.#firsts[renewed] ?? 0);
    // An owner that was shut out must not take its successor's place among those to be fetched for.
    if (!this.#polling && !this.#closed && this.#parts.isLatest(this)) {
      this.#polling = true;
      this.#parts.fetchLoop.add(this.#feed.sources);
    }
    return this.#feed.poll(limit, signal);
  }

  commit(batch: Commit): Promise<CommitReceipt> {
    return this.#inTurn(async () => {
      this.#mustBeOpen();
      try {
        this.#checkPosition(batch.position);
        await this.#checkOutputs(batch.outputs);
        const plan = this.#dirty.plan(batch, this.#journalNext);
        return await this.#write(batch, plan);
      } catch (error) {
        // What was to come before it is not there, so that nothing may come after it either.
        this.#parts.writer.retire();
        throw error;
      }
    });
  }

  /** The marker that a broker writes behind each transaction bears the time of the broker's clock. */
  logTime(): Promise<EpochMs | undefined> {
    return this.#inTurn(async () => {
      this.#mustBeOpen();
      const { group, partition, reader } = this.#parts;
      const markerAt = this.#unaskedMarkerAt ?? (await this.#markerNow());
      this.#unaskedMarkerAt = undefined;
      return reader.markerTime({ topic: group.checkpoint, partition }, markerAt);
    });
  }

  turn(): Promise<EndTurn> {
    return this.#parts.turns.take();
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    clearTimeout(this.#flushTimer);
    this.#feed.close();
    this.#parts.fetchLoop.remove(this.#feed.sources);
    this.#parts.closed(this);
    // What is on its way to the brokers ends by itself; those who asked for it have its outcome.
    await this.#last;
    if (this.#isBehind) await Promise.race([this.#farewell(), pause(farewellMs)]);
    this.#parts.writer.retire();
    this.#dirty.close();
  }

  /** A later owner, after retention, must find the position where reading went on. */
  async #farewell(): Promise<void> {
    try {
      await this.#flush();
    } catch (error) {
      this.#warnOf(error);
    }
  }

  /** One transaction after the other. */
  #inTurn<Result>(run: () => Promise<Result>): Promise<Result> {
    const turn = this.#last.then(run);
    // How it ends is its caller's business; the next one comes after it either way.
    this.#last = Promise.allSettled([turn]);
    return turn;
  }

  #mustBeOpen(): void {
    if (!this.#closed) return;
    const { group } = this.#parts;
    throw new FencedError(`${group.service}, partition ${this.partition}: this owner has been closed`);
  }

  /** A position that cannot be read back would keep later owners out. */
  #checkPosition(position: Position): void {
    const faults = positionFaults(position);
    if (faults.length === 0) return;
    throw new TypeError(
      `${this.#parts.group.service}, partition ${this.partition}: not a position (${faults.join(", ")}); ` +
        "nothing of the batch was appended",
    );
  }

  async #checkOutputs(outputs: readonly OutgoingRecord[]): Promise<void> {
    const { topics, partitionsOf } = this.#parts;
    const counts = new Map<string, number>();
    for (const { topic, partition, key, timestamp, headers } of outputs) {
      const count = counts.get(topic) ?? (await partitionsOf(topic));
      counts.set(topic, count);
      mustHavePartition(topic, partition, count);
      const isCompacted = key === null && (await topics.isCompacted(topic));
      checkRecord({ topic, key, timestamp, isCompacted, ...(headers && { headers }) });
    }
  }

  async #write(batch: Commit, plan: CheckpointPlan): Promise<CommitReceipt> {
    const { group, partition } = this.#parts;
    const { at } = batch.position;
    const journal: Shipment = { topic: group.journal, partition, records: batch.journal, timestamp: at };
    const position = this.#keptUp(batch.position);
    const shipments = [
      ...(journal.records.length > 0 ? [journal] : []),
      this.#checkpointShipment(plan, position),
      ...outputShipments(batch.outputs),
    ];
    const bases = await this.#send(shipments);
    plan.done();
    this.#committed = position;
    this.#noteVisible(shipments, bases);
    this.#planFlush();
    if (journal.records.length === 0)
      return { journalOffset: this.#journalNext, journalNextOffset: this.#journalNext };
    const journalOffset = bases[0] ?? -1;
    const journalNextOffset = journalOffset + journal.records.length;
    // One more for the transaction's marker. It must be exact: retention may have taken whatever is below.
    this.#journalNext = journalNextOffset + 1;
    return { journalOffset, journalNextOffset };
  }

  #send(shipments: readonly Shipment[]): Promise<BaseOffsets> {
    return this.#parts.writer.commit(shipments, {
      check: (found) => this.#checkPlaces(shipments, found),
      isOurs: () => this.#parts.isOurs(this),
    });
  }

  /** Before the end of a transaction: what is created again while we own it has lost what it held. */
  #checkPlaces(shipments: readonly Shipment[], bases: readonly number[]): void {
    const { group, partition } = this.#parts;
    for (const [index, { topic }] of shipments.entries()) {
      const base = bases[index] ?? -1;
      const next = topic === group.journal ? this.#journalNext : this.#checkpointNext;
      if ((topic !== group.journal && topic !== group.checkpoint) || base >= next) continue;
      throw new CorruptLogError(
        `${group.service}, partition ${partition}: ${topic} ends at offset ${base}, but we have written it ` +
          `up to ${next}; it was truncated or recreated: restore it from a backup. Nothing was committed.`,
      );
    }
  }

  /** The position record comes last, so that the end of the partition is the place to look for it. */
  #checkpointShipment({ carried, tailFrom }: CheckpointPlan, position: Position | null): Shipment {
    const { group, partition } = this.#parts;
    const timestamp = position?.at ?? 0;
    const records: BatchRecord[] = carried.map((entry) => {
      const { key, value, covers } = entry;
      return covers === undefined ? entry : { key, value, headers: { [coversHeader]: String(covers) } };
    });
    const { topicIds } = this.#parts.found;
    const state = { epoch: this.epoch, position, tailFrom, journalNext: this.#journalNext };
    const record: PositionRecord = topicIds ? { ...state, topicIds } : state;
    records.push({ key: positionKey, value: encodePosition(record) });
    return { topic: group.checkpoint, partition, records, timestamp };
  }

  #noteVisible(shipments: readonly Shipment[], bases: readonly number[]): void {
    for (const [index, { topic, partition, records }] of shipments.entries()) {
      const base = bases[index] ?? -1;
      if (topic === this.#parts.group.checkpoint) this.#checkpointNext = base + records.length;
      // One more for the transaction's marker.
      if (base >= 0) this.#parts.offsets.noteCommitted({ topic, partition }, base + records.length + 1);
    }
  }

  /**
   * The position with every source in it, each where reading goes on. A source that is not named stands where
   * it stood, or where it began: if it were read from its start again, nobody would miss what retention takes
   * meanwhile.
   */
  #keptUp(position: Position): Position {
    const kept: Record<string, number> = {
      ...this.#firsts,
      ...this.#committed?.sources,
      ...position.sources,
    };
    for (const source of this.#feed.sources)
      kept[source.topic] = source.keptUp(kept[source.topic] ?? source.fetchOffset);
    return { ...position, sources: kept };
  }

  /** Whether reading has gone on since the last commit, past nothing that would have to be applied. */
  get #isBehind(): boolean {
    const { sources } = this.#committed ?? {};
    if (sources === undefined) return false;
    return this.#feed.sources.some((source) => {
      const committed = sources[source.topic];
      return committed !== undefined && source.keptUp(committed) > committed;
    });
  }

  /**
   * After a while without a commit the checkpoint catches up, so that the journal may lose its old end, and
   * so does the position, so that retention never overtakes it where no records are.
   */
  #planFlush(): void {
    clearTimeout(this.#flushTimer);
    this.#flushTimer = undefined;
    if (this.#closed || (this.#dirty.size === 0 && !this.#isBehind)) return;
    this.#flushTimer = setTimeout(() => {
      this.#flushTimer = undefined;
      void this.#inTurn(() => this.#flush()).catch((error: unknown) => this.#warnOf(error));
    }, this.#parts.idleFlushMs);
    this.#flushTimer.unref();
  }

  #warnOf(error: unknown): void {
    const { group, warn } = this.#parts;
    warn(
      { service: group.service, partition: this.partition, error: String(error) },
      "the checkpoint could not catch up; the next commit tells whether the partition is still ours",
    );
  }

  /** Makes a transaction that changes nothing but what it carries along; tells where its marker stands. */
  async #markerNow(): Promise<number> {
    try {
      await this.#carry(this.#dirty.planFlush());
      return this.#checkpointNext;
    } catch (error) {
      this.#parts.writer.retire();
      throw error;
    }
  }

  async #flush(): Promise<void> {
    if (this.#parts.writer.isSpent) return;
    const plan = this.#dirty.planFlush();
    if (plan.carried.length === 0 && !this.#isBehind) return;
    await this.#carry(plan);
  }

  async #carry(plan: CheckpointPlan): Promise<void> {
    const position = this.#committed && this.#keptUp(this.#committed);
    const shipments = [this.#checkpointShipment(plan, position)];
    const bases = await this.#send(shipments);
    plan.done();
    this.#committed = position;
    this.#noteVisible(shipments, bases);
    this.#planFlush();
  }
}

/** Puts outputs of the same partition together, in their order. */
const outputShipments = (outputs: readonly OutgoingRecord[]): Shipment[] => {
  const byPlace = new Map<string, { topic: string; partition: number; records: BatchRecord[] }>();
  for (const record of outputs) {
    const key = placeKey(record.topic, record.partition);
    const known = byPlace.get(key);
    if (known) known.records.push(record);
    else byPlace.set(key, { topic: record.topic, partition: record.partition, records: [record] });
  }
  return [...byPlace.values()];
};
