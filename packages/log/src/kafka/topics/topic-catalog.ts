import { ConfigError } from "@hybrid/kernel";
import { LogUnavailableError, UnknownTopicError } from "../../errors.ts";
import type { TopicSettings } from "../../port.ts";
import { AccessDeniedError } from "../client/access.ts";
import type { Cluster } from "../client/cluster.ts";

/** No time is too far in the future: records carry the services' own clock, which tests and replays set. */
const farFuture = "9223372036854775807";

/** How a topic is created, beyond what the brokers do by default: its settings by Kafka's own names. */
export const configOf = ({ cleanup, retentionMs }: TopicSettings): Readonly<Record<string, string>> => ({
  "message.timestamp.after.max.ms": farFuture,
  "message.timestamp.type": "CreateTime",
  ...(cleanup === "delete"
    ? { "cleanup.policy": "delete", "retention.ms": String(retentionMs ?? -1) }
    : {
        "cleanup.policy": "compact",
        // The active segment is never compacted: short ones keep what a restore must read near the live set.
        "segment.ms": "600000",
        "segment.bytes": String(64 * 1_024 * 1_024),
        "min.cleanable.dirty.ratio": "0.1",
        "max.compaction.lag.ms": "600000",
      }),
});

const configNames = ["cleanup.policy", "retention.ms"] as const;

const topicResource = 2;

/** Asks ListOffsets for the end of a partition. */
const latest = -1;

const isInternal = (name: string): boolean => name.startsWith("__");

/** The topics of a cluster, as the port speaks of them. */
export class TopicCatalog {
  readonly #cluster: Cluster;
  readonly #cleanups = new Map<string, TopicSettings["cleanup"]>();

  constructor(cluster: Cluster) {
    this.#cluster = cluster;
  }

