import type { ReadFrom } from "../../port.ts";
import { placeKey } from "../batches.ts";
import type { Cluster, Lane } from "../client/cluster.ts";
import { pause } from "../client/pause.ts";
import { isConnectionLost, isLeaderMoved } from "../client/protocol-errors.ts";
import { fetchRequest } from "../wire/fetch-request.ts";

/** How long a broker holds the question while nothing comes. */
const maxWaitMs = 500;

/** Before a broker that could not be asked is asked again. */
const failedWaitMs = 250;

/** The answer's records are thrown away: only that there are some counts. */
const bytesMax = 1;

/**
 * Waits for records behind places; one long question at a time to each leader, over connections of its own,
 * for a broker answers what comes over one connection in order.
 */
export class Growth {
  readonly #cluster: Cluster;
  readonly #lane: Lane;

  constructor(cluster: Cluster, lane: Lane) {
    this.#cluster = cluster;
    this.#lane = lane;
  }

  /** The places that hold something now; empty when nothing came, or the signal was aborted. */
  async of(places: readonly ReadFrom[], signal: AbortSignal): Promise<readonly ReadFrom[]> {
    if (signal.aborted || places.length === 0) return [];
    const byLeader = new Map<number, ReadFrom[]>();
    for (const place of places) {
      const leader = await this.#leaderOf(place);
      const led = byLeader.get(leader);
      if (led) led.push(place);
      else byLeader.set(leader, [place]);
    }
    const asked = [...byLeader].map(([leader, led]) => this.#ask(leader, led, signal));
    const ended = Promise.withResolvers<readonly ReadFrom[]>();
    const end = (): void => ended.resolve([]);
    signal.addEventListener("abort", end, { once: true });
    try {
      return await Promise.race([firstFound(asked), ended.promise]);
    } finally {
      signal.removeEventListener("abort", end);
    }
  }

  #leaderOf({ topic, partition }: ReadFrom): Promise<number> {
    return this.#cluster.persist(
      `looking for the leader of partition ${partition} of ${topic}`,
      () => this.#cluster.leader(topic, partition),
      { forMs: this.#cluster.settings.requestTimeoutMs },
    );
  }

  async #ask(leader: number, places: readonly ReadFrom[], signal: AbortSignal): Promise<readonly ReadFrom[]> {
    const partitions = places.map((place) => ({ ...place, bytesMax }));
    const request = fetchRequest({ maxWaitMs, minBytes: 1, bytesMax, partitions });
    try {
      const { partitions: fetched } = await this.#cluster.call(leader, this.#lane, (link) =>
        link.send(request),
      );
      const found = new Map(fetched.map((each) => [placeKey(each.topic, each.partition), each]));
      return places.filter(({ topic, partition, offset }) => {
        const each = found.get(placeKey(topic, partition));
        // An error is told by the reading that follows.
        return each && (each.errorCode !== 0 || each.lastStableOffset > offset);
      });
    } catch (error) {
      if (!isLeaderMoved(error) && !isConnectionLost(error)) throw error;
      for (const { topic } of places) this.#cluster.forget(topic);
      await pause(failedWaitMs, signal);
      return [];
    }
  }
}

/** The first answer that is not empty; empty when all are. */
const firstFound = (asked: readonly Promise<readonly ReadFrom[]>[]): Promise<readonly ReadFrom[]> =>
  new Promise((resolve, reject) => {
    for (const each of asked) each.then((found) => found.length > 0 && resolve(found), reject);
    Promise.all(asked).then(() => resolve([]), reject);
  });
