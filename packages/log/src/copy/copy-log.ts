import { ConfigError } from "@hybrid/kernel";
import { placeKey, type Shipment } from "../kafka/batches.ts";
import {
  encodePosition,
  type PositionRecord,
  positionKey,
  unfinishedPosition,
} from "../kafka/partition/position-record.ts";
import type { KafkaLogSettings } from "../kafka/settings.ts";
import type { TimedRecord } from "../kafka/wire/record-batch-writer.ts";
import { sizeBound } from "../kafka/wire/record-batch-writer.ts";
import type { TopicSettings } from "../port.ts";
import { type EmbeddedOwner, type EmbeddedSource, openEmbeddedSource } from "./embedded-source.ts";
import { type KafkaTarget, openKafkaTarget } from "./kafka-target.ts";
import { OffsetMap } from "./offset-map.ts";
import { verifyRecords, verifyStates } from "./verify.ts";

/** How far a copy has come. */
export interface CopyProgress {
  readonly phase: "copying" | "verifying";
  /** Records and states, of all topics and checkpoints together. */
  readonly done: number;
  readonly total: number;
}

/** What is copied where. */
export interface CopyOptions {
  /** The file of the embedded log. */
  readonly from: string;
  readonly to: KafkaLogSettings;
  /** Called after each transaction and each partition that was verified. */
  readonly progress?: (progress: CopyProgress) => void;
}

/** What was copied. */
export interface Copied {
  readonly topics: number;
  readonly records: number;
  readonly actors: number;
  /** Partitions of services that resume where they stopped. */
  readonly positions: number;
}

/** One transaction takes no longer than a moment, however slow the brokers are. */
const transactionBytesMax = 4_000_000;
const transactionRecordsMax = 20_000;

type Written = (shipments: readonly Filled[], bases: readonly number[]) => void;

/** What is gathered for the next transaction, by partition. */
class Parcels {
  readonly #target: KafkaTarget;
  readonly #written: Written;
  #shipments: Filled[] = [];
  #bytes = 0;
  #count = 0;

  constructor(target: KafkaTarget, written: Written) {
    this.#target = target;
    this.#written = written;
  }

