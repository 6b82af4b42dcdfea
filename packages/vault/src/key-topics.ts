import {
  type AnyTopicContract,
  organisationKeys,
  type TopicContract,
  topicSettings,
  userKeys,
} from "@hybrid/contracts";
import { type ActorId, type Clock, type EpochMs, hours, partitionOf } from "@hybrid/kernel";
import { type Log, OffsetOutOfRangeError } from "@hybrid/log";
import { KeyTable } from "./key-table.ts";

/** What the vault needs of a log. */
export type KeyLog = Pick<Log, "append" | "createTopics" | "read" | "offsets">;

interface Place {
  /** Where reading goes on; -1: from the start. */
  offset: number;
  readAt: EpochMs;
  /** The reading that is under way, and the one that begins when it has ended. */
  running: Promise<void> | null;
  next: Promise<void> | null;
}

/** Tombstones go after a day: who has not read for half of it reads all again, or would miss them. */
const readAgainMs = hours(12);

const page = { recordsMax: 5_000, bytesMax: 1024 * 1024 };

/** The topics of keys, read as far as they go whenever somebody asks. */
export class KeyTopics {
  readonly table = new KeyTable();
  readonly #log: KeyLog;
  readonly #clock: Clock;
  readonly #partitions: number;
  readonly #places = new Map<string, Place>();
  #made: Promise<void> | null = null;

  constructor({
    log,
    clock,
    partitions,
  }: {
    readonly log: KeyLog;
    readonly clock: Clock;
    readonly partitions: number;
  }) {
    this.#log = log;
    this.#clock = clock;
    this.#partitions = partitions;
  }

  /**
   * Everything about these owners that was in the log when it was asked for is in the table then: what a
   * process has sealed with a key came after the key.
   */
  async refresh(topic: AnyTopicContract, owners: readonly string[]): Promise<void> {
    await this.#create();
    const partitions = new Set(owners.map((owner) => partitionOf(owner as ActorId, this.#partitions)));
    await Promise.all([...partitions].map((partition) => this.#refresh(topic.name, partition)));
  }

  /** The same for everybody. */
  async refreshAll(topic: AnyTopicContract): Promise<void> {
    await this.#create();
    for (let partition = 0; partition < this.#partitions; partition++)
      await this.#refresh(topic.name, partition);
  }

  /** Writes records; null destroys. Durable, and in the table, when it resolves. */
  async write<Value>(
    topic: TopicContract<Value>,
    records: readonly { readonly owner: string; readonly id: string; readonly value: Value | null }[],
  ): Promise<void> {
    if (records.length === 0) return;
    await this.#create();
    await this.#log.append(
      records.map(({ owner, id, value }) => ({
        topic: topic.name,
        partition: partitionOf(owner as ActorId, this.#partitions),
        key: `${owner}/${id}`,
        value: value === null ? null : topic.encode(value),
        timestamp: this.#clock.now(),
      })),
    );
    await this.refresh(
      topic,
      records.map(({ owner }) => owner),
    );
  }

  #create(): Promise<void> {
    this.#made ??= this.#log
      .createTopics([organisationKeys, userKeys].map((topic) => topicSettings(topic, this.#partitions)))
      .catch((error: unknown) => {
        this.#made = null;
        throw error;
      });
    return this.#made;
  }

  /** A question that comes during a reading waits for one more, which begins after it. */
  #refresh(topic: string, partition: number): Promise<void> {
    const name = `${topic}/${partition}`;
    const place = this.#places.get(name) ?? {
      offset: -1,
      readAt: this.#clock.now(),
      running: null,
      next: null,
    };
    this.#places.set(name, place);
    if (place.running === null) return this.#begin(place, topic, partition);
    place.next ??= place.running
      .catch(() => undefined)
      .then(() => {
        place.next = null;
        return this.#begin(place, topic, partition);
      });
    return place.next;
  }

  #begin(place: Place, topic: string, partition: number): Promise<void> {
    place.running = this.#read(place, topic, partition).finally(() => {
      place.running = null;
    });
    return place.running;
  }

  async #read(place: Place, topic: string, partition: number): Promise<void> {
    const { start, end } = await this.#log.offsets(topic, partition);
    const isLate = this.#clock.now() - place.readAt > readAgainMs;
    if (isLate || place.offset > end || place.offset < start) {
      // Also at first, and when this is another log than before.
      this.table.forget(topic, partition);
      place.offset = start;
    }
    place.readAt = this.#clock.now();
    while (place.offset < end) {
      try {
        const read = await this.#log.read({ topic, partition, offset: place.offset, ...page });
        this.table.apply(topic, partition, read.records);
        place.offset = read.nextOffset;
      } catch (error) {
        if (!(error instanceof OffsetOutOfRangeError)) throw error;
        place.offset = -1;
        throw error;
      }
    }
  }
}
