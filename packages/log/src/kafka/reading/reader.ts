import { type EpochMs, instant } from "@hybrid/kernel";
import { CorruptLogError, LogUnavailableError, OffsetOutOfRangeError } from "../../errors.ts";
import type { LogRecord, ReadRequest, ReadResult } from "../../port.ts";
import { placeKey } from "../batches.ts";
import type { Cluster, Lane } from "../client/cluster.ts";
import { pause } from "../client/pause.ts";
import { BrokerError, isConnectionLost, isLeaderMoved } from "../client/protocol-errors.ts";
import type { TopicCatalog } from "../topics/topic-catalog.ts";
import { batchHead } from "../wire/batch-head.ts";
import { type FetchedPartition, fetchRequest } from "../wire/fetch-request.ts";
import { decodeRecordSet, type RecordSetOptions } from "../wire/record-batch-reader.ts";
import type { OffsetReader, Place } from "./offsets.ts";

const offsetOutOfRange = 1;
const offsetNotAvailable = 78;

/** Bytes that are asked for at once when a whole partition is read. */
const streamBytesMax = 1_024 * 1_024;

/** What {@link Reader.stream} has in memory: what is used, and what is fetched meanwhile. */
export const streamAheadBytes: number = 2 * streamBytesMax;

/** A marker has some 80 bytes, and a batch comes whole in any case. */
const markerBytesMax = 1_024;

/** What of a partition's bytes is wanted. */
interface Stretch extends Place {
  readonly offset: number;
  readonly bytesMax: number;
  readonly maxWaitMs: number;
}

/** What was read of a partition. */
export interface ReadStretch {
  readonly records: readonly LogRecord[];
  readonly nextOffset: number;
  /** One behind the last record that no open transaction precedes. */
  readonly endOffset: number;
}

type Limits = Pick<RecordSetOptions, "recordsMax" | "bytesMax">;

/** What became of something that is looked at later: until then its error waits and is not unhandled. */
const outcomeOf = <Result>(promise: Promise<Result>): Promise<() => Result> =>
  promise.then(
    (result) => () => result,
    (error: unknown) => () => {
      throw error;
    },
  );

/** Reads stretches of partitions, as far as no open transaction precedes them. */
export class Reader {
  readonly #cluster: Cluster;
  readonly #offsets: OffsetReader;
  readonly #topics: Pick<TopicCatalog, "isCompacted">;
  readonly #lane: Lane;

  constructor(
    parts: {
      readonly cluster: Cluster;
      readonly offsets: OffsetReader;
      readonly topics: Pick<TopicCatalog, "isCompacted">;
    },
    lane: Lane,
  ) {
    this.#cluster = parts.cluster;
    this.#offsets = parts.offsets;
    this.#topics = parts.topics;
    this.#lane = lane;
  }

  /** Reads what is there. Rejects with OffsetOutOfRangeError, UnknownTopicError, CorruptLogError. */
  async read(request: ReadRequest): Promise<ReadResult> {
    const { topic, partition, recordsMax } = request;
    const limits = { recordsMax, bytesMax: request.bytesMax };
    const bytesMax = Math.max(1, Math.min(request.bytesMax, streamBytesMax));
    const mustSee = this.#offsets.mustSee(request);
    let { offset } = request;
    const deadline = this.#deadline();
    for (let waitMs = 1; ; ) {
      const read = await this.#stretch({ topic, partition, offset, bytesMax, maxWaitMs: 0 }, limits);
      const { records, nextOffset, endOffset } = read;
      const isHidden = endOffset < mustSee;
      if (records.length > 0 || (nextOffset >= endOffset && !isHidden)) return read;
      if (nextOffset === offset || isHidden) {
        if (performance.now() > deadline) throw stuck(request, offset);
        await pause(waitMs);
        waitMs = Math.min(50, waitMs * 2);
      }
      offset = nextOffset;
    }
  }

  /**
   * When a broker wrote the marker of a transaction that stands at an offset, by its own clock; waits for the
   * marker. Undefined when none comes, or something else stands there.
   */
  async markerTime(place: Place, offset: number): Promise<EpochMs | undefined> {
    const deadline = this.#deadline();
    const stretch = { ...place, offset, bytesMax: markerBytesMax, maxWaitMs: 100 };
    while (performance.now() < deadline) {
      const { records } = await this.#fetch(stretch, this.#lane);
      const head = batchHead(records, 0, place);
      if (!head) continue;
      const isMarker = head.control && head.baseOffset === offset;
      return isMarker ? instant(head.appendedAt ?? head.baseTimestamp) : undefined;
    }
    return undefined;
  }