  async add(place: { readonly topic: string; readonly partition: number }, record: Numbered): Promise<void> {
    let last = this.#shipments.at(-1);
    if (last?.topic !== place.topic || last.partition !== place.partition) {
      last = { ...place, records: [], olds: [] };
      this.#shipments.push(last);
    }
    last.records.push(record.record);
    last.olds.push(record.old);
    this.#bytes += sizeBound(record.record);
    this.#count++;
    if (this.#bytes >= transactionBytesMax || this.#count >= transactionRecordsMax) await this.flush();
  }

  async flush(): Promise<void> {
    const shipments = this.#shipments;
    if (shipments.length === 0) return;
    this.#shipments = [];
    this.#bytes = 0;
    this.#count = 0;
    this.#written(shipments, await this.#target.write(shipments));
  }
}

interface Numbered {
  readonly record: TimedRecord;
  /** Its offset in the source. */
  readonly old: number;
}

interface Filled extends Shipment {
  readonly records: TimedRecord[];
  readonly olds: number[];
}

const partitionsOf = ({ partitions }: TopicSettings): readonly number[] =>
  Array.from({ length: partitions }, (_, partition) => partition);

/** What of the source cannot be copied without losing its meaning. */
const sourceFaults = (source: EmbeddedSource): readonly string[] => {
  const checkpoints = new Set(source.owners.map(({ checkpoint }) => checkpoint));
  return [
    ...source.owners.flatMap(({ service, partition, position }) =>
      Object.entries(position?.sources ?? {}).flatMap(([topic, next]) => {
        const { start, end } = source.bounds(topic, partition);
        if (next >= start && next <= end) return [];
        return [
          `${service}, partition ${partition}, stands at offset ${next} of ${topic}, which holds ` +
            `${start} to ${end} (exclusive): records that were never applied are gone`,
        ];
      }),
    ),
    ...source.topics
      .filter(({ name }) => checkpoints.has(name))
      .filter((topic) =>
        partitionsOf(topic).some((partition) => source.bounds(topic.name, partition).end > 0),
      )
      .map(({ name }) => `topic ${name} is a checkpoint and holds records besides its states`),
  ];
};

const totalOf = (source: EmbeddedSource): number => {
  let total = 0;
  for (const topic of source.topics)
    for (const partition of partitionsOf(topic)) {
      const { start, end } = source.bounds(topic.name, partition);
      total += end - start;
    }
  return total;
};

interface Copy {
  readonly source: EmbeddedSource;
  readonly target: KafkaTarget;
  readonly offsets: OffsetMap;
  readonly progress: (phase: CopyProgress["phase"], more: number) => void;
}

const mustFit = (topic: string, { timestamp }: TimedRecord, old: number): void => {
  if (timestamp < 0)
    throw new ConfigError("a record cannot be copied", [
      `${topic}, offset ${old}: Kafka takes timestamps from 1970 on, not ${timestamp}`,
    ]);
};

/** Before anything else: a copy that is cut off at whatever point must not be taken for a whole one. */
const markUnfinished = ({ source, target }: Copy): Promise<readonly number[]> =>
  target.write(
    source.owners.map(({ checkpoint: topic, partition }) => ({
      topic,
      partition,
      records: [{ key: positionKey, value: unfinishedPosition(), timestamp: 0 }],
    })),
  );

/** All records of all topics, journals included, each partition in order. */
const copyRecords = async ({ source, target, offsets, progress }: Copy): Promise<number> => {
  let count = 0;
  const parcels = new Parcels(target, (shipments, bases) => {
    for (const [index, { topic, partition, olds }] of shipments.entries()) {
      const base = bases[index] ?? 0;
      for (const [at, old] of olds.entries()) offsets.note(topic, partition, { old, copied: base + at });
      count += olds.length;
      progress("copying", olds.length);
    }
  });
  for (const topic of source.topics) {
    for (const partition of partitionsOf(topic))
      for (const records of source.records(topic.name, partition))
        for (const record of records) {
          mustFit(topic.name, record, record.offset);
          await parcels.add({ topic: topic.name, partition }, { record, old: record.offset });
        }
  }
  await parcels.flush();
  for (const topic of source.topics) {
    const places = partitionsOf(topic).map((partition) => ({ topic: topic.name, partition }));
    const ends = await target.ends(places);
    for (const { partition } of places)
      offsets.close(topic.name, partition, ends.get(placeKey(topic.name, partition)) ?? 0);
  }
  return count;
};

/** Where a service resumes in the copy. All states are in the checkpoint, so that no tail is to be read. */
const positionOf = (
  { source, offsets }: Pick<Copy, "source" | "offsets">,
  { partition, epoch, position, journal }: EmbeddedOwner,
): PositionRecord => ({
  epoch,
  tailFrom: null,
  journalNext: offsets.end(journal, partition),
  position: position
    ? {
        ...position,
        // Releases that kept no such number took the journal's end for it; the copy's journal ends elsewhere.
        seqMax: position.seqMax ?? source.bounds(journal, partition).end,
        sources: Object.fromEntries(
          Object.entries(position.sources).map(([topic, next]) => [
            topic,
            offsets.translate(topic, partition, next),
          ]),
        ),
      }
    : null,
});

/** The states of one partition, as old as its position. */
const copyStates = async (copy: Copy, owner: EmbeddedOwner): Promise<void> => {
  const { source, target, progress } = copy;
  const place = { topic: owner.checkpoint, partition: owner.partition };
  const timestamp = owner.position?.at ?? 0;
  const parcels = new Parcels(target, (shipments) => {
    for (const { records } of shipments) progress("copying", records.length);
  });
  for (const entries of source.checkpoint(owner))
    for (const { key, value } of entries)
      await parcels.add(place, { record: { key, value, timestamp }, old: 0 });
  await parcels.flush();
};

/** All positions at once, when everything else is there: from here on services can start. */
const finish = async (copy: Copy): Promise<ReadonlyMap<EmbeddedOwner, PositionRecord>> => {
  const { source, target, progress } = copy;
  const positions = new Map(source.owners.map((owner) => [owner, positionOf(copy, owner)]));
  if (positions.size === 0) return positions;
  await target.write(
    [...positions].map(([{ checkpoint: topic, partition }, record]) => {
      const timestamp = record.position?.at ?? 0;
      return { topic, partition, records: [{ key: positionKey, value: encodePosition(record), timestamp }] };
    }),
  );
  progress("copying", positions.size);
  return positions;
};

const verify = async (
  { source, target, progress }: Copy,
  positions: ReadonlyMap<EmbeddedOwner, PositionRecord>,
): Promise<number> => {
  const checkpoints = new Set(source.owners.map(({ checkpoint }) => checkpoint));
  for (const topic of source.topics)
    if (!checkpoints.has(topic.name))
      for (const partition of partitionsOf(topic))
        progress("verifying", await verifyRecords(source, target, { topic, partition }));
  let actors = 0;
  for (const [owner, position] of positions) {
    const count = await verifyStates(source, target, { owner, position });
    progress("verifying", count);
    actors += count;
  }
  return actors;
};

const run = async (copy: Copy): Promise<Omit<Copied, "topics">> => {
  const { source, offsets } = copy;
  for (const { partition, position } of source.owners)
    for (const [topic, next] of Object.entries(position?.sources ?? {})) offsets.want(topic, partition, next);
  if (source.owners.length > 0) await markUnfinished(copy);
  const records = await copyRecords(copy);
  for (const owner of source.owners) await copyStates(copy, owner);
  const positions = await finish(copy);
  return { records, actors: await verify(copy, positions), positions: positions.size };
};

const progressOf = (source: EmbeddedSource, tell: CopyOptions["progress"]): Copy["progress"] => {
  const total = totalOf(source);
  const done = { copying: 0, verifying: 0 };
  return (phase, more) => {
    done[phase] += more;
    tell?.({ phase, done: done[phase], total: Math.max(total, done[phase]) });
  };
};

/**
 * Copies an embedded log to Kafka, so that services go on there where they stopped: every topic's records in
 * order with keys, values, headers and timestamps; the states; the positions, in the offsets of the copy. At
 * the end both are read and compared. Offsets change: what journal records say of their inputs' offsets is
 * true in the source alone.
 *
 * Rejects with ConfigError, and has then written nothing: when anybody has the source open, when a topic on
 * Kafka is not empty or does not fit, when a service runs there. Also when it breaks off later, and says so:
 * all or nothing, and services refuse to start on half a copy, however it was cut off.
 */
export const copyLog = async (options: CopyOptions): Promise<Copied> => {
  const source = openEmbeddedSource(options.from);
  try {
    const faults = sourceFaults(source);
    if (faults.length > 0) throw new ConfigError(`log file ${source.file} cannot be copied`, faults);
    const target = await openKafkaTarget(options.to);
    try {
      await target.prepare(source.topics, [...new Set(source.owners.map(({ service }) => service))]);
      const progress = progressOf(source, options.progress);
      try {
        const copied = await run({ source, target, offsets: new OffsetMap(), progress });
        return { topics: source.topics.length, ...copied };
      } catch (error) {
        throw new ConfigError("the copy to Kafka was not completed and must not be used", [
          error instanceof Error ? error.message : String(error),
          "the source is as it was; delete the copied topics on Kafka, then copy again",
        ]);
      }
    } finally {
      await target.close();
    }
  } finally {
    source.close();
  }
};
