import type { TopicContract } from "./define-topic.ts";
import { adminCommands } from "./topics/admin-commands.ts";
import { calendarChanges } from "./topics/calendar-changes.ts";
import { calendarHealth } from "./topics/calendar-health.ts";
import { consentSignals } from "./topics/consent-signals.ts";
import { type ControlValue, controlTopic } from "./topics/control.ts";
import { type DeadLetter, deadLetterTopic } from "./topics/dead-letter.ts";
import {
  type CheckpointRecord,
  checkpointTopic,
  type JournalRecord,
  journalTopic,
} from "./topics/journal.ts";
import { mailboxSignals } from "./topics/mailbox-signals.ts";
import { type Post, postTopic } from "./topics/post.ts";
import { resyncRequests } from "./topics/resync-requests.ts";
import { type PublishedSchema, schemasName, schemasTopic } from "./topics/schemas.ts";
import { subscriptionLifecycle } from "./topics/subscription-lifecycle.ts";
import { tenantStatus } from "./topics/tenant-status.ts";
import { userDirectory } from "./topics/user-directory.ts";
import { userStatus } from "./topics/user-status.ts";
import { webexEvents } from "./topics/webex-events.ts";

/** A topic of the contracts whose value type does not matter. */
// oxlint-disable-next-line typescript/no-explicit-any -- the only type that every contract is assignable to.
export type AnyTopicContract = TopicContract<any>;

/** The topics by which services meet, by name. */
export const dataTopics: readonly AnyTopicContract[] = [
  adminCommands,
  calendarChanges,
  calendarHealth,
  consentSignals,
  mailboxSignals,
  resyncRequests,
  subscriptionLifecycle,
  tenantStatus,
  userDirectory,
  userStatus,
  webexEvents,
];

/** What belongs to one service of actors. */
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

/** Every service of actors, by name. */
export const actorServices = {
  directory: actorService("directory", [adminCommands, consentSignals]),
  "user-state": actorService("user-state", [
    userDirectory,
    tenantStatus,
    subscriptionLifecycle,
    mailboxSignals,
  ]),
  decorator: actorService("decorator", [calendarChanges, userStatus, resyncRequests]),
} as const satisfies Readonly<Record<string, ActorServiceTopics>>;

/** The name of a service of actors. */
export type ActorServiceName = keyof typeof actorServices;

const services: readonly (readonly [string, ActorServiceTopics])[] = Object.entries(actorServices);

/** The services of actors that read a topic, by its name; schemas are read by all of them. */
export const readersOf = (topicName: string): readonly string[] =>
  services
    .filter(
      ([, { sources, control, post }]) =>
        topicName === schemasName || [...sources, control, post].some(({ name }) => name === topicName),
    )
    .map(([name]) => name);

/** Services that turn web requests into records: they dead-letter what can become none. */
const intakeServices: ReadonlySet<string> = new Set(["notification-ingest"]);

const deadLetters: ReadonlyMap<string, TopicContract<DeadLetter>> = new Map([
  ...dataTopics.flatMap(({ name, writers }) => {
    const users = [...writers.filter((writer) => intakeServices.has(writer)), ...readersOf(name)];
    // What no service reads is for people's eyes only: nothing of it can fail to be applied.
    return users.length === 0 ? [] : ([[name, deadLetterTopic(name, users)]] as const);
  }),
  ...services.map(([name, { deadInputs }]) => [name, deadInputs] as const),
  ...services.map(([, { control, deadControl }]) => [control.name, deadControl] as const),
  ...services.map(([, { post, deadPosts }]) => [post.name, deadPosts] as const),
]);

/**
 * Where dead letters go: the topic beside a data topic, or a service's own for inputs that stood in no topic.
 * Throws TypeError when there is no such topic or service.
 */
export const deadLetterOf = (topicOrService: string): TopicContract<DeadLetter> => {
  const topic = deadLetters.get(topicOrService);
  if (topic) return topic;
  throw new TypeError(
    `no dead-letter topic is declared for "${topicOrService}"; add it to contracts/src/catalog.ts`,
  );
};

const written: readonly AnyTopicContract[] = [
  ...dataTopics,
  ...services.flatMap(([, { journal, checkpoint }]) => [journal, checkpoint]),
  ...services.map(([, { control }]) => control),
  ...services.map(([, { post }]) => post),
  ...deadLetters.values(),
];

/** The schemas of all other topics, published by all who write those. */
export const schemas: TopicContract<PublishedSchema> = schemasTopic([
  ...new Set(written.flatMap(({ writers }) => writers)),
]);

/**
 * Every topic of the system: data topics, journals, checkpoints, controls, posts, dead letters, and the
 * schemas of them all; no two share a name.
 */
export const allTopics: readonly AnyTopicContract[] = [...written, schemas];

/**
 * One topic for every schema, by the name of its golden folder: data topics have their own, all journals
 * share one, and so do all checkpoints, all controls, all posts and all dead letters.
 */
export const schemaFamilies: ReadonlyMap<string, AnyTopicContract> = new Map<string, AnyTopicContract>([
  ...dataTopics.map((topic) => [topic.name, topic] as const),
  ["journal", actorServices.directory.journal],
  ["checkpoint", actorServices.directory.checkpoint],
  ["control", actorServices.directory.control],
  ["post", actorServices.directory.post],
  ["dead-letter", actorServices.directory.deadInputs],
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
