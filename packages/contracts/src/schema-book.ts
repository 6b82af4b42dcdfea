import type { EpochMs, Schemas } from "@hybrid/kernel";
import { fingerprintOf, fingerprintText } from "./avro/fingerprint.ts";
import type { AvroSchema } from "./avro/schema.ts";
import { schemas as topic } from "./catalog.ts";
import type { AnyTopicContract } from "./define-topic.ts";

/** A record of the topic of schemas, as a log takes it. */
export interface SchemaRecord {
  readonly topic: string;
  readonly partition: number;
  readonly key: string;
  readonly value: Uint8Array;
  readonly timestamp: EpochMs;
}

/** What a book of schemas needs of a log; every log has it. */
export interface SchemaLog {
  append(records: readonly SchemaRecord[]): Promise<unknown>;
  offsets(topic: string, partition: number): Promise<{ readonly start: number; readonly end: number }>;
  read(request: {
    readonly topic: string;
    readonly partition: number;
    readonly offset: number;
    readonly recordsMax: number;
    readonly bytesMax: number;
  }): Promise<{
    readonly records: readonly { readonly key: string | null; readonly value: Uint8Array | null }[];
    readonly nextOffset: number;
  }>;
}

const partition = 0;
const page = { recordsMax: 1_000, bytesMax: 1_024 * 1_024 };

const keyOf = (schema: AvroSchema): string => fingerprintText(fingerprintOf(schema));

/** The schemas that topics are written with by this release, as records to publish, each once. */
export const schemaRecords = (
  topics: readonly AnyTopicContract[],
  timestamp: EpochMs,
): readonly SchemaRecord[] => {
  const records = new Map<string, SchemaRecord>();
  for (const { name, versions } of topics) {
    const schema = versions.at(-1);
    if (schema === undefined) continue;
    const key = keyOf(schema);
    const value = topic.encode({ schema: JSON.stringify(schema), topic: name });
    if (!records.has(key)) records.set(key, { topic: topic.name, partition, key, value, timestamp });
  }
  return [...records.values()];
};

const schemaIn = (key: string | null, value: Uint8Array | null): AvroSchema | undefined => {
  if (key === null || value === null) return undefined;
  try {
    const schema = JSON.parse(topic.decode(value).schema) as AvroSchema;
    return keyOf(schema) === key ? schema : undefined;
  } catch {
    // What is no schema under its fingerprint helps nobody to read anything: as if it were not there.
    return undefined;
  }
};

/** The published schemas of a log as far as they have been read; one for each process that reads records. */
export class SchemaBook implements Schemas {
  readonly #log: SchemaLog;
  readonly #known = new Map<string, AvroSchema>();
  #next: number | undefined;
  #reading: Promise<void> | undefined;

  constructor(log: SchemaLog) {
    this.#log = log;
  }

  find(fingerprint: string): AvroSchema | undefined {
    return this.#known.get(fingerprint);
  }

  /**
   * Reads on to the end of the topic as it is now; resolves with whether anything was new. Rejects as the
   * log does.
   */
  async refresh(): Promise<boolean> {
    const before = this.#known.size;
    // What another one reads may have begun before that was published which this one asks for.
    const turn = (this.#reading ?? Promise.resolve()).then(() => this.#readOn());
    this.#reading = turn.catch(() => undefined);
    await turn;
    return this.#known.size > before;
  }

  /**
   * Publishes what topics are written with, as far as it is not there yet; durable when it resolves. Rejects
   * as the log does.
   */
  async publish(topics: readonly AnyTopicContract[], at: EpochMs): Promise<void> {
    await this.refresh();
    const missing = schemaRecords(topics, at).filter(({ key }) => !this.#known.has(key));
    if (missing.length === 0) return;
    await this.#log.append(missing);
    for (const { key, value } of missing) this.#note(key, value);
  }

  async #readOn(): Promise<void> {
    const { start, end } = await this.#log.offsets(topic.name, partition);
    for (let offset = Math.max(start, this.#next ?? start); offset < end; offset = this.#next) {
      const read = await this.#log.read({ topic: topic.name, partition, offset, ...page });
      for (const { key, value } of read.records) this.#note(key, value);
      this.#next = read.nextOffset;
      if (read.nextOffset === offset) break;
    }
  }

  #note(key: string | null, value: Uint8Array | null): void {
    const schema = schemaIn(key, value);
    if (key !== null && schema !== undefined) this.#known.set(key, schema);
  }
}

/** What appends records to topics of the catalogue. */
interface Appending {
  append(records: readonly { readonly topic: string }[]): Promise<unknown>;
}

/**
 * What has to be done before records are appended by a writer that reads none: publishes the schemas of their
 * topics, each once in the life of the process. Rejects as the log does, and is then tried again.
 */
export const schemaPublisher = (
  log: Pick<SchemaLog, "append">,
  catalog: readonly AnyTopicContract[],
  now: () => EpochMs,
): ((records: Parameters<Appending["append"]>[0]) => Promise<void>) => {
  const done = new Set<string>([topic.name]);
  return async (records) => {
    const names = new Set<string>();
    for (const record of records) if (!done.has(record.topic)) names.add(record.topic);
    if (names.size === 0) return;
    const missing = schemaRecords(
      catalog.filter(({ name }) => names.has(name)),
      now(),
    );
    if (missing.length > 0) await log.append(missing);
    for (const name of names) done.add(name);
  };
};
