import { LogUnavailableError } from "../../errors.ts";
import type { OutgoingRecord } from "../../port.ts";
import { batchBytesMax, byTopic, fittingPart, placeKey } from "../batches.ts";
import type { Cluster } from "../client/cluster.ts";
import { backoffMs, pause } from "../client/pause.ts";
import { isConnectionLost, isLeaderMoved, isPassing, logErrorOf } from "../client/protocol-errors.ts";
import { mustHavePartition, type TopicCatalog } from "../topics/topic-catalog.ts";
import { produceRequest } from "../wire/produce-request.ts";
import { encodeRecordBatch, sizeBound } from "../wire/record-batch-writer.ts";

/** Records of one caller for one partition, and where their offsets go. */
interface Parcel {
  readonly records: OutgoingRecord[];
  /** Where in the caller's order each record stands. */
  readonly indexes: number[];
  readonly order: Order;
}

/** One call of append. */
interface Order {
  readonly offsets: number[];
  readonly deadline: number;
  parcelsLeft: number;
  readonly resolve: (offsets: readonly number[]) => void;
  readonly reject: (error: Error) => void;
  failed: boolean;
}

/** What waits for one partition. */
interface PartitionQueue {
  readonly topic: string;
  readonly partition: number;
  readonly parcels: Parcel[];
  attempt: number;
  busy: boolean;
}

interface Sending {
  readonly queue: PartitionQueue;
  readonly parcels: readonly Parcel[];
  readonly batch: Buffer;
}

const bytesOf = (records: readonly OutgoingRecord[]): number =>
  records.reduce((sum, record) => sum + sizeBound(record), 0);

/**
 * Appends without transactions: acks=all, not idempotent (F8: kafkajs's idempotent producer can lose
 * acknowledged records; a plain one can only double them, which every reader of these topics bears). One
 * request at a time to each leader takes along what has arrived meanwhile, so that a partition keeps its
 * order and batches grow with the load.
 */
export class Appender {
  readonly #cluster: Cluster;
  readonly #topics: TopicCatalog;
  readonly #queues = new Map<string, PartitionQueue>();
  readonly #sending = new Set<number>();
  #pendingBytes = 0;
  #pumping = false;

  constructor(cluster: Cluster, topics: TopicCatalog) {
    this.#cluster = cluster;
    this.#topics = topics;
  }

  /** Appends; resolves with the offsets in the order of the records. */
  async append(records: readonly OutgoingRecord[]): Promise<readonly number[]> {
    if (this.#cluster.closed) throw new LogUnavailableError("the log on Kafka has been closed");
    if (records.length === 0) return [];
    await this.#check(records);
    const bytes = bytesOf(records);
    const { pendingBytesMax, appendTimeoutMs } = this.#cluster.settings;
    if (this.#pendingBytes + bytes > pendingBytesMax && this.#pendingBytes > 0)
      throw new LogUnavailableError(
        `${this.#pendingBytes} bytes wait to be appended already; nothing was taken of these ${bytes}`,
      );
    this.#pendingBytes += bytes;
    try {
      return await new Promise<readonly number[]>((resolve, reject) => {
        const deadline = performance.now() + appendTimeoutMs;
        const order: Order = {
          offsets: records.map(() => -1),
          deadline,
          parcelsLeft: 0,
          resolve,
          reject,
          failed: false,
        };
        this.#enqueue(records, order);
        this.#pump();
      });
    } finally {
      this.#pendingBytes -= bytes;
    }
  }

  /** Refuses what waits. */
  close(): void {
    for (const queue of this.#queues.values())
      for (const parcel of queue.parcels.splice(0))
        refuse(parcel, new LogUnavailableError("the log was closed"));
  }

  async #check(records: readonly OutgoingRecord[]): Promise<void> {
    const counts = new Map<string, number>();
    const compacted = new Map<string, boolean>();
    for (const { topic, key } of records) {
      if (!counts.has(topic)) counts.set(topic, await this.#leaderCount(topic));
      // Only a missing key makes it matter; the question takes a right of its own (DESCRIBE_CONFIGS).
      if (key === null && !compacted.has(topic)) compacted.set(topic, await this.#topics.isCompacted(topic));
    }
    for (const { topic, partition, key, timestamp, headers } of records) {
      mustHavePartition(topic, partition, counts.get(topic) ?? 0);
      const isCompacted = compacted.get(topic) ?? false;
      checkRecord({ topic, key, timestamp, isCompacted, ...(headers && { headers }) });
    }
  }

  async #leaderCount(topic: string): Promise<number> {
    const leaders = await this.#cluster.persist(
      `looking for topic ${topic}`,
      () => this.#cluster.leaders(topic),
      {
        forMs: this.#cluster.settings.appendTimeoutMs,
      },
    );
    return leaders.length;
  }

  #enqueue(records: readonly OutgoingRecord[], order: Order): void {
    const parcels = new Map<string, Parcel>();
    for (const [index, record] of records.entries()) {
      const key = placeKey(record.topic, record.partition);
      let parcel = parcels.get(key);
      if (!parcel) {
        parcel = { records: [], indexes: [], order };
        parcels.set(key, parcel);
        this.#queueOf(record.topic, record.partition).parcels.push(parcel);
      }
      parcel.records.push(record);
      parcel.indexes.push(index);
    }
    order.parcelsLeft = parcels.size;
  }

  #queueOf(topic: string, partition: number): PartitionQueue {
    const key = placeKey(topic, partition);
    let queue = this.#queues.get(key);
    if (!queue) {
      queue = { topic, partition, parcels: [], attempt: 0, busy: false };
      this.#queues.set(key, queue);
    }
    return queue;
  }

