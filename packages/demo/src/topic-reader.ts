import type { CommandWriting } from "@hybrid/directory";
import type { Topic } from "@hybrid/kernel";
import { pagesOf } from "@hybrid/log";

/** A record as a reader of its topic finds it. */
export interface ReadRecord<Value> {
  readonly key: string;
  readonly value: Value;
}

/** Reads a topic as it grows: what compaction takes later has been seen by then. */
export class TopicReader<Value> {
  readonly #from: Pick<CommandWriting, "log" | "partitions">;
  readonly #topic: Topic<Value>;
  readonly #next = new Map<number, number>();
  /** All that was read so far, the records of a key in the order in which they were written. */
  readonly records: ReadRecord<Value>[] = [];

  constructor(from: Pick<CommandWriting, "log" | "partitions">, topic: Topic<Value>) {
    this.#from = from;
    this.#topic = topic;
  }

  /** Reads what has come since the last time. */
  async read(): Promise<void> {
    const { log, partitions } = this.#from;
    for (let partition = 0; partition < partitions; partition++) {
      const from = this.#next.get(partition);
      const place = { topic: this.#topic.name, partition };
      for await (const page of pagesOf(log, place, from === undefined ? {} : { from }))
        for (const { key, value, offset } of page) {
          this.#next.set(partition, offset + 1);
          if (key !== null && value !== null) this.records.push({ key, value: this.#topic.decode(value) });
        }
    }
  }
}
