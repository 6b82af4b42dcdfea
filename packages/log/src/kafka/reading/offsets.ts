import { LogUnavailableError, UnknownTopicError } from "../../errors.ts";
import { byTopic, placeKey } from "../batches.ts";
import type { Cluster } from "../client/cluster.ts";
import { pause } from "../client/pause.ts";
import { isLeaderMoved } from "../client/protocol-errors.ts";

/** A partition of a topic. */
export interface Place {
  readonly topic: string;
  readonly partition: number;
}

/** Special points in time of ListOffsets: the first offset, and the one behind the last. */
const earliest = -2;
const latest = -1;

const readCommitted = 1;

/** Asks the leaders for offsets; what transactions have open counts as not there. */
export class OffsetReader {
  readonly #cluster: Cluster;
  readonly #lane: string;
  /** Behind what this process has committed: its own reads wait until the brokers show it. */
  readonly #committed = new Map<string, number>();

  constructor(cluster: Cluster, lane: string) {
    this.#cluster = cluster;
    this.#lane = lane;
  }

  /** This process has committed records up to `nextOffset`, exclusive. */
  noteCommitted({ topic, partition }: Place, nextOffset: number): void {
    this.#committed.set(placeKey(topic, partition), nextOffset);
  }

  /** What a reader of this process must be able to see. */
  mustSee({ topic, partition }: Place): number {
    return this.#committed.get(placeKey(topic, partition)) ?? 0;
  }

  /** The first readable offset of each place. */
  starts(places: readonly Place[]): Promise<ReadonlyMap<string, number>> {
    return this.#ask(places, earliest);
  }

  /** The offset behind the last readable record of each place, this process's own commits included. */
  async ends(places: readonly Place[]): Promise<ReadonlyMap<string, number>> {
    const deadline = performance.now() + this.#cluster.settings.transactionTimeoutMs;
    for (let waitMs = 1; ; waitMs = Math.min(50, waitMs * 2)) {
      const ends = await this.#ask(places, latest);
      const hidden = places.find(
        (place) => (ends.get(placeKey(place.topic, place.partition)) ?? 0) < this.mustSee(place),
      );
      if (!hidden) return ends;
      if (performance.now() > deadline) {
        // The topic may have been created again: what was committed to the former one never shows.
        this.#committed.delete(placeKey(hidden.topic, hidden.partition));
        throw new LogUnavailableError(
          `partition ${hidden.partition} of ${hidden.topic} does not show what was committed to it; ` +
            "a transaction may hang in the brokers, or the topic was recreated",
        );
      }
      await pause(waitMs);
    }
  }

  #ask(places: readonly Place[], timestamp: number): Promise<ReadonlyMap<string, number>> {
    const topics = [...new Set(places.map(({ topic }) => topic))];
    return this.#cluster.persist(
      `reading offsets of ${topics.join(", ")}`,
      () => this.#once(places, timestamp),
      {
        forMs: 2 * this.#cluster.settings.requestTimeoutMs,
      },
    );
  }

  async #once(places: readonly Place[], timestamp: number): Promise<ReadonlyMap<string, number>> {
    const byLeader = new Map<number, Place[]>();
    for (const place of places) {
      const leader = await this.#cluster.leader(place.topic, place.partition);
      const led = byLeader.get(leader);
      if (led) led.push(place);
      else byLeader.set(leader, [place]);
    }
    const found = new Map<string, number>();
    try {
      await Promise.all(
        [...byLeader].map(([leader, led]) => this.#askLeader(leader, { led, timestamp, found })),
      );
    } catch (error) {
      if (isLeaderMoved(error) && !(error instanceof UnknownTopicError))
        for (const { topic } of places) this.#cluster.forget(topic);
      throw error;
    }
    return found;
  }

  async #askLeader(
    leader: number,
    ask: { readonly led: readonly Place[]; readonly timestamp: number; readonly found: Map<string, number> },
  ): Promise<void> {
    const { timestamp } = ask;
    const topics = byTopic(ask.led, ({ partition }) => ({ partition, timestamp }));
    const { responses } = await this.#cluster.call(leader, this.#lane, ({ broker }) =>
      broker.listOffsets({ replicaId: -1, isolationLevel: readCommitted, topics }),
    );
    for (const { topic, partitions } of responses)
      for (const { partition, offset } of partitions)
        ask.found.set(placeKey(topic, partition), Number(offset));
  }
}
