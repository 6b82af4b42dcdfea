import { ConfigError } from "@hybrid/kernel";
import {
  CorruptLogError,
  FencedError,
  LogFullError,
  LogUnavailableError,
  OffsetOutOfRangeError,
  UnknownTopicError,
} from "../../errors.ts";
import { AccessDeniedError } from "./access.ts";
import { HandshakeError } from "./handshake-errors.ts";

/** An error that a broker names in an answer. Codes: Kafka protocol guide, "Error Codes". */
export class BrokerError extends Error {
  override readonly name = "BrokerError";
  readonly code: number;
  readonly type: string;

  constructor(code: number, what: string) {
    const type = typeOfCode.get(code) ?? `error ${code}`;
    super(`${what}: the broker answers ${type}`);
    this.code = code;
    this.type = type;
  }
}

const typeOfCode: ReadonlyMap<number, string> = new Map([
  [1, "OFFSET_OUT_OF_RANGE"],
  [2, "CORRUPT_MESSAGE"],
  [3, "UNKNOWN_TOPIC_OR_PARTITION"],
  [5, "LEADER_NOT_AVAILABLE"],
  [6, "NOT_LEADER_FOR_PARTITION"],
  [7, "REQUEST_TIMED_OUT"],
  [9, "REPLICA_NOT_AVAILABLE"],
  [10, "MESSAGE_TOO_LARGE"],
  [13, "NETWORK_EXCEPTION"],
  [18, "RECORD_LIST_TOO_LARGE"],
  [19, "NOT_ENOUGH_REPLICAS"],
  [20, "NOT_ENOUGH_REPLICAS_AFTER_APPEND"],
  [29, "TOPIC_AUTHORIZATION_FAILED"],
  [31, "CLUSTER_AUTHORIZATION_FAILED"],
  [32, "INVALID_TIMESTAMP"],
  [45, "OUT_OF_ORDER_SEQUENCE_NUMBER"],
  [46, "DUPLICATE_SEQUENCE_NUMBER"],
  [47, "INVALID_PRODUCER_EPOCH"],
  [48, "INVALID_TXN_STATE"],
  [49, "INVALID_PRODUCER_ID_MAPPING"],
  [53, "TRANSACTIONAL_ID_AUTHORIZATION_FAILED"],
  [56, "KAFKA_STORAGE_ERROR"],
  [59, "UNKNOWN_PRODUCER_ID"],
  [74, "FENCED_LEADER_EPOCH"],
  [75, "UNKNOWN_LEADER_EPOCH"],
  [76, "UNSUPPORTED_COMPRESSION_TYPE"],
  [78, "OFFSET_NOT_AVAILABLE"],
  [87, "INVALID_RECORD"],
  [90, "PRODUCER_FENCED"],
  [120, "TRANSACTION_ABORTABLE"],
]);

const asError = (error: unknown): { name?: string; type?: string; code?: unknown; message?: string } =>
  typeof error === "object" && error !== null ? error : {};

/** Whether brokers, or the way to them, are at fault; anything else is a finding of ours and final. */
export const isFromBrokers = (error: unknown): boolean =>
  error instanceof BrokerError ||
  error instanceof LogUnavailableError ||
  error instanceof HandshakeError ||
  error instanceof AccessDeniedError ||
  (asError(error).name ?? "").startsWith("KafkaJS");

const lostConnection: ReadonlySet<string> = new Set([
  "KafkaJSConnectionError",
  "KafkaJSConnectionClosedError",
  "KafkaJSRequestTimeoutError",
  "KafkaJSLockTimeout",
]);

/** Whether the connection on which the error came can no longer be trusted. */
export const isConnectionLost = (error: unknown): boolean =>
  error instanceof HandshakeError
    ? error.fault !== "credentials"
    : lostConnection.has(asError(error).name ?? "");

const moved: ReadonlySet<string> = new Set([
  "UNKNOWN_TOPIC_OR_PARTITION",
  "LEADER_NOT_AVAILABLE",
  "NOT_LEADER_FOR_PARTITION",
  "REPLICA_NOT_AVAILABLE",
  "FENCED_LEADER_EPOCH",
  "UNKNOWN_LEADER_EPOCH",
  "KAFKA_STORAGE_ERROR",
  "OFFSET_NOT_AVAILABLE",
]);

/** Whether another broker may answer, once the metadata is fresh. */
export const isLeaderMoved = (error: unknown): boolean => moved.has(asError(error).type ?? "");