  /** Looks who can be sent something; once for everything that is asked for within one turn of the loop. */
  #pump(): void {
    if (this.#pumping) return;
    this.#pumping = true;
    queueMicrotask(() => {
      this.#pumping = false;
      void this.#dispatch();
    });
  }

  async #dispatch(): Promise<void> {
    const byLeader = new Map<number, PartitionQueue[]>();
    for (const [key, queue] of this.#queues) {
      if (queue.busy) continue;
      if (queue.parcels.length === 0) {
        this.#queues.delete(key);
        continue;
      }
      queue.busy = true;
      const leader = await this.#leaderOf(queue);
      if (leader === undefined) continue;
      queue.busy = false;
      const led = byLeader.get(leader);
      if (led) led.push(queue);
      else byLeader.set(leader, [queue]);
    }
    for (const [leader, queues] of byLeader)
      if (!this.#sending.has(leader)) void this.#sendTo(leader, queues);
  }

  async #leaderOf(queue: PartitionQueue): Promise<number | undefined> {
    try {
      return await this.#cluster.leader(queue.topic, queue.partition);
    } catch (error) {
      this.#postpone(queue, error, queue.parcels.splice(0));
      return undefined;
    }
  }

  async #sendTo(leader: number, queues: readonly PartitionQueue[]): Promise<void> {
    this.#sending.add(leader);
    const sending: Sending[] = [];
    try {
      for (const queue of queues) {
        const loaded = queue.busy ? undefined : loadBatch(queue);
        if (loaded) sending.push(loaded);
      }
      if (sending.length > 0) await this.#send(leader, sending);
    } catch (error) {
      for (const { queue, parcels } of sending) {
        if (isConnectionLost(error) || isLeaderMoved(error)) this.#cluster.forget(queue.topic);
        this.#postpone(queue, error, parcels);
      }
    } finally {
      this.#sending.delete(leader);
      if (this.#queues.size > 0) this.#pump();
    }
  }

  async #send(leader: number, sending: readonly Sending[]): Promise<void> {
    const request = produceRequest({
      transactionalId: null,
      timeoutMs: this.#cluster.settings.requestTimeoutMs,
      topics: byTopic(
        sending.map(({ queue: { topic, partition }, batch }) => ({ topic, partition, batch })),
        ({ partition, batch }) => ({ partition, batch }),
      ),
    });
    const answers = await this.#cluster.call(leader, "append", (link) => link.send(request));
    const byPlace = new Map(answers.map((answer) => [placeKey(answer.topic, answer.partition), answer]));
    for (const { queue, parcels } of sending) {
      queue.busy = false;
      const answer = byPlace.get(placeKey(queue.topic, queue.partition));
      if (answer?.errorCode === 0) {
        queue.attempt = 0;
        settle(parcels, answer.baseOffset);
        continue;
      }
      const what = `appending to partition ${queue.partition} of ${queue.topic}`;
      const { topic } = queue;
      const error = this.#cluster.answerError(answer?.errorCode ?? 13, what, { right: "WRITE", topic });
      if (isLeaderMoved(error)) this.#cluster.forget(queue.topic);
      this.#postpone(queue, error, parcels);
    }
  }

  /**
   * Tries a partition again after a while, `sent` first, or refuses what has waited long enough. What no
   * retry can mend concerns those who were sent, not those who wait behind them.
   */
  #postpone(queue: PartitionQueue, error: unknown, sent: readonly Parcel[]): void {
    const now = performance.now();
    const isWorthwhile = isPassing(error) || error instanceof LogUnavailableError;
    const isLate = ({ order }: Parcel): boolean =>
      this.#cluster.closed || order.deadline < now || order.failed;
    const what = `appending to partition ${queue.partition} of ${queue.topic}`;
    const kept: Parcel[] = [];
    for (const [parcels, isLost] of [
      [sent, !isWorthwhile],
      [queue.parcels, false],
    ] as const)
      for (const parcel of parcels)
        if (isLost || isLate(parcel)) refuse(parcel, logErrorOf(error, what));
        else kept.push(parcel);
    queue.parcels.splice(0, queue.parcels.length, ...kept);
    queue.busy = true;
    void this.#revive(queue);
  }

  async #revive(queue: PartitionQueue): Promise<void> {
    await pause(backoffMs(queue.attempt++, 20, 1_000));
    queue.busy = false;
    this.#pump();
  }
}

