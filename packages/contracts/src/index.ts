export {
  type AccessBinding,
  type AccessOperation,
  type AccessRule,
  accessCommands,
  accessRules,
  administrator,
  defaultPrincipalOf,
  groupBindings,
  topicsOfService,
} from "./access-rules.ts";
export { csvOf, logColumns, logRows } from "./archive-log-table.ts";
export type { ArchiveTerms } from "./archive-terms.ts";
export { fingerprintOf, fingerprintText } from "./avro/fingerprint.ts";
export type { AvroSchema } from "./avro/schema.ts";
export { sealedType } from "./avro/sealed-type.ts";
export { decodeAsWritten } from "./avro/single-object.ts";
export {
  type ActorServiceTopics,
  type Catalog,
  catalogOf,
  type ServiceTopics,
  schemaFamilies,
  schemas,
  type TopicCreation,
  topicSettings,
} from "./catalog.ts";
export { openClientState, signClientState } from "./client-state.ts";
export * from "./data-topics.ts";
export { type AnyTopicContract, defineTopic, type Retention, type TopicContract } from "./define-topic.ts";
export {
  defaultJoinSettings,
  type ExcludedMeetings,
  type JoinSettings,
  type JoinTexts,
  type KeywordAction,
} from "./join-settings.ts";
export {
  SchemaBook,
  type SchemaLog,
  type SchemaRecord,
  schemaPublisher,
  schemaRecords,
} from "./schema-book.ts";
export { textDigest } from "./text-digest.ts";
export {
  type CallScope,
  type ControlOrder,
  type ControlValue,
  controlKey,
  controlTopic,
  controlValue,
} from "./topics/control.ts";
export { type DeadLetter, deadLetterTopic } from "./topics/dead-letter.ts";
export {
  type CheckpointRecord,
  checkpointTopic,
  type InputOrigin,
  type JournalRecord,
  journalTopic,
  type Parked,
  type ParkedInput,
  type ParkedReason,
  type Parking,
  type PendingCall,
  type SourceRecord,
  type SuppressedTimer,
} from "./topics/journal.ts";
export { type Post, postTopic } from "./topics/post.ts";
export type { PublishedSchema } from "./topics/schemas.ts";
export { openWebhookAddress, signWebhookAddress, webhookSecretOf } from "./webhook-address.ts";
