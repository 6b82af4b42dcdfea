import {
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
  type TopicContract,
} from "@hybrid/contracts";
import type { AnyTopic, AnyTopology, Source } from "@hybrid/kernel";
import { postSource } from "@hybrid/runtime";

/** The service whose run is looked at. */
export interface Subject {
  readonly topology: AnyTopology;
  /** Partitions of every topic. */
  readonly partitions: number;
}

/** A subject with everything looked up once that a check needs again and again. */
export interface CheckFrame extends Subject {
  readonly service: string;
  readonly journal: TopicContract<JournalRecord>;
  readonly checkpoint: TopicContract<CheckpointRecord>;
  /** Operators' orders: a source of every service. */
  readonly control: TopicContract<ControlValue>;
  /** What its actors post to each other: a source of every service, and an output of it. */
  readonly post: TopicContract<Post>;
  readonly dead: TopicContract<DeadLetter>;
  /** Dead-letter topics: one beside each source, and the service's own. */
  readonly deadTopics: ReadonlySet<string>;
  /** What the topology reads, and {@link post}. */
  readonly sources: ReadonlyMap<string, Source<unknown>>;
  readonly emits: ReadonlyMap<string, AnyTopic>;
  readonly initialJson: string;
}

/** Compiles the schemas of a subject, which takes longer than many a check: do it once for many runs. */
export const checkFrame = (subject: Subject): CheckFrame => {
  const { topology } = subject;
  const { service } = topology;
  const control = controlTopic(service);
  const post = postTopic(service);
  const sources = [...topology.sources, postSource(post)];
  const origins = [...sources.map(({ topic }) => topic.name), control.name, service];
  return {
    ...subject,
    service,
    journal: journalTopic(service),
    checkpoint: checkpointTopic(service),
    control,
    post,
    dead: deadLetterTopic(service, [service]),
    deadTopics: new Set(origins.map((origin) => deadLetterTopic(origin, [service]).name)),
    sources: new Map(sources.map((source) => [source.topic.name, source])),
    emits: new Map(topology.emits.map((topic) => [topic.name, topic])),
    initialJson: JSON.stringify(topology.initial),
  };
};
