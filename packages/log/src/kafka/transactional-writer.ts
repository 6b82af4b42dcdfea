import { CorruptLogError, FencedError } from "../errors.ts";
import { byTopic, fittingPart, placeKey, type Shipment } from "./batches.ts";
import type { Cluster, Link } from "./client/cluster.ts";
import { backoffMs, pause } from "./client/pause.ts";
import { logErrorOf } from "./client/protocol-errors.ts";
import { produceBound, produceRequest } from "./wire/produce-request.ts";
import type { BatchContent } from "./wire/record-batch-writer.ts";
import { RequestBuffers } from "./wire/request-buffers.ts";

const buffers = new RequestBuffers();

/** Who writes, and how the brokers shall know it. */
export interface WriterIdentity {
  readonly transactionalId: string;
  /** Connections of its own, shared by a few writers. */
  readonly lane: string;
}

/** Where each shipment begins, in the order of the shipments. */
export type BaseOffsets = readonly number[];

/**
 * One producer of one transactional id, from its fence to its first failed transaction (DESIGN section 2).
 * Brokers number its transactions' requests, so that nothing is stored twice; after any error it is spent
 * and must be replaced, because the broker may still be busy with what failed (F3).
 */
export class TransactionalWriter {
  readonly #cluster: Cluster;
  readonly #identity: WriterIdentity;
  readonly #producer: { readonly producerId: string; readonly producerEpoch: number };
  readonly #sequences = new Map<string, number>();
  #spent: unknown;

  private constructor(
    cluster: Cluster,
    identity: WriterIdentity,
    producer: { readonly producerId: string; readonly producerEpoch: number },
  ) {
    this.#cluster = cluster;
    this.#identity = identity;
    this.#producer = producer;
  }

  /**
   * Shuts every earlier writer of this transactional id out: its open transaction is aborted, its next one
   * fails. Resolves when nothing of it can become visible any more.
   */
  static async fence(cluster: Cluster, identity: WriterIdentity): Promise<TransactionalWriter> {
    const { transactionalId, lane } = identity;
    const { transactionTimeoutMs } = cluster.settings;
    const producer = await cluster.persist(
      `fencing ${transactionalId}`,
      () =>
        cluster.callCoordinator({ kind: "transaction", id: transactionalId, lane }, ({ broker }) =>
          broker.initProducerId({ transactionalId, transactionTimeout: transactionTimeoutMs }),
        ),
      { forMs: 2 * transactionTimeoutMs, firstMs: 5 },
    );
    return new TransactionalWriter(cluster, identity, producer);
  }

