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
export { fingerprintOf, fingerprintText } from "./avro/fingerprint.ts";
export type { AvroSchema } from "./avro/schema.ts";
export { sealedType } from "./avro/sealed-type.ts";
export { decodeAsWritten } from "./avro/single-object.ts";
export {
  type ActorServiceTopics,
  type AnyTopicContract,
  type Catalog,
  catalogOf,
  dataTopics,
  type ServiceTopics,
  schemaFamilies,
  schemas,
  type TopicCreation,
  topicSettings,
} from "./catalog.ts";
export { openClientState, signClientState } from "./client-state.ts";
export { defineTopic, type Retention, type TopicContract } from "./define-topic.ts";
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
  type AdminCommand,
  type AdminCommandValue,
  adminCommands,
  adminCommandValue,
  type OrderTerms,
  type OrganisationSettings,
  type PersonDetails,
  userOrderKey,
} from "./topics/admin-commands.ts";
export { type AdminOutcome, adminOutcomes } from "./topics/admin-outcomes.ts";
export {
  type ArchiveCommand,
  type ArchiveDay,
  type ArchiveFailure,
  type ArchiveLog,
  type ArchiveStatus,
  type ArchiveTerms,
  archiveCommands,
  archiveFailures,
  archiveLog,
  archiveStatus,
} from "./topics/archive.ts";
export { type CalendarChange, calendarChanges } from "./topics/calendar-changes.ts";
export { type CalendarHealth, calendarHealth } from "./topics/calendar-health.ts";
export { type ConsentSignal, consentSignals } from "./topics/consent-signals.ts";
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
  type GroupCommand,
  type GroupCommandValue,
  type GroupOptions,
  groupCommands,
  groupCommandValue,
} from "./topics/group-commands.ts";
export {
  type GroupPrerequisites,
  groupPrerequisites,
  type PrerequisiteCheck,
} from "./topics/group-prerequisites.ts";
export { type GroupStanding, type GroupStatus, groupStatus } from "./topics/group-status.ts";
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
export { type MailboxSignal, mailboxSignals } from "./topics/mailbox-signals.ts";
export {
  type FindingCode,
  findingCatalog,
  type PeopleFinding,
  peopleFindings,
} from "./topics/people-findings.ts";
export { type PeopleSync, peopleSync } from "./topics/people-sync.ts";
export { type Post, postTopic } from "./topics/post.ts";
export { type ResyncRequest, resyncRequests } from "./topics/resync-requests.ts";
export type { PublishedSchema } from "./topics/schemas.ts";
export { type SubscriptionLifecycle, subscriptionLifecycle } from "./topics/subscription-lifecycle.ts";
export {
  type PeopleSource,
  type SyncOrder,
  sourceOfKey,
  syncKey,
  syncOrders,
} from "./topics/sync-orders.ts";
export { type TenantStatus, tenantStatus } from "./topics/tenant-status.ts";
export { type UserDirectoryEntry, userDirectory, type WebexIdentity } from "./topics/user-directory.ts";
export { type UserState, type UserStatus, userStatus } from "./topics/user-status.ts";
export { type WebexHint, webexEvents } from "./topics/webex-events.ts";
export { openWebhookAddress, signWebhookAddress, webhookSecretOf } from "./webhook-address.ts";