/** Takes as many whole parcels as fit one batch; one that is larger by itself goes in parts. */
const loadBatch = (queue: PartitionQueue): Sending | undefined => {
  const parcels: Parcel[] = [];
  const records: OutgoingRecord[] = [];
  let bytesLeft = batchBytesMax;
  for (let next = queue.parcels[0]; next; next = queue.parcels[0]) {
    const { count } = fittingPart(next.records, 0);
    const bytes = bytesOf(next.records);
    if (parcels.length > 0 && bytes > bytesLeft) break;
    const isWhole = count === next.records.length;
    const { part, rest } = isWhole ? { part: next, rest: undefined } : split(next, count);
    if (rest) queue.parcels[0] = rest;
    else queue.parcels.shift();
    parcels.push(part);
    for (const record of part.records) records.push(record);
    bytesLeft -= bytes;
    if (rest) break;
  }
  if (records.length === 0) return undefined;
  try {
    const batch = encodeRecordBatch(records, null);
    queue.busy = true;
    return { queue, parcels, batch };
  } catch (error) {
    // What cannot be encoded concerns those who sent it, and nobody waits for it in vain.
    for (const parcel of parcels) refuse(parcel, error instanceof Error ? error : new Error(String(error)));
    return undefined;
  }
};

const split = (parcel: Parcel, count: number): { readonly part: Parcel; readonly rest: Parcel } => {
  parcel.order.parcelsLeft += 1;
  const cut = (from: number, to?: number): Parcel => ({
    records: parcel.records.slice(from, to),
    indexes: parcel.indexes.slice(from, to),
    order: parcel.order,
  });
  return { part: cut(0, count), rest: cut(count) };
};

const settle = (parcels: readonly Parcel[], baseOffset: number): void => {
  let offset = baseOffset;
  for (const { indexes, order } of parcels) {
    for (const index of indexes) order.offsets[index] = offset++;
    if (--order.parcelsLeft === 0 && !order.failed) order.resolve(order.offsets);
  }
};

const refuse = ({ order }: Parcel, error: Error): void => {
  order.failed = true;
  order.reject(error);
};

/** Refuses what cannot be stored, before anything is sent. */
export const checkRecord = (record: {
  readonly topic: string;
  readonly key: string | null;
  readonly timestamp: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly isCompacted: boolean;
}): void => {
  if (record.key === null && record.isCompacted)
    throw new TypeError(`a record for topic ${record.topic} has no key, but the topic is compacted by key`);
  if (!(Number.isSafeInteger(record.timestamp) && record.timestamp >= 0))
    throw new TypeError(
      `a record for topic ${record.topic} has the timestamp ${record.timestamp}; ` +
        "Kafka takes whole milliseconds from 1970 on",
    );
  for (const name in record.headers)
    if (typeof record.headers[name] !== "string")
      throw new TypeError(`a record for topic ${record.topic} has a header ${name} that is no text`);
};