const coordinatorMoved: ReadonlySet<string> = new Set([
  "NOT_COORDINATOR_FOR_GROUP",
  "GROUP_COORDINATOR_NOT_AVAILABLE",
  "GROUP_LOAD_IN_PROGRESS",
]);

/** Whether the coordinator of a group or transaction is elsewhere, or still starting. */
export const isCoordinatorMoved = (error: unknown): boolean =>
  coordinatorMoved.has(asError(error).type ?? "");

const passing: ReadonlySet<string> = new Set([
  "REQUEST_TIMED_OUT",
  "NOT_ENOUGH_REPLICAS",
  "NOT_ENOUGH_REPLICAS_AFTER_APPEND",
  "NETWORK_EXCEPTION",
  "CONCURRENT_TRANSACTIONS",
  "BROKER_NOT_AVAILABLE",
]);

/** Whether the same request can succeed later without anybody changing anything. */
export const isPassing = (error: unknown): boolean =>
  isConnectionLost(error) ||
  isLeaderMoved(error) ||
  isCoordinatorMoved(error) ||
  passing.has(asError(error).type ?? "");

const fencing: ReadonlySet<string> = new Set([
  "INVALID_PRODUCER_EPOCH",
  "PRODUCER_FENCED",
  "INVALID_PRODUCER_ID_MAPPING",
  "INVALID_TXN_STATE",
  "UNKNOWN_PRODUCER_ID",
]);

/** Whether a newer producer of the same transactional id has shut this one out. */
export const isFenced = (error: unknown): boolean => fencing.has(asError(error).type ?? "");

const unknown: ReadonlySet<string> = new Set(["UNKNOWN", "KAFKAJS_UNKNOWN_ERROR_CODE"]);

/**
 * Whether nobody has foreseen the error: the client failed by itself, or the broker answers with a code
 * that it calls unknown or that we do not know. It may pass; what the log holds, or not, is no such error.
 */
export const isUnforeseen = (error: unknown): boolean => {
  if (isFinding(error)) return false;
  const { type = "" } = asError(error);
  return !isFromBrokers(error) || unknown.has(type) || /^error -?\d+$/.test(type);
};

/** Whether the error says what stands in the log or how it is set up: another try finds the same. */
export const isFinding = (error: unknown): boolean =>
  error instanceof CorruptLogError ||
  error instanceof FencedError ||
  error instanceof OffsetOutOfRangeError ||
  error instanceof UnknownTopicError ||
  error instanceof ConfigError;

const tooLarge: ReadonlySet<string> = new Set(["MESSAGE_TOO_LARGE", "RECORD_LIST_TOO_LARGE"]);

/** Whether a broker refuses a batch for its size alone. */
export const isTooLarge = (error: unknown): boolean => tooLarge.has(asError(error).type ?? "");

/** Whether a request was sent and no answer came in time. */
export const isRequestTimedOut = (error: unknown): boolean =>
  asError(error).name === "KafkaJSRequestTimeoutError" || asError(error).type === "REQUEST_TIMED_OUT";

/** Whether nothing but an administrator can help: rights and credentials. */
export const isRefused = (error: unknown): boolean => {
  if (error instanceof HandshakeError) return error.fault === "credentials";
  const { name = "", type = "" } = asError(error);
  return name === "KafkaJSSASLAuthenticationError" || /AUTHORIZATION_FAILED|SASL/.test(type);
};

const messageOf = (error: unknown): string => asError(error).message ?? String(error);

/** The port's error for what a broker or the way to it said; `what` names service, partition or topic. */
export const logErrorOf = (error: unknown, what: string): Error => {
  if (error instanceof FencedError || error instanceof LogUnavailableError) return error;
  if (isFenced(error))
    return new FencedError(`${what}: a newer owner has fenced this one (${messageOf(error)})`, {
      cause: error,
    });
  if (asError(error).type === "KAFKA_STORAGE_ERROR")
    return new LogFullError(`${what}: the broker cannot write to its disk; free space there`, {
      cause: error,
    });
  if (error instanceof AccessDeniedError || error instanceof HandshakeError)
    return new LogUnavailableError(`${what}: ${error.message}`, { cause: error });
  if (isRefused(error))
    return new LogUnavailableError(
      `${what}: the brokers refuse us (${messageOf(error)}); check user, password and access rights`,
      { cause: error },
    );
  return new LogUnavailableError(`${what}: ${messageOf(error)}`, { cause: error });
};
