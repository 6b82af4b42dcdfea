import type { Scheduler } from "@hybrid/kernel";
import type { ChangeBatch } from "@hybrid/view";
import { ListsNotReady, type MeetingFeed } from "../../api/meeting-view.ts";
import { pause } from "./pause.ts";
import type { ChangedKeys, Store } from "./store.ts";

type Place = Pick<ChangedKeys, "build" | "place">;

const tokenOf = ({ build, place }: Place): string => `${build}.${place}`;

/** None, or what is none, is a place of no build, and so begins with a reset. */
const placeIn = (token: string | null): Place => {
  const [build = "", place = ""] = token?.split(".", 2) ?? [];
  return /^[0-9a-f-]{36}$/.test(build) && /^\d{1,15}$/.test(place)
    ? { build, place }
    : { build: "", place: "0" };
};

/**
 * What changes in the lists of one partition. A place is one in the topic, so a client goes on with it at any
 * process. Redis tells when to look; who was not told looks after a while, so nothing is lost for it.
 */
export class PartitionFeed implements MeetingFeed {
  readonly #store: Store;
  readonly #partition: number;
  readonly #scheduler: Scheduler;
  readonly #lookEveryMs: number;
  #moved = new AbortController();
  /** The newest place that any reader of this process has come to. */
  #seen: Place = placeIn(null);

  constructor(
    partition: number,
    ports: { readonly store: Store; readonly scheduler: Scheduler; readonly lookEveryMs: number },
  ) {
    this.#partition = partition;
    this.#store = ports.store;
    this.#scheduler = ports.scheduler;
    this.#lookEveryMs = ports.lookEveryMs;
  }

  token(): string {
    return tokenOf(this.#seen);
  }

  /** Wakes who waits. */
  moved(): void {
    this.#moved.abort();
    this.#moved = new AbortController();
  }

  async *changes(token: string | null, signal: AbortSignal): AsyncGenerator<ChangeBatch, void, undefined> {
    let place = placeIn(token);
    while (!signal.aborted) {
      const moved = this.#moved.signal;
      const read = await this.#read(place);
      if (read !== null) {
        place = read;
        this.#seen = read;
      }
      if (read?.isReset || (read?.keys.length ?? 0) > 0) yield batchOf(read as ChangedKeys);
      else await pause(this.#scheduler, this.#lookEveryMs, signal, moved);
    }
  }

  /** Null while lists are being made, or Redis is away: places outlast both. */
  async #read(place: Place): Promise<ChangedKeys | null> {
    try {
      return await this.#store.changes(this.#partition, place);
    } catch (error) {
      if (error instanceof ListsNotReady) return null;
      throw error;
    }
  }
}

const batchOf = ({ build, place, isReset, keys }: ChangedKeys): ChangeBatch => ({
  token: tokenOf({ build, place }),
  isReset,
  changes: keys.map((key) => ({ table: "meetings", key })),
});
