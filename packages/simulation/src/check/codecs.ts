import {
  type CheckpointRecord,
  type ControlValue,
  checkpointTopic,
  controlTopic,
  type DeadLetter,
  deadLetterTopic,
  type JournalRecord,
  journalTopic,
  type TopicContract,
} from "@hybrid/contracts";
import type { AnyTopic, AnyTopology, Source } from "@hybrid/kernel";

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
  readonly dead: TopicContract<DeadLetter>;
  /** Dead-letter topics: one beside each source, and the service's own. */
  readonly deadTopics: ReadonlySet<string>;
  readonly sources: ReadonlyMap<string, Source<unknown>>;
  readonly emits: ReadonlyMap<string, AnyTopic>;
  readonly initialJson: string;
}

/** Compiles the schemas of a subject, which takes longer than many a check: do it once for many runs. */
export const checkFrame = (subject: Subject): CheckFrame => {
  const { topology } = subject;
  const { service } = topology;
  const control = controlTopic(service);
  const origins = [...topology.sources.map(({ topic }) => topic.name), control.name, service];
  return {
    ...subject,
    service,
    journal: journalTopic(service),
    checkpoint: checkpointTopic(service),
    control,
    dead: deadLetterTopic(service, [service]),
    deadTopics: new Set(origins.map((origin) => deadLetterTopic(origin, [service]).name)),
    sources: new Map(topology.sources.map((source) => [source.topic.name, source])),
    emits: new Map(topology.emits.map((topic) => [topic.name, topic])),
    initialJson: JSON.stringify(topology.initial),
  };
};
