import {
  type AnyTopicContract,
  archiveErasures,
  archiveStatus,
  dataTopics,
  organisationKeys,
  userKeys,
} from "@hybrid/contracts";
import { type ActorId, actorIdOf, entityKeyOf, type OrgId, orgOf, partitionOf } from "@hybrid/kernel";
import { pagesOf } from "@hybrid/log";
import type { OpenedLog } from "../with-log.ts";
import { newRecords } from "./new-records.ts";

/** What became of the records of one topic. */
export interface ErasedRecords {
  readonly removed: number;
  /** Whose service has not answered in time; it removes them when it runs. */
  readonly left: number;
}

/** What the archive removed from its own store. */
export interface ErasedContents {
  readonly spaces: number;
  /** Messages whose content is gone. */
  readonly contents: number;
  /** Partitions that have not answered in time. */
  readonly left: number;
}

/** Who is erased, by ids. */
export interface ErasedPerson {
  /** `<org>/u-<user>` */
  readonly user: ActorId;
  readonly objectId: string;
  readonly ids: readonly string[];
}

/** Topics that keep the latest of every key for ever; keys are erased by themselves. */
const keptForEver: readonly AnyTopicContract[] = dataTopics.filter(
  ({ name, retention, partitioning }) =>
    retention.cleanup === "compact" &&
    partitioning === "entity" &&
    name !== organisationKeys.name &&
    name !== userKeys.name,
);

const isOf = ({ user, objectId, ids }: ErasedPerson): ((key: string) => boolean) => {
  const org = orgOf(user);
  const inDirectory = new Set([`${org}/o/object-${objectId}`, ...ids.map((id) => `${org}/o/webex-${id}`)]);
  return (key) => entityKeyOf(key as ActorId) === user || inDirectory.has(key);
};

/** Keys that have a record in these partitions, of those that are meant. */
const presentKeys = async (
  { log }: OpenedLog,
  { name: topic }: AnyTopicContract,
  {
    partitions,
    isMeant,
  }: { readonly partitions: readonly number[]; readonly isMeant: (key: string) => boolean },
): Promise<Set<string>> => {
  const present = new Set<string>();
  for (const partition of partitions)
    for await (const page of pagesOf(log, { topic, partition }))
      for (const { key, value } of page) {
        if (key === null || !isMeant(key)) continue;
        if (value === null) present.delete(key);
        else present.add(key);
      }
  return present;
};

/** What there is of a person in topics, and what is heard of its removal. */
export interface RecordWatch {
  /** Waits until tombstones stand in all topics, at most until `endsAt` by `performance.now()`. */
  until(endsAt: number): Promise<Readonly<Record<string, ErasedRecords>>>;
}

/** Begins to watch the records of a person: what is removed from now on is counted. */
export const watchRecords = async (opened: OpenedLog, person: ErasedPerson): Promise<RecordWatch> => {
  const isMeant = isOf(person);
  const home = [person.user, actorIdOf(`${orgOf(person.user)}/o`)];
  const partitions = [...new Set(home.map((actor) => partitionOf(actor, opened.partitions)))];
  const existing = new Set((await opened.log.topics()).map(({ name }) => name));
  const topics = keptForEver.filter(({ name }) => existing.has(name));
  const watched = await Promise.all(
    topics.map(async (topic) => ({
      topic,
      // It listens before it looks, so that nothing falls between.
      news: await newRecords(opened.log, topic, partitions),
      keys: await presentKeys(opened, topic, { partitions, isMeant }),
    })),
  );
  return {
    until: async (endsAt) => {
      const found: Record<string, ErasedRecords> = {};
      for (const { topic, news, keys } of watched.filter((each) => each.keys.size > 0)) {
        const left = new Set(keys);
        await news.until(endsAt - performance.now(), ({ key, value }) => {
          if (key === null || !isMeant(key)) return false;
          if (value === null) left.delete(key);
          else left.add(key);
          return left.size === 0;
        });
        const removed = [...keys].filter((key) => !left.has(key)).length;
        found[topic.name] = { removed, left: left.size };
      }
      return found;
    },
  };
};

const isArchiving = async (opened: OpenedLog, org: OrgId): Promise<boolean> => {
  if (!(await opened.log.topics()).some(({ name }) => name === archiveStatus.name)) return false;
  const partitions = Array.from({ length: opened.partitions }, (_, n) => n);
  const isMeant = (key: string): boolean => key.startsWith(`${org}/`);
  return (await presentKeys(opened, archiveStatus, { partitions, isMeant })).size > 0;
};

/** Begins to listen to what the archive removes; null where the organisation has none. */
export const watchArchive = async (opened: OpenedLog, org: OrgId) => {
  if (!(await isArchiving(opened, org))) return null;
  const partitions = Array.from({ length: opened.partitions }, (_, n) => n);
  const news = await newRecords(opened.log, archiveErasures, partitions);
  return {
    until: async (orderId: string, endsAt: number): Promise<ErasedContents> => {
      const heard = new Map<string, { readonly spaces: number; readonly contents: number }>();
      await news.until(endsAt - performance.now(), ({ key, value }) => {
        if (key !== null && value?.orderId === orderId) heard.set(key, value);
        return heard.size === partitions.length;
      });
      const sum = (of: "spaces" | "contents"): number =>
        [...heard.values()].reduce((all, each) => all + each[of], 0);
      return { spaces: sum("spaces"), contents: sum("contents"), left: partitions.length - heard.size };
    },
  };
};
