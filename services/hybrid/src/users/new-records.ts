import { setTimeout as wait } from "node:timers/promises";
import type { TopicContract } from "@hybrid/contracts";
import type { Log } from "@hybrid/log";

/** A record that came after somebody began to listen. */
export interface NewRecord<Value> {
  readonly key: string | null;
  readonly value: Value | null;
}

/** What comes on a topic from now on. */
export interface NewRecords<Value> {
  /**
   * Hands over every new record until `heard` says that it was the last one, or `waitMs` have passed.
   * Resolves with whether it was heard.
   */
  until(waitMs: number, heard: (record: NewRecord<Value>) => boolean): Promise<boolean>;
}

/** Between two looks; a log that another process writes tells nobody that something came. */
const lookEveryMs = 100;

/** Begins to listen to some partitions of a topic: what stands there already is passed over. */
export const newRecords = async <Value>(
  log: Log,
  topic: TopicContract<Value>,
  partitions: readonly number[],
): Promise<NewRecords<Value>> => {
  const offsets = new Map<number, number>();
  for (const partition of partitions) offsets.set(partition, (await log.offsets(topic.name, partition)).end);

  const look = async (heard: (record: NewRecord<Value>) => boolean): Promise<boolean> => {
    for (const [partition, from] of offsets) {
      const { end } = await log.offsets(topic.name, partition);
      let offset = from;
      while (offset < end) {
        const page = await log.read({
          topic: topic.name,
          partition,
          offset,
          recordsMax: 1_000,
          bytesMax: 1_000_000,
        });
        offset = page.nextOffset;
        offsets.set(partition, offset);
        for (const { key, value } of page.records)
          if (heard({ key, value: value === null ? null : topic.decode(value) })) return true;
        if (page.records.length === 0) break;
      }
    }
    return false;
  };

  return {
    until: async (waitMs, heard) => {
      const endsAt = performance.now() + waitMs;
      for (;;) {
        if (await look(heard)) return true;
        if (performance.now() >= endsAt) return false;
        await wait(lookEveryMs);
      }
    },
  };
};
