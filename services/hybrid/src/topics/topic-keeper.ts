import { topicSettings } from "@hybrid/contracts";
import { ConfigError } from "@hybrid/kernel";
import { type KafkaAdmin, kafkaTopicConfig, type Log, openKafkaAdmin, type TopicSettings } from "@hybrid/log";
import { systemScheduler } from "@hybrid/runtime";
import { hiddenTopics } from "../hidden-topics.ts";
import type { LogPlace } from "../log-place.ts";
import { catalog } from "../service-list.ts";
import { type Difference, type PresentTopic, topicDifferences, usualPartitions } from "./differences.ts";

/** The topics of one log, compared with the contracts. */
export interface TopicKeeper {
  /** Every topic that is there, ours or not, by name. */
  present(): Promise<ReadonlyMap<string, PresentTopic>>;
  /** The topics as they should be; their partition count is the given one, else what most of them have. */
  wanted(): Promise<readonly TopicSettings[]>;
  differences(): Promise<readonly Difference[]>;
  /** Creates what is missing and nothing else; returns the names. */
  create(): Promise<readonly string[]>;
  /** Creates and alters what can be; what cannot stays. Returns what was done. */
  apply(): Promise<readonly Difference[]>;
}

/** How a keeper is opened. */
export interface KeeperOptions {
  readonly place: LogPlace;
  readonly log: Log;
  /** The operator's own number of partitions, when there is one. */
  readonly partitions: number | undefined;
  readonly partitionsByDefault: number;
}

const embeddedConfig = ({ cleanup, retentionMs }: TopicSettings): Readonly<Record<string, string>> => ({
  "cleanup.policy": cleanup,
  ...(cleanup === "delete" ? { "retention.ms": String(retentionMs ?? -1) } : {}),
});

const presentIn = async (log: Log, admin: KafkaAdmin | null): Promise<ReadonlyMap<string, PresentTopic>> => {
  const topics = await log.topics();
  const described = await admin?.describeTopics(topics.map(({ name }) => name));
  if (described) return described;
  return new Map(
    topics.map((topic) => [
      topic.name,
      { partitions: topic.partitions, replicas: null, config: embeddedConfig(topic) },
    ]),
  );
};

/** The embedded log changes a retention by creating the topic again; a cleanup never changes there. */
const alterEmbedded = (log: Log, wanted: readonly TopicSettings[], names: ReadonlySet<string>) =>
  log.createTopics(wanted.filter(({ name }) => names.has(name)));

const alterKafka = (admin: KafkaAdmin, differences: readonly Difference[]): Promise<void> => {
  const byTopic = new Map<string, Record<string, string>>();
  for (const { topic, what, wanted } of differences)
    byTopic.set(topic, { ...byTopic.get(topic), [what]: wanted });
  return admin.alterTopics([...byTopic].map(([topic, set]) => ({ topic, set })));
};

const keeperOf = (options: KeeperOptions, admin: KafkaAdmin | null): TopicKeeper => {
  const { place, log } = options;
  const ours = new Set(catalog.allTopics.map(({ name }) => name));
  const wantedFor = (present: ReadonlyMap<string, PresentTopic>): readonly TopicSettings[] => {
    const those = [...present].filter(([name]) => ours.has(name)).map(([, topic]) => topic);
    const partitions = options.partitions ?? usualPartitions(those) ?? options.partitionsByDefault;
    return catalog.allTopics.map((topic) => topicSettings(topic, partitions));
  };
  const look = async () => {
    const present = await presentIn(log, admin);
    const wanted = wantedFor(present);
    const missing = wanted.map(({ name }) => name).filter((name) => !present.has(name));
    const hidden = [...(await hiddenTopics(log, place, missing)).keys()];
    const configOf = admin ? kafkaTopicConfig : embeddedConfig;
    const replicas = place.kind === "kafka" ? (place.replicationFactor ?? null) : null;
    const differences = topicDifferences(
      wanted.map((settings) => ({ settings, config: configOf(settings) })),
      new Map<string, PresentTopic | "hidden">([
        ...present,
        ...hidden.map((name) => [name, "hidden"] as const),
      ]),
      replicas,
    );
    return { present, wanted, hidden: new Set(hidden), differences };
  };
  const create = async (): Promise<readonly string[]> => {
    const { present, wanted, hidden } = await look();
    if (hidden.size > 0)
      throw new ConfigError("topics cannot be created", [
        `${[...hidden].join(", ")}: may be there, and this user may not see them; docs/ACCESS.md lists the ` +
          "rights of the administrator",
      ]);
    const missing = wanted.filter(({ name }) => !present.has(name));
    await log.createTopics(missing);
    return missing.map(({ name }) => name);
  };
  return {
    present: async () => (await look()).present,
    wanted: async () => (await look()).wanted,
    differences: async () => (await look()).differences,
    create,
    apply: async () => {
      const { wanted, differences } = await look();
      await create();
      const alterable = differences.filter(({ remedy }) => remedy === "alter");
      if (admin) await alterKafka(admin, alterable);
      else {
        const changed = alterable.filter(({ what }) => what === "retention.ms").map(({ topic }) => topic);
        await alterEmbedded(log, wanted, new Set(changed));
      }
      const left = new Set((await look()).differences.map(({ topic, what }) => `${topic} ${what}`));
      return differences.filter(({ topic, what }) => !left.has(`${topic} ${what}`));
    },
  };
};

/** Opens a keeper, runs `use`, and closes what it opened. */
export const withTopicKeeper = async <Result>(
  options: KeeperOptions,
  use: (keeper: TopicKeeper) => Promise<Result>,
): Promise<Result> => {
  const { place } = options;
  const admin = place.kind === "kafka" ? await openKafkaAdmin({ ...place, clock: systemScheduler() }) : null;
  try {
    return await use(keeperOf(options, admin));
  } finally {
    await admin?.close();
  }
};