  /**
   * Writes all shipments in one transaction; a partition stands in one shipment only. After a rejection the
   * writer is spent. FencedError when a newer writer is there, LogUnavailableError when the outcome may be
   * unknown. `check` sees where everything stands before the transaction ends; what it throws prevents that.
   */
  async commit(
    shipments: readonly Shipment[],
    check: (bases: BaseOffsets) => void = () => undefined,
  ): Promise<BaseOffsets> {
    const { transactionalId } = this.#identity;
    if (this.#spent !== undefined)
      throw new FencedError(`${transactionalId}: this writer has failed before and must be replaced`);
    try {
      await this.#begin(shipments);
      const bases = await this.#produce(shipments);
      check(bases);
      await this.#end();
      return bases;
    } catch (error) {
      this.#spent = error;
      if (error instanceof CorruptLogError) throw error;
      throw logErrorOf(error, transactionalId);
    }
  }

  /** Nothing may be written by it any more. */
  retire(): void {
    this.#spent ??= "retired";
  }

  /** Until the former transaction's markers are written, the coordinator asks to come back (F6). */
  async #begin(shipments: readonly Shipment[]): Promise<void> {
    const topics = byTopic(shipments, ({ partition }) => partition);
    const startedAt = performance.now();
    for (let attempt = 0; ; attempt++) {
      try {
        await this.#coordinator(({ broker }) =>
          broker.addPartitionsToTxn({ ...this.#identity, ...this.#producer, topics }),
        );
        return;
      } catch (error) {
        const { type } = error as { type?: string };
        const isBusy = type === "CONCURRENT_TRANSACTIONS" || type === "GROUP_LOAD_IN_PROGRESS";
        if (!isBusy || performance.now() - startedAt > this.#cluster.settings.transactionTimeoutMs)
          throw error;
        await pause(backoffMs(attempt, 1, 50));
      }
    }
  }

  async #produce(shipments: readonly Shipment[]): Promise<BaseOffsets> {
    const bases = shipments.map(() => -1);
    const byLeader = new Map<number, number[]>();
    for (const [index, { topic, partition }] of shipments.entries()) {
      const leader = await this.#cluster.leader(topic, partition);
      const indexes = byLeader.get(leader);
      if (indexes) indexes.push(index);
      else byLeader.set(leader, [index]);
    }
    await Promise.all(
      [...byLeader].map(([leader, indexes]) => this.#produceTo(leader, { shipments, indexes, bases })),
    );
    return bases;
  }

  /** One request after the other, each with the next batch of every shipment that is not through yet. */
  async #produceTo(
    leader: number,
    work: {
      readonly shipments: readonly Shipment[];
      readonly indexes: readonly number[];
      readonly bases: number[];
    },
  ): Promise<void> {
    const sent = new Map(work.indexes.map((index) => [index, 0]));
    while (sent.size > 0) {
      const batches = [...sent].map(([index, from]) => {
        const shipment = work.shipments[index] as Shipment;
        const { topic, partition, records } = shipment;
        const { count, bound } = fittingPart(records, from);
        const part = from === 0 && count === records.length ? records : records.slice(from, from + count);
        if (from + count >= records.length) sent.delete(index);
        else sent.set(index, from + count);
        return {
          index,
          from,
          topic,
          partition,
          batch: this.#batchOf({ ...shipment, records: part }, bound),
        };
      });
      const offsets = await this.#send(leader, batches);
      for (const { index, from, topic, partition } of batches)
        if (from === 0) work.bases[index] = offsets.get(placeKey(topic, partition)) ?? -1;
    }
  }

  #batchOf({ topic, partition, records, timestamp }: Shipment, bound: number): BatchContent {
    const key = placeKey(topic, partition);
    const firstSequence = this.#sequences.get(key) ?? 0;
    this.#sequences.set(key, (firstSequence + records.length) % 2 ** 31);
    const { producerId, producerEpoch } = this.#producer;
    return {
      records,
      timestamp,
      bound,
      producer: {
        producerId: BigInt(producerId),
        epoch: producerEpoch,
        firstSequence,
        transactional: true,
      },
    };
  }

  async #send(
    leader: number,
    batches: readonly { readonly topic: string; readonly partition: number; readonly batch: BatchContent }[],
  ): Promise<ReadonlyMap<string, number>> {
    const { transactionalId, lane } = this.#identity;
    const timeoutMs = this.#cluster.settings.requestTimeoutMs;
    const topics = byTopic(batches, ({ partition, batch }) => ({ partition, batch }));
    const into = buffers.take(produceBound(topics));
    const request = produceRequest({ transactionalId, timeoutMs, topics, into });
    const answers = await this.#cluster.call(leader, lane, (link) => link.send(request));
    buffers.give(into);
    for (const { topic, partition, errorCode } of answers)
      if (errorCode !== 0) {
        this.#cluster.forget(topic);
        throw this.#cluster.answerError(errorCode, `producing to partition ${partition} of ${topic}`, {
          right: "WRITE",
          topic,
        });
      }
    return new Map(
      answers.map(({ topic, partition, baseOffset }) => [placeKey(topic, partition), baseOffset]),
    );
  }

  async #end(): Promise<void> {
    await this.#coordinator(({ broker }) =>
      broker.endTxn({ ...this.#identity, ...this.#producer, transactionResult: true }),
    );
  }

  #coordinator<Result>(run: (link: Link) => Promise<Result>): Promise<Result> {
    const { transactionalId, lane } = this.#identity;
    return this.#cluster.callCoordinator({ kind: "transaction", id: transactionalId, lane }, run);
  }
}
