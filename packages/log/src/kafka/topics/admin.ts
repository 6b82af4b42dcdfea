import type { GroupSettings, TopicSettings, WaitingPartition } from "../../port.ts";
import { RequiredVersions } from "../../required-versions.ts";
import { placeKey } from "../batches.ts";
import { Cluster } from "../client/cluster.ts";
import { checkSettings, openingError } from "../client/opening.ts";
import { BrokerError, logErrorOf } from "../client/protocol-errors.ts";
import { type Assigned, decodeAssignment } from "../group/group-protocol.ts";
import { findPosition } from "../partition/fence.ts";
import type { PositionRecord } from "../partition/position-record.ts";
import { OffsetReader } from "../reading/offsets.ts";
import { Reader } from "../reading/reader.ts";
import { fillSettings, type KafkaLogSettings } from "../settings.ts";
import { alterConfigsRequest, type TopicConfigChange } from "../wire/alter-configs-request.ts";
import { configOf, TopicCatalog } from "./topic-catalog.ts";

/** A topic as the brokers have it. */
export interface DescribedTopic {
  readonly partitions: number;
  /** Copies of its first partition. */
  readonly replicas: number;
  /** The settings that {@link kafkaTopicConfig} speaks of, as text, from any source. */
  readonly config: Readonly<Record<string, string>>;
}

/** A worker in a consumer group. */
export interface GroupWorker {
  /** The brokers' name for this one membership. */
  readonly memberId: string;
  readonly clientId: string;
  readonly host: string;
  readonly partitions: readonly number[];
}

/** A consumer group as its coordinator has it. */
export interface DescribedGroup {
  /** Kafka's own: Stable, PreparingRebalance, CompletingRebalance, Empty, Dead. */
  readonly state: string;
  readonly workers: readonly GroupWorker[];
  /** Partitions that nobody has, because no worker is new enough for their states. */
  readonly waiting: readonly WaitingPartition[];
}

/** What an operator may know and change of a cluster beyond the {@link Log} port. */
export interface KafkaAdmin {
  /** What is there of these topics, by name. */
  describeTopics(names: readonly string[]): Promise<ReadonlyMap<string, DescribedTopic>>;
  /** Sets settings; what is not named stays. Rejects with LogUnavailableError naming what was refused. */
  alterTopics(changes: readonly TopicConfigChange[]): Promise<void>;
  /** A group that does not exist is Dead and empty. */
  describeGroup(service: string): Promise<DescribedGroup>;
  /** What each partition's owner left behind, by partition; undefined where nobody ever was. */
  positions(
    group: Pick<GroupSettings, "checkpoint" | "partitions">,
  ): Promise<readonly (PositionRecord | undefined)[]>;
  close(): Promise<void>;
}

/** The settings that a topic is created with on Kafka, by Kafka's own names. */
export const kafkaTopicConfig = (settings: TopicSettings): Readonly<Record<string, string>> =>
  configOf(settings);

const topicResource = 2;

const configNames: readonly string[] = [
  ...new Set(
    (["delete", "compact"] as const).flatMap((cleanup) =>
      Object.keys(configOf({ name: "", partitions: 1, cleanup, retentionMs: null })),
    ),
  ),
];

/** The requests of kafkajs's Broker that only an operator makes (kafkajs 2.2.4, src/broker/index.js). */
interface AdminBroker {
  describeGroups(of: { groupIds: readonly string[] }): Promise<{
    groups: readonly {
      errorCode: number;
      state: string;
      members: readonly {
        memberId: string;
        clientId: string;
        clientHost: string;
        memberAssignment: Buffer;
      }[];
    }[];
  }>;
}

interface ReplicatedTopic {
  readonly topic: string;
  readonly partitionMetadata: readonly { readonly replicas?: readonly number[] }[];
}

const describeTopics = async (
  cluster: Cluster,
  names: readonly string[],
): Promise<ReadonlyMap<string, DescribedTopic>> => {
  const { requestTimeoutMs: forMs } = cluster.settings;
  const { topicMetadata } = await cluster.persist("listing topics", () => cluster.metadata([]), { forMs });
  const wanted = new Set(names);
  const found = (topicMetadata as readonly ReplicatedTopic[]).filter(({ topic }) => wanted.has(topic));
  if (found.length === 0) return new Map();
  const ask = { resources: found.map(({ topic }) => ({ type: topicResource, name: topic, configNames })) };
  const { resources } = await cluster.persist(
    "reading the settings of topics",
    () => cluster.callAny(({ broker }) => broker.describeConfigs(ask)),
    { forMs },
  );
  const configs = new Map(
    resources.map(({ resourceName, configEntries }) => [
      resourceName,
      Object.fromEntries(configEntries.map(({ configName, configValue }) => [configName, configValue])),
    ]),
  );
  return new Map(
    found.map(({ topic, partitionMetadata }) => [
      topic,
      {
        partitions: partitionMetadata.length,
        replicas: partitionMetadata[0]?.replicas?.length ?? 0,
        config: configs.get(topic) ?? {},
      },
    ]),
  );
};

