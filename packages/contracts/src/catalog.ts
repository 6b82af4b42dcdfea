import { dataTopics } from "./data-topics.ts";
import type { AnyTopicContract, TopicContract } from "./define-topic.ts";
import { type ControlValue, controlTopic } from "./topics/control.ts";
import { type DeadLetter, deadLetterTopic } from "./topics/dead-letter.ts";
import {
  type CheckpointRecord,
  checkpointTopic,
  type JournalRecord,
  journalTopic,
} from "./topics/journal.ts";
import { type Post, postTopic } from "./topics/post.ts";
import { type PublishedSchema, schemasName, schemasTopic } from "./topics/schemas.ts";

/** What belongs to one machine. */
export interface ActorServiceTopics {
  /** The topics it reads. */
  readonly sources: readonly AnyTopicContract[];
  readonly journal: TopicContract<JournalRecord>;
  readonly checkpoint: TopicContract<CheckpointRecord>;
  /** Orders of operators to its runtime, and what of them could not be followed. */
  readonly control: TopicContract<ControlValue>;
  readonly deadControl: TopicContract<DeadLetter>;
  /** What its actors post to each other, and what of it could not be applied. */
  readonly post: TopicContract<Post>;
  readonly deadPosts: TopicContract<DeadLetter>;
  /** Inputs that stood in no topic: a timer's, a call's outcome, another actor's word. */
  readonly deadInputs: TopicContract<DeadLetter>;
}

const actorService = (name: string, sources: readonly AnyTopicContract[]): ActorServiceTopics => ({
  sources,
  journal: journalTopic(name),
  checkpoint: checkpointTopic(name),
  control: controlTopic(name),
  deadControl: deadLetterTopic(controlTopic(name).name, [name]),
  post: postTopic(name),
  deadPosts: deadLetterTopic(postTopic(name).name, [name]),
  deadInputs: deadLetterTopic(name, [name]),
});

/** What one service does with topics; `@hybrid/service` reads it from the service's value. */
export interface ServiceTopics {
  readonly name: string;
  /** Its machines, each with a journal of its own under its own name, and the topics that they read. */
  readonly machines: readonly { readonly name: string; readonly sources: readonly AnyTopicContract[] }[];
  /** The data topics that it takes something in for, and beside which it writes dead letters of it. */
  readonly intakes: readonly AnyTopicContract[];
  /** The topics that its views are made from. */
  readonly views: readonly AnyTopicContract[];
}

/** Everything about topics that follows from the list of services. */
export interface Catalog {
  readonly services: readonly ServiceTopics[];
  /** What belongs to each machine, by the machine's name. */
  readonly actorServices: ReadonlyMap<string, ActorServiceTopics>;
  /** The machines that read a topic, by its name; schemas are read by all of them. */
  readonly readersOf: (topicName: string) => readonly string[];
  /** The services that make views from a topic, by its name. */
  readonly viewersOf: (topicName: string) => readonly string[];
  /**
   * Where dead letters go: the topic beside a data topic, or a machine's own for inputs that stood in no
   * topic. Throws TypeError when there is no such topic or machine.
   */
  readonly deadLetterOf: (topicOrMachine: string) => TopicContract<DeadLetter>;
  /** The schemas of all other topics, published by all who write those. */
  readonly schemas: TopicContract<PublishedSchema>;
  /**
   * Every topic of the system: data topics, journals, checkpoints, controls, posts, dead letters, and the
   * schemas of them all; no two share a name.
   */
  readonly allTopics: readonly AnyTopicContract[];
}

type Machines = readonly (readonly [string, ActorServiceTopics])[];

const deadLettersOf = (
  machines: Machines,
  services: readonly ServiceTopics[],
  readersOf: Catalog["readersOf"],
): ReadonlyMap<string, TopicContract<DeadLetter>> =>
  new Map([
    ...dataTopics.flatMap((topic) => {
      const intakes = services.filter(({ intakes }) => intakes.includes(topic)).map(({ name }) => name);
      const users = [...intakes, ...readersOf(topic.name)];
      // What no machine reads is for people's eyes only: nothing of it can fail to be applied.
      return users.length === 0 ? [] : ([[topic.name, deadLetterTopic(topic.name, users)]] as const);
    }),
    ...machines.map(([name, { deadInputs }]) => [name, deadInputs] as const),
    ...machines.map(([, { control, deadControl }]) => [control.name, deadControl] as const),
    ...machines.map(([, { post, deadPosts }]) => [post.name, deadPosts] as const),
  ]);

/** The catalogue of these services. */
export const catalogOf = (services: readonly ServiceTopics[]): Catalog => {
  const machines: Machines = services.flatMap((service) =>
    service.machines.map(({ name, sources }) => [name, actorService(name, sources)] as const),
  );
  const readersOf = (topicName: string): readonly string[] =>
    machines
      .filter(
        ([, { sources, control, post }]) =>
          topicName === schemasName || [...sources, control, post].some(({ name }) => name === topicName),
      )
      .map(([name]) => name);
  const deadLetters = deadLettersOf(machines, services, readersOf);
  const written: readonly AnyTopicContract[] = [
    ...dataTopics,
    ...machines.flatMap(([, { journal, checkpoint }]) => [journal, checkpoint]),
    ...machines.map(([, { control }]) => control),
    ...machines.map(([, { post }]) => post),
    ...deadLetters.values(),
  ];
  const writers = new Set(written.flatMap((topic) => topic.writers));
  const all = schemasTopic([...writers]);
  return {
    services,
    actorServices: new Map(machines),
    readersOf,
    viewersOf: (topicName) =>
      services
        .filter(({ views }) => views.length > 0 && [...views, all].some(({ name }) => name === topicName))
        .map(({ name }) => name),
    deadLetterOf: (topicOrMachine) => {
      const topic = deadLetters.get(topicOrMachine);
      if (topic) return topic;
      throw new TypeError(`nobody reads or takes in "${topicOrMachine}", so it has no dead letters`);
    },
    schemas: all,
    allTopics: [...written, all],
  };
};

/** The topic of schemas for who reads and writes it; its writers stand in the {@link Catalog}. */
export const schemas: TopicContract<PublishedSchema> = schemasTopic([]);

/**
 * One topic for every schema, by the name of its golden folder: data topics have their own, all journals
 * share one, and so do all checkpoints, all controls, all posts and all dead letters.
 */
export const schemaFamilies: ReadonlyMap<string, AnyTopicContract> = new Map<string, AnyTopicContract>([
  ...dataTopics.map((topic) => [topic.name, topic] as const),
  ["journal", journalTopic("directory")],
  ["checkpoint", checkpointTopic("directory")],
  ["control", controlTopic("directory")],
  ["post", postTopic("directory")],
  ["dead-letter", deadLetterTopic("directory", ["directory"])],
  ["schemas", schemas],
]);

/** What a log needs to know to create a topic; the same shape as TopicSettings of `@hybrid/log`. */
export interface TopicCreation {
  readonly name: string;
  readonly partitions: number;
  readonly cleanup: "delete" | "compact";
  /** Milliseconds; null keeps records for ever. */
  readonly retentionMs: number | null;
}

/** How to create a topic; `partitions`: the number that all topics share which have none of their own. */
export const topicSettings = (
  { name, retention, partitions: own }: Pick<AnyTopicContract, "name" | "retention" | "partitions">,
  partitions: number,
): TopicCreation => ({
  name,
  partitions: own ?? partitions,
  cleanup: retention.cleanup,
  retentionMs: retention.cleanup === "delete" ? retention.retentionMs : null,
});
