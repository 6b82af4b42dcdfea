import type { AnyTopicContract } from "@hybrid/contracts";
import {
  type ActorId,
  actorIdOf,
  DecodeError,
  inPartition,
  type PastSealing,
  partitionOf,
  UnreadableSchemaError,
} from "@hybrid/kernel";
import { type Log, type LogRecord, pagesOf } from "@hybrid/log";
import { openValue, sealValue, withKeys } from "@hybrid/sealing";
import type { ServiceFrame } from "../frame.ts";

/** The latest records of one partition of a topic that have a text in clear: their offsets, by key. */
export interface PastRecords {
  readonly topic: AnyTopicContract;
  readonly partition: number;
  readonly offsets: ReadonlyMap<string, number>;
}

/** Reads what this release knows; a record that it cannot decode is nothing to it. */
const decoded = (topic: AnyTopicContract, value: Uint8Array, frame: ServiceFrame): unknown => {
  try {
    return topic.decode(value, frame.schemas);
  } catch (error) {
    if (error instanceof DecodeError || error instanceof UnreadableSchemaError) return undefined;
    throw error;
  }
};

/** The key as an actor's id; undefined for one that is none. */
const actorOfKey = (key: string): ActorId | undefined => {
  try {
    return actorIdOf(key);
  } catch {
    // No service writes such a key.
    return undefined;
  }
};

const isClear = (
  frame: ServiceFrame,
  past: PastSealing,
  topic: AnyTopicContract,
  { key, value }: LogRecord,
): boolean => {
  const actor = actorOfKey(key ?? "");
  if (actor === undefined || value === null) return false;
  return past.record(decoded(topic, value, frame), actor) !== undefined;
};

/**
 * Looks through a topic for the latest records in clear that the owner of `partition` has to write. Nobody
 * else writes them meanwhile: the partition is fenced and does not run.
 */
export async function* pastRecords(
  { frame, log }: { readonly frame: ServiceFrame; readonly log: Log },
  past: PastSealing,
  own: number,
): AsyncGenerator<PastRecords> {
  const { writerOf } = past;
  const all = Array.from({ length: frame.partitions }, (_, partition) => partition);
  const isOurs = (key: string): boolean => {
    const actor = actorOfKey(key);
    if (!actor) return false;
    const writer = inPartition(writerOf?.(actor) ?? actor, own);
    return partitionOf(writer, frame.partitions) === own;
  };
  for (const topic of frame.sealedForGood)
    for (const partition of writerOf ? all : [own]) {
      const offsets = new Map<string, number>();
      for await (const page of pagesOf(log, { topic: topic.name, partition }))
        for (const record of page) {
          const key = record.key ?? "";
          if (isClear(frame, past, topic, record) && isOurs(key)) offsets.set(key, record.offset);
          else offsets.delete(key);
        }
      if (offsets.size > 0) yield { topic, partition, offsets };
    }
}

/** The same records with every text sealed, page by page. Rejects with KeysUnavailableError. */
export async function* resealedRecords(
  { frame, log }: { readonly frame: ServiceFrame; readonly log: Log },
  past: PastSealing,
  { topic, partition, offsets }: PastRecords,
): AsyncGenerator<readonly Pick<LogRecord, "key" | "value" | "topic" | "partition">[]> {
  const session = frame.keys?.session();
  if (!session) return;
  for await (const page of pagesOf(log, { topic: topic.name, partition })) {
    const old = page.filter(({ key, offset }) => offsets.get(key ?? "") === offset);
    if (old.length === 0) continue;
    const values = old.map(({ value }) => decoded(topic, value ?? new Uint8Array(), frame));
    const opened = (await withKeys(session, () => openValue(values, session))) as readonly unknown[];
    const made = old.map(({ key }, n) => past.record(opened[n], key as ActorId) ?? opened[n]);
    const closed = (await withKeys(session, () =>
      sealValue(made, session, frame.topology.sealed),
    )) as readonly unknown[];
    yield old.map(({ key }, n) => ({ topic: topic.name, partition, key, value: topic.encode(closed[n]) }));
  }
}
