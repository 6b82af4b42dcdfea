import { type Log, type LogRecord, pagesOf } from "@hybrid/log";
import type { PartitionRead } from "./history.ts";

/**
 * Keeps a copy of what retention is about to delete, so that a history can be judged from its first record
 * on. Only for topics of cleanup `delete`: what compaction removes is not asked for.
 */
export class Archive {
  readonly #log: Log;
  readonly #kept = new Map<string, { records: LogRecord[]; start: number; next: number }>();

  constructor(log: Log) {
    this.#log = log;
  }

  /** Copies what has come to these topics since the last copy. */
  async keep(topics: Iterable<string>, partitions: number): Promise<void> {
    for (const topic of topics)
      for (let partition = 0; partition < partitions; partition++) await this.read(topic, partition);
  }

  /** A partition from its first record on, also of what is deleted by now. */
  async read(topic: string, partition: number): Promise<PartitionRead> {
    const { start, end } = await this.#log.offsets(topic, partition);
    const name = `${topic}/${partition}`;
    const kept = this.#kept.get(name) ?? { records: [], start, next: start };
    this.#kept.set(name, kept);
    for await (const page of pagesOf(this.#log, { topic, partition }, { from: Math.max(kept.next, start) }))
      kept.records.push(...page);
    kept.next = end;
    return { kind: "partitionRead", topic, partition, start: kept.start, end, records: [...kept.records] };
  }
}
