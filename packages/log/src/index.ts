export { type Copied, type CopyOptions, type CopyProgress, copyLog } from "./copy/copy-log.ts";
export {
  type EmbeddedOwner,
  type EmbeddedState,
  embeddedOwners,
  embeddedStates,
} from "./copy/embedded-source.ts";
export { openEmbeddedLog } from "./embedded/embedded-log.ts";
export type { EmbeddedLogSettings } from "./embedded/settings.ts";
export {
  CommitTimedOutError,
  CommitTooLargeError,
  CorruptLogError,
  FencedError,
  InstanceTakenError,
  LogFullError,
  LogUnavailableError,
  OffsetOutOfRangeError,
  UnknownTopicError,
} from "./errors.ts";
export { openKafkaLog } from "./kafka/kafka-log.ts";
export type { PositionRecord } from "./kafka/partition/position-record.ts";
export type { KafkaLogSettings, KafkaSasl, KafkaSocketFactory } from "./kafka/settings.ts";
export {
  type DescribedGroup,
  type DescribedTopic,
  type GroupWorker,
  type KafkaAdmin,
  kafkaTopicConfig,
  openKafkaAdmin,
} from "./kafka/topics/admin.ts";
export type { LogLogger } from "./log-logger.ts";
export { nextOffsetOf } from "./next-offset.ts";
export { type PageBounds, pagesOf } from "./pages-of.ts";
export type {
  CheckpointEntry,
  Commit,
  CommitReceipt,
  GroupListener,
  GroupSettings,
  HeldBytes,
  JoinOptions,
  JournalEntry,
  Log,
  LogRecord,
  Membership,
  OutgoingRecord,
  OwnedPartition,
  PartitionLag,
  PolledRecord,
  Position,
  ReadFrom,
  ReadRequest,
  ReadResult,
  RestoredRecord,
  TopicSettings,
  WaitingPartition,
} from "./port.ts";
