import {
  type AnyTopicContract,
  type CheckpointRecord,
  type ControlValue,
  checkpointTopic,
  controlTopic,
  type DeadLetter,
  deadLetterTopic,
  type JournalRecord,
  journalTopic,
  type Post,
  postTopic,
  type SchemaBook,
  schemas,
  type TopicContract,
  topicSettings,
} from "@hybrid/contracts";
import type { AnyTopic, Random, Scheduler, Source, Topology } from "@hybrid/kernel";
import type { TopicSettings } from "@hybrid/log";
import type { KeyRing } from "@hybrid/sealing";
import type { RawCall } from "./call.ts";
import { CallKinds } from "./calls/call-kinds.ts";
import type { RuntimeMetrics } from "./metrics.ts";
import type { Logger, Observer, RuntimeLimits } from "./options.ts";
import type { WorkingMemory } from "./process/memory-share.ts";
import { postSource } from "./step/post-source.ts";
import { type PlainReader, plainReader } from "./store/plain-record.ts";
import { type RecordWriter, recordWriter } from "./store/plain-writer.ts";

/** A topology whose state, inputs and calls the runtime carries without looking into them. */
export type RawTopology = Topology<unknown, unknown, RawCall>;

/** The schemas on the log, as far as they were read; {@link SchemaBook} reads on. */
export type PublishedSchemas = Pick<SchemaBook, "find" | "refresh">;

/** Everything that the partitions of one service share. */
export interface ServiceFrame {
  readonly service: string;
  readonly topology: RawTopology;
  /** What newer releases write with. */
  readonly schemas: PublishedSchemas;
  readonly partitions: number;
  readonly limits: RuntimeLimits;
  readonly memory: WorkingMemory;
  /** Keys of sealed values; null where the topology declares none. */
  readonly keys: KeyRing | null;
  readonly scheduler: Scheduler;
  readonly random: Random;
  readonly logger: Logger;
  readonly metrics: RuntimeMetrics;
  readonly observer: Observer | undefined;
  readonly journal: TopicContract<JournalRecord>;
  readonly checkpoint: TopicContract<CheckpointRecord>;
  /** What the topology reads, and {@link post}. */
  readonly sources: ReadonlyMap<string, Source<unknown>>;
  readonly emits: ReadonlyMap<string, AnyTopic>;
  /** Those of them that keep the latest record of each key and hold sealed values. */
  readonly sealedForGood: readonly AnyTopicContract[];
  /** Orders of operators; a source of every service. */
  readonly control: TopicContract<ControlValue>;
  /** What actors of the service post to each other; a source of every service. */
  readonly post: TopicContract<Post>;
  /** Dead letters of sources by source, and of everything else under the service's own name. */
  readonly deadLetters: ReadonlyMap<string, TopicContract<DeadLetter>>;
  readonly readPlain: PlainReader;
  /** Encodes what steps leave. */
  readonly write: RecordWriter;
  readonly callKinds: CallKinds;
  /** The state that needs no record, as JSON. */
  readonly initialJson: string;
}

/** The ports and limits that a frame is made from. */
export type FramePorts = Pick<
  ServiceFrame,
  "partitions" | "limits" | "memory" | "scheduler" | "random" | "logger" | "metrics" | "observer"
>;

const noSchemas: PublishedSchemas = { find: () => undefined, refresh: async () => false };

/** As the catalogue declares them; a service that it does not know (in tests) gets them all the same. */
const deadLettersOf = (
  origin: string,
  service: string,
  catalog: readonly AnyTopicContract[],
): TopicContract<DeadLetter> => {
  const own = deadLetterTopic(origin, [service]);
  return catalog.find(({ name }) => name === own.name) ?? own;
};

/** Looks everything up once that a batch would have to look up for each record. */
export const frameOf = (
  topology: RawTopology,
  catalog: readonly AnyTopicContract[],
  ports: FramePorts & { readonly schemas?: PublishedSchemas; readonly keys?: KeyRing | null },
): ServiceFrame => {
  const { service } = topology;
  const control = controlTopic(service);
  const post = postTopic(service);
  const sources = [...topology.sources, postSource(post)];
  const journal = journalTopic(service);
  const checkpoint = checkpointTopic(service);
  const origins = [...sources.map((source) => source.topic.name), control.name, service];
  return {
    ...ports,
    keys: ports.keys ?? null,
    schemas: ports.schemas ?? noSchemas,
    service,
    topology,
    journal,
    checkpoint,
    readPlain: plainReader(checkpoint),
    write: recordWriter({ journal, checkpoint }),
    control,
    callKinds: new CallKinds(topology.calls),
    post,
    sources: new Map(sources.map((source) => [source.topic.name, source])),
    emits: new Map(topology.emits.map((topic) => [topic.name, topic])),
    sealedForGood: catalog.filter(
      ({ name, retention, sealed = [] }) =>
        retention.cleanup === "compact" &&
        sealed.length > 0 &&
        topology.emits.some((topic) => topic.name === name),
    ),
    deadLetters: new Map(origins.map((origin) => [origin, deadLettersOf(origin, service, catalog)])),
    initialJson: JSON.stringify(topology.initial),
  };
};

/** The topics that the service writes: for others, and for itself. */
export const writtenBy = (
  frame: ServiceFrame,
  catalog: readonly AnyTopicContract[],
): readonly AnyTopicContract[] => [
  ...catalog.filter(({ name }) => frame.emits.has(name)),
  ...frame.deadLetters.values(),
  frame.post,
  frame.journal,
  frame.checkpoint,
];

/** The topics that the service reads, writes or keeps for itself, as the log must hold them. */
export const topicsOf = (
  frame: ServiceFrame,
  catalog: readonly AnyTopicContract[],
): readonly TopicSettings[] => {
  const contracts = new Set<AnyTopicContract>([
    ...catalog.filter(({ name }) => frame.sources.has(name)),
    ...writtenBy(frame, catalog),
    frame.control,
    schemas,
  ]);
  return [...contracts].map((contract) => topicSettings(contract, frame.partitions));
};