  /** Creates what is missing, or nothing at all when one does not fit. */
  async create(topics: readonly TopicSettings[]): Promise<void> {
    const present = await this.#partitionCounts();
    const faults = topics
      .filter(({ name, partitions }) => (present.get(name) ?? partitions) !== partitions)
      .map(
        ({ name, partitions }) =>
          `topic ${name} has ${present.get(name)} partitions, not ${partitions}; the count never changes: ` +
          "copy it into a new topic, or set the count it has",
      );
    if (faults.length > 0) throw new ConfigError("topics cannot be created", faults);
    const missing = topics.filter(({ name }) => !present.has(name));
    for (const { name, cleanup } of topics) this.#cleanups.set(name, cleanup);
    if (missing.length === 0) return;
    await this.#request(missing);
    await this.#cluster.persist(
      "waiting for the leaders of new topics",
      async () => {
        for (const { name } of missing) this.#cluster.forget(name);
        await this.#leadersServe(missing);
      },
      { forMs: 30_000 },
    );
  }

  /** All topics but the brokers' own, by name. */
  async all(): Promise<readonly TopicSettings[]> {
    const counts = await this.#partitionCounts();
    const configs = await this.#configs([...counts.keys()]);
    return [...counts]
      .map(([name, partitions]): TopicSettings => {
        const config = configs.get(name);
        const cleanup = config?.get("cleanup.policy")?.includes("compact") ? "compact" : "delete";
        const retentionMs = Number(config?.get("retention.ms") ?? -1);
        return {
          name,
          partitions,
          cleanup,
          retentionMs: cleanup === "compact" || retentionMs < 0 ? null : retentionMs,
        };
      })
      .sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** Whether a topic is compacted by key. Rejects with UnknownTopicError. */
  async isCompacted(topic: string): Promise<boolean> {
    let cleanup = this.#cleanups.get(topic);
    if (cleanup === undefined) {
      const config = (await this.#configs([topic])).get(topic);
      cleanup = config?.get("cleanup.policy")?.includes("compact") ? "compact" : "delete";
      this.#cleanups.set(topic, cleanup);
    }
    return cleanup === "compact";
  }

  async #partitionCounts(): Promise<ReadonlyMap<string, number>> {
    const { topicMetadata } = await this.#cluster.persist(
      "listing topics",
      () => this.#cluster.metadata([]),
      {
        forMs: this.#cluster.settings.requestTimeoutMs,
      },
    );
    return new Map(
      topicMetadata
        .filter(({ topic }) => !isInternal(topic))
        .map(({ topic, partitionMetadata }) => [topic, partitionMetadata.length]),
    );
  }

  async #request(topics: readonly TopicSettings[]): Promise<void> {
    const { replicationFactor, requestTimeoutMs } = this.#cluster.settings;
    await this.#cluster.persist(
      `creating ${topics.map(({ name }) => name).join(", ")}`,
      async () => {
        try {
          await this.#onController((nodeId) =>
            this.#cluster.call(nodeId, "main", ({ broker }) =>
              broker.createTopics({
                topics: topics.map((topic) => ({
                  topic: topic.name,
                  numPartitions: topic.partitions,
                  replicationFactor,
                  configEntries: Object.entries(configOf(topic)).map(([name, value]) => ({ name, value })),
                })),
                timeout: requestTimeoutMs,
              }),
            ),
          );
        } catch (error) {
          if (error instanceof AccessDeniedError) throw hiddenTopics(error);
          if (isShortOfBrokers(error))
            throw new LogUnavailableError(
              `fewer than ${replicationFactor} brokers are up, and each topic needs that many`,
              { cause: error },
            );
          if (!isOnlyExisting(error)) throw error;
        }
      },
      { forMs: 2 * requestTimeoutMs },
    );
  }

  /** A broker may be named as a leader before it knows that it is one: until then it turns writers away. */
  async #leadersServe(topics: readonly TopicSettings[]): Promise<void> {
    const led = new Map<
      number,
      { topic: string; partitions: { partition: number; timestamp: number }[] }[]
    >();
    for (const { name, partitions } of topics)
      for (let partition = 0; partition < partitions; partition++) {
        const leader = await this.#newLeader(name, partition);
        const asked = led.get(leader) ?? [];
        led.set(leader, asked);
        asked.push({ topic: name, partitions: [{ partition, timestamp: latest }] });
      }
    for (const [leader, asked] of led)
      await this.#cluster.call(leader, "main", ({ broker }) =>
        broker.listOffsets({ replicaId: -1, isolationLevel: 0, topics: asked }),
      );
  }

  /** Brokers hear of a new topic one after the other: one that does not know it yet will. */
  async #newLeader(topic: string, partition: number): Promise<number> {
    try {
      return await this.#cluster.leader(topic, partition);
    } catch (error) {
      if (error instanceof UnknownTopicError) throw new LogUnavailableError(error.message, { cause: error });
      throw error;
    }
  }

  async #onController<Result>(run: (nodeId: number) => Promise<Result>): Promise<Result> {
    const { controllerId } = await this.#cluster.metadata([]);
    return run(controllerId);
  }

  async #configs(topics: readonly string[]): Promise<ReadonlyMap<string, ReadonlyMap<string, string>>> {
    if (topics.length === 0) return new Map();
    const { resources } = await this.#cluster.persist(
      "reading the settings of topics",
      () =>
        this.#cluster.callAny(({ broker }) =>
          broker.describeConfigs({
            resources: topics.map((name) => ({ type: topicResource, name, configNames })),
          }),
        ),
      { forMs: this.#cluster.settings.requestTimeoutMs },
    );
    return new Map(
      resources.map(({ resourceName, configEntries }) => [
        resourceName,
        new Map(configEntries.map(({ configName, configValue }) => [configName, configValue])),
      ]),
    );
  }
}

/** The brokers hide what somebody may not describe: to him it looks like a topic that is not there. */
const hiddenTopics = ({ denial: { principal, resource } }: AccessDeniedError): ConfigError =>
  new ConfigError(`topics cannot be created by ${principal}`, [
    `${resource}: not there, or hidden from ${principal}, who may not create topics; let an administrator ` +
      "create what is missing (`hybrid topics create`) and grant the rights that docs/ACCESS.md lists",
  ]);

const typesOf = (error: unknown): readonly (string | undefined)[] => {
  const { errors, type } = error as { errors?: readonly { type?: string }[]; type?: string };
  return errors ? errors.map((each) => each.type) : [type];
};

/** Several workers may create the same topics at the same moment. */
const isOnlyExisting = (error: unknown): boolean =>
  typesOf(error).every((type) => type === "TOPIC_ALREADY_EXISTS");

/** A broker that has just started counts only when the controller has heard of it. */
const isShortOfBrokers = (error: unknown): boolean => typesOf(error).includes("INVALID_REPLICATION_FACTOR");

/** Refuses a partition that a topic does not have. */
export const mustHavePartition = (topic: string, partition: number, count: number): void => {
  if (!(Number.isInteger(partition) && partition >= 0 && partition < count))
    throw new UnknownTopicError(
      `topic ${topic} has ${count} partitions, from 0; there is no partition ${partition}`,
    );
};
