import { SchemaBook } from "@hybrid/contracts";
import { UnreadableSchemaError } from "@hybrid/kernel";
import type { Log, ReadFrom, ReadResult } from "@hybrid/log";
import type { AnyViewTable, ViewDefinition } from "./definition.ts";
import { type PageRows, rowsOf } from "./page-rows.ts";
import type { ViewFile } from "./view-file.ts";

/** A page of one partition; the memory that a view takes while it reads. */
const page = { recordsMax: 5_000, bytesMax: 2 * 1024 * 1024 };

/** What a follower tells about. */
export interface FollowerEvents {
  /** After each page that became durable in the file. */
  readonly applied: (records: number) => void;
  readonly skipped: (place: ReadFrom, reason: string) => void;
  /** Everything that was there when reading began is in the file. */
  readonly caughtUp: () => void;
}

type Tables = readonly [AnyViewTable, ...AnyViewTable[]];

interface Source {
  readonly topic: string;
  readonly partition: number;
  readonly tables: Tables;
  offset: number;
}

/** Lets others have their turn: an embedded log answers without ever waiting. */
const breathe = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

const partitionsOf = ({ topic }: AnyViewTable, partitions: number): number =>
  // What every partition has a copy of is read from the first.
  topic.partitioning === "broadcast" ? 1 : (topic.partitions ?? partitions);

/** Reads what a view is made from into its file, and then whatever comes. */
export class Follower {
  readonly #log: Log;
  readonly #file: ViewFile;
  readonly #events: FollowerEvents;
  readonly #schemas: SchemaBook;
  readonly #sources: readonly Source[];

  constructor(
    definition: ViewDefinition,
    ports: { readonly log: Log; readonly partitions: number; readonly file: ViewFile },
    events: FollowerEvents,
  ) {
    this.#log = ports.log;
    this.#file = ports.file;
    this.#events = events;
    this.#schemas = new SchemaBook(ports.log);
    const byTopic = Map.groupBy(definition.tables, ({ topic }) => topic.name);
    this.#sources = [...byTopic].flatMap(([topic, [first, ...more]]) =>
      Array.from({ length: first ? partitionsOf(first, ports.partitions) : 0 }, (_, partition) => ({
        topic,
        partition,
        tables: [first as AnyViewTable, ...more] as const,
        offset: -1,
      })),
    );
  }

  /** Runs until the signal is aborted. Rejects as the log does, and with what a table's `row` throws. */
  async run(signal: AbortSignal): Promise<void> {
    const known = this.#file.offsets();
    for (const source of this.#sources) {
      if (signal.aborted) return;
      await this.#catchUp(source, known.get(`${source.topic}/${source.partition}`), signal);
    }
    if (signal.aborted) return;
    this.#file.markBuilt();
    this.#events.caughtUp();
    while (!signal.aborted) {
      const grown = await this.#log.grown(this.#sources, signal);
      // A page of each, so that one that grows and grows keeps nobody waiting.
      for (const source of this.#sources)
        if (grown.some((place) => place.topic === source.topic && place.partition === source.partition))
          await this.#apply(source, await this.#read(source, source.offset));
      await breathe();
    }
  }

  /** Up to the end as it is now; the next page is read while one is written. */
  async #catchUp(source: Source, known: number | undefined, signal: AbortSignal): Promise<void> {
    const { start, end } = await this.#log.offsets(source.topic, source.partition);
    source.offset = known ?? start;
    let ahead = source.offset < end ? this.#read(source, source.offset) : undefined;
    while (ahead && !signal.aborted) {
      const read = await ahead;
      ahead = read.nextOffset < end ? this.#read(source, read.nextOffset) : undefined;
      // Its error is met when its turn has come.
      ahead?.catch(() => undefined);
      await this.#apply(source, read);
      await breathe();
    }
  }

  #read({ topic, partition }: Source, offset: number): Promise<ReadResult> {
    return this.#log.read({ topic, partition, offset, ...page });
  }

  async #apply(source: Source, { records, nextOffset }: ReadResult): Promise<void> {
    const { topic, partition, offset, tables } = source;
    if (nextOffset === offset) return;
    const { changes, skipped } = await this.#rows(tables, records);
    this.#file.apply({ topic, partition, offset, nextOffset, changes });
    source.offset = nextOffset;
    for (const each of skipped) this.#events.skipped({ topic, partition, offset: each.offset }, each.reason);
    this.#events.applied(records.length);
  }

  async #rows(tables: Tables, records: ReadResult["records"]): Promise<PageRows> {
    try {
      return rowsOf(tables, records, this.#schemas);
    } catch (error) {
      if (!(error instanceof UnreadableSchemaError) || !(await this.#schemas.refresh())) throw error;
      return rowsOf(tables, records, this.#schemas);
    }
  }
}