  /** Everything from `from` up to `to` (exclusive), in chunks; the next one is fetched while one is used. */
  async *stream(place: Place, from: number, to: number): AsyncGenerator<readonly LogRecord[]> {
    if (from >= to) return;
    let ahead = outcomeOf(this.#chunk(place, from));
    for (;;) {
      const { records, nextOffset } = (await ahead)();
      if (nextOffset < to) ahead = outcomeOf(this.#chunk(place, nextOffset));
      const last = records.at(-1);
      const wanted =
        last !== undefined && last.offset >= to ? records.filter(({ offset }) => offset < to) : records;
      if (wanted.length > 0) yield wanted;
      if (nextOffset >= to) return;
    }
  }

  /**
   * Reads what came damaged once more, over another connection: the way there may have damaged it. Rejects
   * with CorruptLogError when it comes damaged again.
   */
  readAgain(place: Place, offset: number): Promise<ReadStretch> {
    const { topic, partition } = place;
    return this.#secondReading({ topic, partition, offset, bytesMax: streamBytesMax, maxWaitMs: 0 }, {});
  }

  /**
   * Where reading goes on behind `offset`, although the brokers show nothing there and the end lies further
   * on: compaction has taken everything up to it. Undefined when that is not sure.
   */
  async behindCleaned(place: Place, offset: number): Promise<number | undefined> {
    if (!(await this.#topics.isCompacted(place.topic))) return undefined;
    const { records, nextOffset, endOffset } = await this.readAgain(place, offset);
    if (records.length > 0) return undefined;
    const further = nextOffset > offset ? nextOffset : endOffset;
    return further > offset ? further : undefined;
  }

  async #chunk({ topic, partition }: Place, offset: number): Promise<ReadStretch> {
    const deadline = this.#deadline();
    for (;;) {
      const stretch = { topic, partition, offset, bytesMax: streamBytesMax, maxWaitMs: 100 };
      const chunk = await this.#stretch(stretch, {});
      if (chunk.nextOffset > offset) return chunk;
      if (performance.now() > deadline) throw stuck({ topic, partition }, offset);
    }
  }

  /** An open transaction holds readers up no longer than this. */
  #deadline(): number {
    return performance.now() + 2 * this.#cluster.settings.transactionTimeoutMs;
  }

  /** What the bytes hold; read again where they are damaged, and passed where compaction has emptied them. */
  async #stretch(stretch: Stretch, limits: Limits): Promise<ReadStretch> {
    const { offset } = stretch;
    const fetched = await this.#fetch(stretch, this.#lane);
    let read: ReadStretch;
    try {
      read = decoded(fetched, stretch, limits);
    } catch (error) {
      if (!(error instanceof CorruptLogError)) throw error;
      return this.#secondReading(stretch, limits);
    }
    const { nextOffset, endOffset } = read;
    if (nextOffset > offset || endOffset <= offset || fetched.records.length > 0) return read;
    return { ...read, nextOffset: (await this.behindCleaned(stretch, offset)) ?? offset };
  }

  async #secondReading(stretch: Stretch, limits: Limits): Promise<ReadStretch> {
    return decoded(await this.#fetch(stretch, `${this.#lane}-again`), stretch, limits);
  }

  #fetch(stretch: Stretch, lane: Lane): Promise<FetchedPartition> {
    const { topic, partition, offset } = stretch;
    return this.#cluster.persist(
      `reading partition ${partition} of ${topic} at offset ${offset}`,
      async () => {
        try {
          return await this.#once(stretch, lane);
        } catch (error) {
          if (isLeaderMoved(error) || isConnectionLost(error)) this.#cluster.forget(topic);
          throw error;
        }
      },
      { forMs: 2 * this.#cluster.settings.requestTimeoutMs },
    );
  }

  async #once({ maxWaitMs, bytesMax, ...place }: Stretch, lane: Lane): Promise<FetchedPartition> {
    const { topic, partition, offset } = place;
    const leader = await this.#cluster.leader(topic, partition);
    const request = fetchRequest({ maxWaitMs, minBytes: 1, bytesMax, partitions: [{ ...place, bytesMax }] });
    const { errorCode, partitions } = await this.#cluster.call(leader, lane, (link) => link.send(request));
    const [fetched] = partitions;
    const code = errorCode === 0 ? (fetched?.errorCode ?? 13) : errorCode;
    const what = `reading partition ${partition} of ${topic} at offset ${offset}`;
    if (code === offsetOutOfRange)
      throw (await gapAt(this.#offsets, place, offset)) ?? new BrokerError(offsetNotAvailable, what);
    if (code !== 0 || !fetched) throw this.#cluster.answerError(code, what, { right: "READ", topic });
    return fetched;
  }
}

const decoded = (
  { records: bytes, aborted, lastStableOffset: endOffset }: FetchedPartition,
  { topic, partition, offset: fetchOffset }: Stretch,
  limits: Limits,
): ReadStretch => ({
  ...decodeRecordSet(bytes, { topic, partition, fetchOffset, aborted, ...limits }),
  endOffset,
});

const stuck = ({ topic, partition }: Place, offset: number): LogUnavailableError =>
  new LogUnavailableError(
    `partition ${partition} of ${topic} shows nothing behind offset ${offset}, though there was something: ` +
      "a transaction hangs in the brokers, or the topic was recreated while this process ran",
  );

/**
 * The gap between what was asked for and what is there, after a broker has said that there is one: records
 * may be missing. Undefined when the log holds the offset after all, as with a leader that has just begun.
 */
export const gapAt = async (
  offsets: OffsetReader,
  place: Place,
  offset: number,
): Promise<OffsetOutOfRangeError | undefined> => {
  const key = placeKey(place.topic, place.partition);
  const start = (await offsets.starts([place])).get(key) ?? 0;
  const end = (await offsets.ends([place])).get(key) ?? 0;
  if (offset >= start && offset <= end) return undefined;
  const why =
    offset < start
      ? "what stood between was removed, by retention or by hand, before it was read"
      : "the topic was truncated, or deleted and recreated";
  return new OffsetOutOfRangeError(
    `offset ${offset} of topic ${place.topic}, partition ${place.partition}, is not in the log, ` +
      `which holds ${start} to ${end} (exclusive): ${why}`,
  );
};
