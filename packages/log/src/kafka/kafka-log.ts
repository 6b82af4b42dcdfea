import { ConfigError } from "@hybrid/kernel";
import { LogUnavailableError } from "../errors.ts";
import type { Log, Position } from "../port.ts";
import { versionOf } from "../required-versions.ts";
import { placeKey } from "./batches.ts";
import { Cluster } from "./client/cluster.ts";
import { checkSettings, openingError, warnOfOpenPassword } from "./client/opening.ts";
import { logMemory } from "./log-memory.ts";
import { KafkaMembership, type MembershipParts } from "./membership.ts";
import { Appender } from "./partition/appender.ts";
import { CommitTurns } from "./partition/commit-turns.ts";
import { GroupLag } from "./reading/group-lag.ts";
import { Growth } from "./reading/growth.ts";
import { OffsetReader } from "./reading/offsets.ts";
import { Reader } from "./reading/reader.ts";
import { fillSettings, type KafkaLogSettings } from "./settings.ts";
import { mustHavePartition, TopicCatalog } from "./topics/topic-catalog.ts";

/** What a log on Kafka is made of. */
interface Machinery extends MembershipParts {
  readonly appender: Appender;
  readonly turns: CommitTurns;
  readonly memberships: Set<KafkaMembership>;
  readonly lag: GroupLag;
}

const machineryOf = (settings: KafkaLogSettings): Machinery => {
  const cluster = new Cluster(fillSettings(settings));
  const offsets = new OffsetReader(cluster, "main");
  const topics = new TopicCatalog(cluster);
  const reader = new Reader({ cluster, offsets, topics }, "read");
  const memberships = new Set<KafkaMembership>();
  const committed = (service: string, partition: number): Position | null | undefined => {
    for (const membership of memberships) {
      const position = membership.service === service ? membership.committed(partition) : undefined;
      if (position !== undefined) return position;
    }
    return undefined;
  };
  return {
    cluster,
    offsets,
    topics,
    reader,
    lag: new GroupLag({ offsets, reader, committed }),
    appender: new Appender(cluster, topics),
    turns: new CommitTurns(),
    memory: logMemory(cluster.settings),
    memberships,
  };
};

const checkPlace = async ({ cluster }: Machinery, topic: string, partition: number): Promise<void> => {
  const { length } = await cluster.persist(`looking for topic ${topic}`, () => cluster.leaders(topic), {
    forMs: cluster.settings.requestTimeoutMs,
  });
  mustHavePartition(topic, partition, length);
};

const close = async ({ memberships, appender, cluster }: Machinery): Promise<void> => {
  for (const end of await Promise.allSettled([...memberships].map((each) => each.leave())))
    if (end.status === "rejected")
      cluster.settings.logger?.warn(
        { error: String(end.reason) },
        "a consumer group could not be left; it gives the partitions away after the session time-out",
      );
  appender.close();
  await cluster.close();
};

/** Two members of one name would shut each other out. */
const mustBeAlone = ({ cluster, memberships }: Machinery, service: string): void => {
  const { instanceId } = cluster.settings;
  if (instanceId !== null && [...memberships].some((each) => each.service === service))
    throw new ConfigError(`consumer group ${service}`, [
      `this process is in it already as instance ${instanceId}; leave first, or give no instance id`,
    ]);
};

/**
 * Opens a log on Apache Kafka (KRaft, 3.9 and later). Rejects with ConfigError for addresses that are none,
 * and when the brokers refuse user or certificate, or theirs cannot be trusted; with LogUnavailableError when
 * no broker answers. Either names the broker. Warns of a password that goes over the network unencrypted.
 */
export const openKafkaLog = async (settings: KafkaLogSettings): Promise<Log> => {
  checkSettings(settings);
  warnOfOpenPassword(settings);
  const machinery = machineryOf(settings);
  const { cluster, offsets, topics, reader, appender, memberships } = machinery;
  try {
    await cluster.refresh();
  } catch (error) {
    await cluster.close();
    throw openingError(error, settings);
  }
  let closing: Promise<void> | undefined;
  let joined = 0;
  const growth = new Growth(cluster, "growth");
  const mustBeOpen = (): void => {
    if (closing || cluster.closed) throw new LogUnavailableError("the log on Kafka has been closed");
  };
  return {
    createTopics: (wanted) => topics.create(wanted),
    topics: async () => topics.all(),
    append: (records) => appender.append(records),
    read: async (request) => {
      await checkPlace(machinery, request.topic, request.partition);
      return reader.read(request);
    },
    grown: async (places, signal) => {
      mustBeOpen();
      return growth.of(places, signal);
    },
    offsets: async (topic, partition) => {
      await checkPlace(machinery, topic, partition);
      const [starts, ends] = await Promise.all([
        offsets.starts([{ topic, partition }]),
        offsets.ends([{ topic, partition }]),
      ]);
      const key = placeKey(topic, partition);
      return { start: starts.get(key) ?? 0, end: ends.get(key) ?? 0 };
    },
    join: async (group, listener, worker = {}) => {
      mustBeOpen();
      mustBeAlone(machinery, group.service);
      const version = versionOf(group.service, worker);
      const place = { group, version, lane: `group-${group.service}-${joined++}` };
      const left = (membership: KafkaMembership): void => void memberships.delete(membership);
      const membership = await KafkaMembership.join(machinery, place, { listener, left });
      memberships.add(membership);
      return membership;
    },
    lag: async (group) => {
      mustBeOpen();
      return machinery.lag.of(group);
    },
    // The brokers' own cleaner does it, in its own time.
    clean: async () => 0,
    close: () => {
      closing ??= close(machinery);
      return closing;
    },
  };
};