const alterTopics = async (cluster: Cluster, changes: readonly TopicConfigChange[]): Promise<void> => {
  if (changes.length === 0) return;
  const request = alterConfigsRequest(changes);
  const { requestTimeoutMs: forMs } = cluster.settings;
  const what = "changing the settings of topics";
  const answers = await cluster.persist(what, () => cluster.callAny((link) => link.send(request)), { forMs });
  const refused = answers.filter(({ errorCode }) => errorCode !== 0);
  const [first] = refused;
  if (!first) return;
  const names = refused.map(({ topic, message }) => `${topic}${message === "" ? "" : ` (${message})`}`);
  throw logErrorOf(new BrokerError(first.errorCode, what), `${what}: refused for ${names.join(", ")}`);
};

/** What a member has before it was given anything. */
const nothingYet: Pick<Assigned, "partitions" | "needs" | "newest"> = {
  partitions: [],
  needs: new Map(),
  newest: 0,
};

const describeGroup = async (cluster: Cluster, service: string): Promise<DescribedGroup> => {
  const what = `describing group ${service}`;
  const { groups } = await cluster.persist(
    what,
    () =>
      cluster.callCoordinator({ kind: "group", id: service, lane: "main" }, ({ broker }) =>
        (broker as unknown as AdminBroker).describeGroups({ groupIds: [service] }),
      ),
    { forMs: 2 * cluster.settings.requestTimeoutMs },
  );
  const [group] = groups;
  // 69 says that there is no such group, which newer versions of the request tell apart from a dead one.
  if (!group || group.errorCode === 69) return { state: "Dead", workers: [], waiting: [] };
  if (group.errorCode !== 0) throw logErrorOf(new BrokerError(group.errorCode, what), what);
  const workers = group.members.map(({ memberId, clientId, clientHost, memberAssignment }) => ({
    memberId,
    clientId,
    host: clientHost.replace(/^\//, ""),
    // While a generation begins nobody has been given anything yet.
    ...(memberAssignment.length === 0 ? nothingYet : decodeAssignment(memberAssignment)),
  }));
  const needs = new RequiredVersions(Number.MAX_SAFE_INTEGER);
  for (const worker of workers) needs.learn(worker.needs);
  return {
    state: group.state,
    workers: workers.map(({ memberId, clientId, host, partitions }) => ({
      memberId,
      clientId,
      host,
      partitions,
    })),
    waiting: needs.beyond(Math.max(0, ...workers.map(({ newest }) => newest))),
  };
};

const positions = async (
  { offsets, reader }: { readonly offsets: OffsetReader; readonly reader: Reader },
  { checkpoint, partitions }: Pick<GroupSettings, "checkpoint" | "partitions">,
): Promise<readonly (PositionRecord | undefined)[]> => {
  const places = Array.from({ length: partitions }, (_, partition) => ({ topic: checkpoint, partition }));
  const [starts, ends] = await Promise.all([offsets.starts(places), offsets.ends(places)]);
  return Promise.all(
    places.map((place) => {
      const key = placeKey(place.topic, place.partition);
      return findPosition({ reader }, place, { start: starts.get(key) ?? 0, end: ends.get(key) ?? 0 });
    }),
  );
};

/** A cluster with what reads it. */
export interface OpenedCluster {
  readonly cluster: Cluster;
  readonly offsets: OffsetReader;
  readonly topics: TopicCatalog;
  readonly reader: Reader;
}

/** Connects to a cluster. Rejects as `openKafkaLog` does. */
export const openCluster = async (settings: KafkaLogSettings): Promise<OpenedCluster> => {
  checkSettings(settings);
  const cluster = new Cluster(fillSettings(settings));
  try {
    await cluster.refresh();
  } catch (error) {
    await cluster.close();
    throw openingError(error, settings);
  }
  const offsets = new OffsetReader(cluster, "main");
  const topics = new TopicCatalog(cluster);
  return { cluster, offsets, topics, reader: new Reader({ cluster, offsets, topics }, "read") };
};

/** Opens an operator's view of a cluster. Rejects as `openKafkaLog` does. */
export const openKafkaAdmin = async (settings: KafkaLogSettings): Promise<KafkaAdmin> => {
  const { cluster, offsets, reader } = await openCluster(settings);
  return {
    describeTopics: (names) => describeTopics(cluster, names),
    alterTopics: (changes) => alterTopics(cluster, changes),
    describeGroup: (service) => describeGroup(cluster, service),
    positions: (group) => positions({ offsets, reader }, group),
    close: () => cluster.close(),
  };
};
