import { CommitTimedOutError, FencedError } from "../../errors.ts";
import { byTopic, fittingPart, placeKey, type Shipment } from "../batches.ts";
import type { Cluster, Link } from "../client/cluster.ts";
import { backoffMs, pause } from "../client/pause.ts";
import { produceBound, produceRequest } from "../wire/produce-request.ts";
import { type BatchContent, batchBound } from "../wire/record-batch-writer.ts";
import { RequestBuffers } from "../wire/request-buffers.ts";
import { commitErrorOf } from "./commit-errors.ts";

const buffers = new RequestBuffers();

/** Who writes, and how the brokers know it. */
export interface WriterIdentity {
  readonly transactionalId: string;
  /** Connections of its own, shared by a few writers. */
  readonly lane: string;
}

/** Where each shipment begins, in the order of the shipments. */
export type BaseOffsets = readonly number[];

/** What a commit needs to know of the world around it. */
export interface CommitChecks {
  /** Sees where everything stands before the transaction ends; what it throws prevents that. */
  readonly check?: (bases: BaseOffsets) => void;
  /** Whether the partition is still ours as far as the group has told us; true when left out. */
  readonly isOurs?: () => boolean;
}

interface Work {
  readonly shipments: readonly Shipment[];
  readonly bases: number[];
  /** When the transaction began, by the monotonic clock. */
  readonly since: number;
}

/**
 * One producer of one transactional id, from its fence to its first failed transaction (docs/DESIGN.md,
 * "Fencing").
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
   * writer is spent. FencedError when a newer writer is there, CommitTooLargeError and CommitTimedOutError
   * where a smaller transaction may succeed, LogUnavailableError when the outcome may be unknown.
   */
  async commit(shipments: readonly Shipment[], checks: CommitChecks = {}): Promise<BaseOffsets> {
    const { transactionalId } = this.#identity;
    if (this.#spent !== undefined)
      throw new FencedError(`${transactionalId}: this writer has failed before and must be replaced`);
    let since: number | undefined;
    try {
      await this.#begin(shipments, (at) => {
        since = at;
      });
      const bases = await this.#produce(shipments, since ?? performance.now());
      checks.check?.(bases);
      await this.#end();
      return bases;
    } catch (error) {
      this.#spent = error;
      throw commitErrorOf(error, {
        transactionalId,
        openMs: since === undefined ? undefined : performance.now() - since,
        timeoutMs: this.#cluster.settings.transactionTimeoutMs,
        bytes: shipments.reduce((sum, { records }) => sum + batchBound(records), 0),
        isOurs: checks.isOurs?.() ?? true,
      });
    }
  }

  /** Whether it has failed, or was retired: it writes nothing any more. */
  get isSpent(): boolean {
    return this.#spent !== undefined;
  }

  /** Nothing may be written by it any more. */
  retire(): void {
    this.#spent ??= "retired";
  }

  /** Until the former transaction's markers are written, the coordinator asks to come back (F6). */
  async #begin(shipments: readonly Shipment[], begun: (at: number) => void): Promise<void> {
    const topics = byTopic(shipments, ({ partition }) => partition);
    const startedAt = performance.now();
    for (let attempt = 0; ; attempt++) {
      const at = performance.now();
      try {
        await this.#coordinator(({ broker }) =>
          broker.addPartitionsToTxn({ ...this.#identity, ...this.#producer, topics }),
        );
        begun(at);
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

  async #produce(shipments: readonly Shipment[], since: number): Promise<BaseOffsets> {
    const bases = shipments.map(() => -1);
    const byLeader = new Map<number, number[]>();
    for (const [index, { topic, partition }] of shipments.entries()) {
      const leader = await this.#cluster.leader(topic, partition);
      const indexes = byLeader.get(leader);
      if (indexes) indexes.push(index);
      else byLeader.set(leader, [index]);
    }
    await Promise.all(
      [...byLeader].map(([leader, indexes]) => this.#produceTo(leader, { shipments, indexes, bases, since })),
    );
    return bases;
  }

  /** One request after the other, each with the next batch of every shipment that is not through yet. */
  async #produceTo(leader: number, work: Work & { readonly indexes: readonly number[] }): Promise<void> {
    const sent = new Map(work.indexes.map((index) => [index, 0]));
    while (sent.size > 0) {
      this.#mustBeYoung(work.since);
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

  /** What the brokers have aborted, or are about to, need not be sent to its end. */
  #mustBeYoung(since: number): void {
    const { transactionTimeoutMs } = this.#cluster.settings;
    const openMs = performance.now() - since;
    if (openMs < transactionTimeoutMs) return;
    throw new CommitTimedOutError(
      `${this.#identity.transactionalId}: a commit was not written whole after ${Math.round(openMs)} ms (a ` +
        `transaction may be open for ${transactionTimeoutMs} ms); nothing of it was committed. A smaller ` +
        "one may succeed.",
    );
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
