export { openEmbeddedLog } from "./embedded/embedded-log.ts";
export type { EmbeddedLogSettings, LogLogger } from "./embedded/settings.ts";
export {
  CorruptLogError,
  FencedError,
  LogFullError,
  LogUnavailableError,
  OffsetOutOfRangeError,
  UnknownTopicError,
} from "./errors.ts";
export { openKafkaLog } from "./kafka/kafka-log.ts";
export type { KafkaLogSettings, KafkaSasl, KafkaSocketFactory } from "./kafka/settings.ts";
export type {
  CheckpointEntry,
  Commit,
  CommitReceipt,
  GroupListener,
  GroupSettings,
  JournalEntry,
  Log,
  LogRecord,
  Membership,
  OutgoingRecord,
  OwnedPartition,
  PartitionLag,
  Position,
  ReadRequest,
  ReadResult,
  RestoredRecord,
  TopicSettings,
} from "./port.ts";
