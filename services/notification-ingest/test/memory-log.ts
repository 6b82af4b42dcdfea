import { type Log, LogUnavailableError, type OutgoingRecord, type TopicSettings } from "@hybrid/log";
import { ingestTopics } from "../src/index.ts";

/** A log that keeps what is appended; it can be made to fail, and to hold appends until released. */
export interface MemoryLog extends Pick<Log, "append" | "topics"> {
  readonly records: OutgoingRecord[];
  /** One entry per append: how many records it had. */
  readonly appends: number[];
  failWith: Error | undefined;
  hold(): void;
  release(): void;
}

export const createMemoryLog = (): MemoryLog => {
  let gate: PromiseWithResolvers<void> | undefined;
  const topics: TopicSettings[] = ingestTopics.map(({ name }) => ({
    name,
    partitions: 8,
    cleanup: "delete",
    retentionMs: null,
  }));
  const log: MemoryLog = {
    records: [],
    appends: [],
    failWith: undefined,
    hold: () => {
      gate = Promise.withResolvers();
    },
    release: () => gate?.resolve(),
    async append(records) {
      await gate?.promise;
      if (log.failWith) throw log.failWith;
      log.appends.push(records.length);
      log.records.push(...records);
      return records.map((_record, index) => log.records.length - records.length + index);
    },
    async topics() {
      if (log.failWith) throw log.failWith;
      return topics;
    },
  };
  return log;
};

export const unavailable = (): Error => new LogUnavailableError("the log is closed");
