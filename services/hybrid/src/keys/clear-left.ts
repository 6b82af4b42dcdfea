import {
  type AnyTopicContract,
  auditLog,
  type CheckpointRecord,
  type JournalRecord,
} from "@hybrid/contracts";
import { type ActorId, actorIdOf, DecodeError, type PastSealing } from "@hybrid/kernel";
import { embeddedStates, pagesOf } from "@hybrid/log";
import { actorsOf } from "@hybrid/service";
import type { LogPlace } from "../log-place.ts";
import { catalog, services } from "../service-list.ts";
import type { OpenedLog } from "../with-log.ts";

/** What of one topic, or of the states of one machine, an earlier release has left in clear. */
export interface ClearLeft {
  readonly topic: string;
  readonly count: number;
  /** When the last of them goes by retention; null: their owners seal them at their next start. */
  readonly endsAt: number | null;
}

type IsClear = (key: ActorId, bytes: Uint8Array) => boolean;

const machines = services.flatMap((service) => actorsOf(service).map(({ topology }) => topology));

const pastOf = (service: string): PastSealing | undefined =>
  machines.find((topology) => topology.service === service)?.past;

const anyClear =
  (past: PastSealing, key: ActorId) =>
  (json: string): boolean =>
    past.stored(JSON.parse(json) as unknown, key) !== undefined;

const stateIsClear = (
  { state, pending, parked }: CheckpointRecord,
  past: PastSealing,
  key: ActorId,
): boolean =>
  [state, ...pending.map(({ call }) => call), ...(parked?.inputs ?? []).map(({ payload }) => payload)]
    .filter((json) => json !== "")
    .some(anyClear(past, key));

const stepIsClear = ({ input, state, effects }: JournalRecord, past: PastSealing, key: ActorId): boolean =>
  [input, state, effects].filter((json) => json !== "").some(anyClear(past, key));

/** What tells whether a record has texts in clear; undefined where nothing of its topic is sealed. */
const clearnessOf = (topic: AnyTopicContract): IsClear | undefined => {
  const { name } = topic;
  if (name === auditLog.name) return (_key, bytes) => auditLog.decode(bytes).by !== "";
  for (const [service, own] of catalog.actorServices) {
    const past = pastOf(service);
    if (!past) continue;
    if (own.checkpoint.name === name)
      return (key, bytes) => stateIsClear(own.checkpoint.decode(bytes), past, key);
    if (own.journal.name === name) return (key, bytes) => stepIsClear(own.journal.decode(bytes), past, key);
  }
  if ((topic.sealed ?? []).length === 0) return undefined;
  const pasts = machines
    .filter(({ emits, sources }) =>
      [...emits, ...sources.map((each) => each.topic)].some((each) => each.name === name),
    )
    .flatMap(({ past }) => (past ? [past] : []));
  return (key, bytes) => {
    const value: unknown = topic.decode(bytes);
    return pasts.some((past) => past.record(value, key) !== undefined);
  };
};

/** The key of an actor; undefined for what belongs to none, as the position of a partition. */
const actorOf = (key: string | null): ActorId | undefined => {
  if (key === null || !key.includes("/")) return undefined;
  return actorIdOf(key);
};

/** A record that this release cannot read is none that it can say anything of. */
const clear = (isClear: IsClear, key: ActorId, bytes: Uint8Array): boolean => {
  try {
    return isClear(key, bytes);
  } catch (error) {
    if (error instanceof DecodeError) return false;
    throw error;
  }
};

const inTopic = async (
  { log }: OpenedLog,
  topic: AnyTopicContract,
  partitions: number,
  isClear: IsClear,
): Promise<ClearLeft> => {
  const { name, retention } = topic;
  let count = 0;
  let endsAt: number | null = null;
  for (let partition = 0; partition < partitions; partition++) {
    const latest = new Set<string>();
    for await (const page of pagesOf(log, { topic: name, partition }))
      for (const { key, value, timestamp } of page) {
        const actor = actorOf(key);
        if (actor === undefined) continue;
        const isHere = value !== null && clear(isClear, actor, value);
        if (retention.cleanup === "compact") latest[isHere ? "add" : "delete"](actor);
        else if (isHere) {
          count += 1;
          endsAt = Math.max(endsAt ?? 0, timestamp + retention.retentionMs);
        }
      }
    count += latest.size;
  }
  return { topic: name, count, endsAt };
};

const inStates = (path: string): readonly ClearLeft[] => {
  const counts = new Map<string, number>();
  for (const { topic, key, value } of embeddedStates(path)) {
    const contract = catalog.allTopics.find(({ name }) => name === topic);
    const isClear = contract && clearnessOf(contract);
    if (isClear && clear(isClear, key as ActorId, value)) counts.set(topic, (counts.get(topic) ?? 0) + 1);
  }
  return [...counts].map(([topic, count]) => ({ topic, count, endsAt: null }));
};

/**
 * What earlier releases have left in clear. It reads the whole of an embedded log; on Kafka what commands may
 * read, which leaves out journals. Dead letters and posts are not looked at: they end by retention.
 */
export const clearLeft = async (opened: OpenedLog, place: LogPlace): Promise<readonly ClearLeft[]> => {
  const isEmbedded = place.kind === "embedded";
  const checkpoints = new Set([...catalog.actorServices.values()].map(({ checkpoint }) => checkpoint.name));
  const found: ClearLeft[] = isEmbedded ? [...inStates(place.path)] : [];
  for (const { name, partitions } of await opened.log.topics()) {
    const topic = catalog.allTopics.find((each) => each.name === name);
    const mayRead = isEmbedded || topic?.operatorReads !== undefined || checkpoints.has(name);
    const isClear = topic && mayRead ? clearnessOf(topic) : undefined;
    if (topic && isClear) found.push(await inTopic(opened, topic, partitions, isClear));
  }
  return found.filter(({ count }) => count > 0);
};
