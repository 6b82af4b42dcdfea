import { LogUnavailableError, OffsetOutOfRangeError } from "../errors.ts";
import type { LogRecord, ReadRequest, ReadResult } from "../port.ts";
import { placeKey } from "./batches.ts";
import type { Cluster } from "./client/cluster.ts";
import { pause } from "./client/pause.ts";
import { isConnectionLost, isLeaderMoved } from "./client/protocol-errors.ts";
import type { OffsetReader, Place } from "./offsets.ts";
import { type FetchedPartition, fetchRequest } from "./wire/fetch-request.ts";
import { decodeRecordSet } from "./wire/record-batch-reader.ts";

const offsetOutOfRange = 1;

/** So much is asked for at once when a whole partition is read. */
const streamBytesMax = 1_024 * 1_024;

/** What of a partition's bytes is wanted. */
interface Stretch extends Place {
  readonly offset: number;
  readonly bytesMax: number;
  readonly maxWaitMs: number;
}

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
  readonly #lane: string;

  constructor(cluster: Cluster, offsets: OffsetReader, lane: string) {
    this.#cluster = cluster;
    this.#offsets = offsets;
    this.#lane = lane;
  }

  /** Reads what is there. Rejects with OffsetOutOfRangeError, UnknownTopicError, CorruptLogError. */
  async read(request: ReadRequest): Promise<ReadResult> {
    const { topic, partition, recordsMax } = request;
    const mustSee = this.#offsets.mustSee(request);
    let { offset } = request;
    const deadline = this.#deadline();
    for (let waitMs = 1; ; ) {
      const bytesMax = Math.max(1, Math.min(request.bytesMax, streamBytesMax));
      const fetched = await this.#fetch({ topic, partition, offset, bytesMax, maxWaitMs: 0 });
      const endOffset = fetched.lastStableOffset;
      const { records, nextOffset } = decodeRecordSet(fetched.records, {
        topic,
        partition,
        fetchOffset: offset,
        aborted: fetched.aborted,
        recordsMax,
        bytesMax: request.bytesMax,
      });
      const isHidden = endOffset < mustSee;
      if (records.length > 0 || (nextOffset >= endOffset && !isHidden))
        return { records, nextOffset, endOffset };
      if (nextOffset === offset || isHidden) {
        if (performance.now() > deadline) throw stuck(request, offset);
        await pause(waitMs);
        waitMs = Math.min(50, waitMs * 2);
      }
      offset = nextOffset;
    }
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

  async #chunk(
    { topic, partition }: Place,
    offset: number,
  ): Promise<{ readonly records: readonly LogRecord[]; readonly nextOffset: number }> {
    const deadline = this.#deadline();
    for (;;) {
      const stretch = { topic, partition, offset, bytesMax: streamBytesMax, maxWaitMs: 100 };
      const { records: bytes, aborted } = await this.#fetch(stretch);
      const chunk = decodeRecordSet(bytes, { topic, partition, fetchOffset: offset, aborted });
      if (chunk.nextOffset > offset) return chunk;
      if (performance.now() > deadline) throw stuck({ topic, partition }, offset);
    }
  }

  /** An open transaction holds readers up no longer than this. */
  #deadline(): number {
    return performance.now() + 2 * this.#cluster.settings.transactionTimeoutMs;
  }

  #fetch(stretch: Stretch): Promise<FetchedPartition> {
    const { topic, partition, offset } = stretch;
    return this.#cluster.persist(
      `reading partition ${partition} of ${topic} at offset ${offset}`,
      async () => {
        try {
          return await this.#once(stretch);
        } catch (error) {
          if (isLeaderMoved(error) || isConnectionLost(error)) this.#cluster.forget(topic);
          throw error;
        }
      },
      { forMs: 2 * this.#cluster.settings.requestTimeoutMs },
    );
  }

  async #once({ maxWaitMs, bytesMax, ...place }: Stretch): Promise<FetchedPartition> {
    const { topic, partition, offset } = place;
    const leader = await this.#cluster.leader(topic, partition);
    const request = fetchRequest({ maxWaitMs, minBytes: 1, bytesMax, partitions: [{ ...place, bytesMax }] });
    const { errorCode, partitions } = await this.#cluster.call(leader, this.#lane, (link) =>
      link.send(request),
    );
    const [fetched] = partitions;
    const code = errorCode === 0 ? (fetched?.errorCode ?? 13) : errorCode;
    if (code === offsetOutOfRange) throw await outOfRange(this.#offsets, place, offset);
    if (code !== 0 || !fetched)
      throw this.#cluster.answerError(
        code,
        `reading partition ${partition} of ${topic} at offset ${offset}`,
        {
          right: "READ",
          topic,
        },
      );
    return fetched;
  }
}

const stuck = ({ topic, partition }: Place, offset: number): LogUnavailableError =>
  new LogUnavailableError(
    `partition ${partition} of ${topic} shows nothing behind offset ${offset}, though there was something: ` +
      "a transaction hangs in the brokers, or the topic was created anew while this process ran",
  );

/** Names the gap between what was asked for and what is there. */
export const outOfRange = async (
  offsets: OffsetReader,
  place: Place,
  offset: number,
): Promise<OffsetOutOfRangeError> => {
  const key = placeKey(place.topic, place.partition);
  const start = (await offsets.starts([place])).get(key);
  const end = (await offsets.ends([place])).get(key);
  return new OffsetOutOfRangeError(
    `offset ${offset} of topic ${place.topic}, partition ${place.partition}, is not in the log, ` +
      `which holds ${start} to ${end} (exclusive)`,
  );
};
