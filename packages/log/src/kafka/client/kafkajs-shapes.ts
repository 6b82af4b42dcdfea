import type { ConnectionOptions } from "node:tls";
import type { KafkaSasl, KafkaSocketFactory } from "../settings.ts";

/** A request with the decoder of its answer, as kafkajs's protocol modules make them. */
export interface ProtocolRequest<Result> {
  readonly request: {
    readonly apiKey: number;
    readonly apiVersion: number;
    readonly apiName: string;
    readonly encode: () => Promise<unknown>;
    readonly expectResponse?: () => boolean;
  };
  readonly response: {
    readonly decode: (payload: Buffer) => unknown;
    readonly parse: (decoded: never) => Result | Promise<Result>;
  };
  /** Milliseconds; the connection's own when it is longer. */
  readonly requestTimeout?: number | null;
}

/** Partitions of a topic in a request. */
export interface TopicPartitions<Partition> {
  readonly topic: string;
  readonly partitions: readonly Partition[];
}

/** One socket to one broker. */
export interface KafkajsConnection {
  readonly socket?: { destroy(): void };
  /** Milliseconds that the broker trusts a login for; zero: for ever. */
  readonly sessionLifetime: { toNumber(): number };
  /** How long before that it logs in again. */
  reauthenticationThreshold: number;
  connect(): Promise<boolean>;
  disconnect(): Promise<boolean>;
  isConnected(): boolean;
  isAuthenticated(): boolean;
  setSupportAuthenticationProtocol(supported: boolean): void;
  setVersions(versions: unknown): void;
  rejectRequests(error: Error): void;
  send<Result>(request: ProtocolRequest<Result>): Promise<Result>;
}

/** What the brokers say of themselves and of topics. */
export interface MetadataResponse {
  readonly brokers: readonly { readonly nodeId: number; readonly host: string; readonly port: number }[];
  readonly controllerId: number;
  readonly topicMetadata: readonly {
    readonly topicErrorCode: number;
    readonly topic: string;
    readonly isInternal?: boolean;
    /** A partition without a leader has -1. */
    readonly partitionMetadata: readonly { readonly partitionId: number; readonly leader: number }[];
  }[];
}

/** What a broker answers to requests that this driver leaves to kafkajs. Offsets and ids are decimal text. */
export interface KafkajsBroker {
  connect(): Promise<void>;
  metadata(topics: readonly string[]): Promise<MetadataResponse>;
  findGroupCoordinator(of: {
    groupId: string;
    coordinatorType: number;
  }): Promise<{ coordinator: { nodeId: number; host: string; port: number } }>;
  initProducerId(of: {
    transactionalId: string;
    transactionTimeout: number;
  }): Promise<{ producerId: string; producerEpoch: number }>;
  addPartitionsToTxn(of: {
    transactionalId: string;
    producerId: string;
    producerEpoch: number;
    topics: readonly TopicPartitions<number>[];
  }): Promise<unknown>;
  endTxn(of: {
    transactionalId: string;
    producerId: string;
    producerEpoch: number;
    transactionResult: boolean;
  }): Promise<unknown>;
  listOffsets(of: {
    replicaId: number;
    isolationLevel: number;
    topics: readonly TopicPartitions<{ partition: number; timestamp: number }>[];
  }): Promise<{
    responses: readonly TopicPartitions<{ partition: number; offset: string }>[];
  }>;
  offsetCommit(of: {
    groupId: string;
    groupGenerationId: number;
    memberId: string;
    topics: readonly TopicPartitions<{ partition: number; offset: string }>[];
  }): Promise<unknown>;
  offsetFetch(of: {
    groupId: string;
    topics: readonly TopicPartitions<{ partition: number }>[];
  }): Promise<{ responses: readonly TopicPartitions<{ partition: number; offset: string }>[] }>;
  createTopics(of: {
    topics: readonly {
      topic: string;
      numPartitions: number;
      replicationFactor: number;
      configEntries: readonly { name: string; value: string }[];
    }[];
    timeout: number;
  }): Promise<unknown>;
  describeConfigs(of: {
    resources: readonly { type: number; name: string; configNames: readonly string[] }[];
  }): Promise<{
    resources: readonly {
      errorCode: number;
      resourceName: string;
      configEntries: readonly { configName: string; configValue: string }[];
    }[];
  }>;
}

/** The four requests of a consumer group's member; `groupInstanceId` is its static identity (KIP-345). */
export interface GroupRequests {
  /** Rejects a dynamic member's first one with MEMBER_ID_REQUIRED; its `memberId` is to be joined with. */
  joinGroup(request: {
    readonly groupId: string;
    readonly sessionTimeout: number;
    readonly rebalanceTimeout: number;
    readonly memberId: string;
    readonly groupInstanceId: string | null;
    readonly protocolType: "consumer";
    readonly groupProtocols: readonly { readonly name: string; readonly metadata: Buffer }[];
  }): Promise<{
    readonly generationId: number;
    readonly memberId: string;
    readonly leaderId: string;
    readonly members: readonly { readonly memberId: string; readonly memberMetadata: Buffer }[];
  }>;
  syncGroup(request: {
    readonly groupId: string;
    readonly generationId: number;
    readonly memberId: string;
    readonly groupInstanceId: string | null;
    readonly groupAssignment: readonly { readonly memberId: string; readonly memberAssignment: Buffer }[];
  }): Promise<{ readonly memberAssignment: Buffer | null }>;
  heartbeat(request: {
    readonly groupId: string;
    readonly groupGenerationId: number;
    readonly memberId: string;
    readonly groupInstanceId: string | null;
  }): Promise<unknown>;
  leaveGroup(request: {
    readonly groupId: string;
    readonly memberId: string;
    readonly groupInstanceId: string | null;
  }): Promise<unknown>;
}

/** What a connection is made of. */
export interface ConnectionSettings {
  readonly host: string;
  readonly port: number;
  readonly clientId: string;
  readonly requestTimeout: number;
  readonly connectionTimeout: number;
  readonly logger: unknown;
  readonly socketFactory: KafkaSocketFactory;
  readonly ssl?: ConnectionOptions | null;
  readonly sasl?: KafkaSasl | null;
}

/** What kafkajs wants to know to open connections. */
export type KafkajsAddress = Omit<ConnectionSettings, "logger" | "socketFactory"> & {
  readonly socketFactory: KafkaSocketFactory | undefined;
};
