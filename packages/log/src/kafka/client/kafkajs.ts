import { createRequire } from "node:module";
import type { ConnectionOptions } from "node:tls";
import type { KafkaSasl, KafkaSocketFactory } from "../settings.ts";
import { frameRequest } from "../wire/request-frame.ts";
import { principalOf, topicDenial } from "./access.ts";

/**
 * The parts of kafkajs that this driver stands on: connections with authentication, and the protocol's
 * requests. Its producer and consumer are not used (ADR 8). These modules are not kafkajs's public interface,
 * so exactly one version is accepted.
 */
const version = "2.2.4";

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
  /** So long before that it logs in again. */
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
    readonly topic: string;
    readonly isInternal?: boolean;
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

interface ConnectionSettings {
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

interface RequestQueue {
  readonly pending: readonly unknown[];
  readonly throttledUntil: number;
}

type ConnectionClass = new (
  settings: ConnectionSettings & { enforceRequestTimeout: boolean },
) => KafkajsConnection;

/**
 * F9: kafkajs copies each request twice on its way to the socket, see {@link frameRequest}. Its connection
 * takes the function that frames when it is loaded, so that ours is loaded anew; everybody else's stays as it
 * is.
 */
const loadConnection = (require: NodeJS.Require): ConnectionClass => {
  const framing = require.resolve("kafkajs/src/protocol/request");
  const connection = require.resolve("kafkajs/src/network/connection");
  const before = [framing, connection].map((id) => [id, require.cache[id]] as const);
  require.cache[framing] = { id: framing, loaded: true, exports: frameRequest } as unknown as NodeJS.Module;
  Reflect.deleteProperty(require.cache, connection);
  try {
    return require(connection) as ConnectionClass;
  } finally {
    for (const [id, module] of before)
      if (module) require.cache[id] = module;
      else Reflect.deleteProperty(require.cache, id);
  }
};

const load = () => {
  const require = createRequire(import.meta.url);
  const found = (require("kafkajs/package.json") as { version: string }).version;
  if (found !== version)
    throw new Error(
      `kafkajs ${found} is installed, but the Kafka driver stands on modules of kafkajs ${version}; ` +
        "pin exactly that version in the pnpm catalog",
    );
  const RequestQueueClass = require("kafkajs/src/network/requestQueue") as {
    prototype: { scheduleCheckPendingRequests(this: RequestQueue): void };
  };
  return {
    requests: (require("kafkajs/src/protocol/requests") as { requests: Readonly<Record<string, unknown>> })
      .requests,
    apiKeys: require("kafkajs/src/protocol/requests/apiKeys") as Readonly<Record<string, number>>,
    Connection: loadConnection(require),
    Broker: require("kafkajs/src/broker") as new (settings: unknown) => KafkajsBroker,
    createLogger: (require("kafkajs/src/loggers") as { createLogger: (settings: unknown) => unknown })
      .createLogger,
    defaultSocketFactory: require("kafkajs/src/network/socketFactory") as () => KafkaSocketFactory,
    RequestQueueClass,
  };
};

/**
 * F4: kafkajs looks at its queue again every millisecond from the first answer on, though nothing waits in it
 * and nothing throttles it; that takes 6 % of a core. With nothing to look for there is nothing to schedule:
 * whoever queues a request schedules the look himself.
 */
export const quietRequestQueue = (prototype: {
  scheduleCheckPendingRequests(this: RequestQueue): void;
}): void => {
  const schedule = Reflect.get<typeof prototype, "scheduleCheckPendingRequests">(
    prototype,
    "scheduleCheckPendingRequests",
  );
  prototype.scheduleCheckPendingRequests = function (this: RequestQueue): void {
    if (this.pending.length > 0) schedule.call(this);
  };
};

let loaded: ReturnType<typeof load> | undefined;

const kafkajs = (): ReturnType<typeof load> => {
  if (loaded === undefined) {
    loaded = load();
    quietRequestQueue(loaded.RequestQueueClass.prototype);
  }
  return loaded;
};

/** kafkajs's errors do not say which topic was denied; its answers do. */
const namingDenials = <Result>(
  request: ProtocolRequest<Result>,
  principal: string,
): ProtocolRequest<Result> => ({
  ...request,
  response: {
    ...request.response,
    parse: async (answer) => {
      try {
        return await request.response.parse(answer);
      } catch (error) {
        throw topicDenial(error, { apiName: request.request.apiName, answer, principal }) ?? error;
      }
    },
  },
});

/** kafkajs's own threshold, and the greatest share of a login's lifetime that it may take. */
const reauthenticateBeforeMs = 10_000;
const reauthenticateShare = 1 / 3;

/**
 * kafkajs logs in again 10 s before the login ends: with a lifetime of 10 s and less that is before every
 * request, but a broker refuses more than one login a second (KIP-368). To be called with an open connection.
 */
export const fitReauthentication = (connection: KafkajsConnection): void => {
  const lifetimeMs = connection.sessionLifetime.toNumber();
  connection.reauthenticationThreshold = Math.min(reauthenticateBeforeMs, lifetimeMs * reauthenticateShare);
};

/**
 * kafkajs expects a pool of two connections to each broker and reconnects them in place, where an old
 * connection's farewell can end the new socket. This one is a single connection that is never reused.
 */
const singleConnection = (
  connection: KafkajsConnection,
  { host, port, principal, ...rest }: KafkajsAddress & { readonly principal: string },
) => ({
  host,
  port,
  sasl: rest.sasl ?? null,
  connectionTimeout: rest.connectionTimeout,
  isConnected: () => connection.isConnected(),
  isAuthenticated: () => connection.isAuthenticated(),
  setSupportAuthenticationProtocol: (supported: boolean) =>
    connection.setSupportAuthenticationProtocol(supported),
  setVersions: (versions: unknown) => connection.setVersions(versions),
  getConnection: async () => {
    if (!connection.isConnected()) await connection.connect();
    return connection;
  },
  send: <Result>(request: ProtocolRequest<Result>) => connection.send(namingDenials(request, principal)),
  destroy: () => connection.disconnect(),
});

/**
 * kafkajs leaves Nagle's algorithm on (RFC 896): a request that follows another one on the same connection
 * waits until the broker's system has acknowledged the first, up to 40 ms. Every request is one write and
 * complete.
 */
const withoutDelay =
  (factory: KafkaSocketFactory): KafkaSocketFactory =>
  (options) =>
    factory(options).setNoDelay(true);

interface OpenLink {
  readonly broker: KafkajsBroker;
  send<Result>(request: ProtocolRequest<Result>): Promise<Result>;
}

/** What kafkajs's Broker finds the newest version of a request with that both sides speak. */
type Lookup = (apiKey: number | undefined, definition: unknown) => (fields: object) => ProtocolRequest<never>;

/**
 * The requests of a group's member over an open connection. kafkajs's own methods leave out the static
 * identity that its requests could carry, and keep to themselves the id that a broker gives at a first join.
 */
export const groupRequests = (link: OpenLink): GroupRequests => {
  const { requests, apiKeys } = kafkajs();
  const ask =
    (name: string) =>
    (fields: object): Promise<never> => {
      const { lookupRequest } = link.broker as unknown as { readonly lookupRequest: Lookup };
      return link.send(lookupRequest(apiKeys[name], requests[name])(fields));
    };
  return {
    joinGroup: ask("JoinGroup"),
    syncGroup: ask("SyncGroup"),
    heartbeat: ask("Heartbeat"),
    leaveGroup: ask("LeaveGroup"),
  };
};

/** A connection to one broker, not yet opened, and the requests that go over it. */
export const openBroker = (
  address: KafkajsAddress,
): { readonly connection: KafkajsConnection; readonly broker: KafkajsBroker } => {
  const { Connection, Broker, createLogger, defaultSocketFactory } = kafkajs();
  // Its log lines hold addresses and stacks of what the driver handles and reports itself.
  const logger = createLogger({ level: 0, logCreator: () => () => undefined });
  const connection = new Connection({
    ...address,
    socketFactory: withoutDelay(address.socketFactory ?? defaultSocketFactory()),
    logger,
    enforceRequestTimeout: true,
  });
  const principal = principalOf({ sasl: address.sasl ?? undefined, ssl: address.ssl ?? undefined });
  const connectionPool = singleConnection(connection, { ...address, principal });
  return {
    connection,
    broker: new Broker({ connectionPool, logger, allowAutoTopicCreation: false }),
  };
};
