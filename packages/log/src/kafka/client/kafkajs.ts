import { createRequire } from "node:module";
import kafkajsPackage from "kafkajs";
import type { KafkaSocketFactory } from "../settings.ts";
import { frameRequest } from "../wire/request-frame.ts";
import { principalOf } from "./access.ts";
import {
  disconnectOnce,
  quietRequestQueue,
  type RequestQueue,
  readingBetter,
  withoutDelay,
} from "./kafkajs-corrections.ts";
import type {
  ConnectionSettings,
  GroupRequests,
  KafkajsAddress,
  KafkajsBroker,
  KafkajsConnection,
  ProtocolRequest,
} from "./kafkajs-shapes.ts";

/**
 * The parts of kafkajs that this driver stands on: connections with authentication, and the protocol's
 * requests. Its producer and consumer are not used (ADR 8). These modules are not kafkajs's public interface,
 * so exactly one version is accepted.
 */
const version = "2.2.4";

/** Kafka's own envelopes around what the members of a group tell each other, which its tools can read. */
export const groupEnvelopes = kafkajsPackage.AssignerProtocol;

type ConnectionClass = new (
  settings: ConnectionSettings & { enforceRequestTimeout: boolean },
) => KafkajsConnection;

/**
 * F9: kafkajs copies each request twice on its way to the socket, see {@link frameRequest}. Its connection
 * takes the function that frames when it is loaded, so that ours is loaded again; everybody else's
 * does not change.
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

let loaded: ReturnType<typeof load> | undefined;

const kafkajs = (): ReturnType<typeof load> => {
  if (loaded === undefined) {
    loaded = load();
    quietRequestQueue(loaded.RequestQueueClass.prototype);
  }
  return loaded;
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
  send: <Result>(request: ProtocolRequest<Result>) => connection.send(readingBetter(request, principal)),
  destroy: () => connection.disconnect(),
});

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
  disconnectOnce(connection);
  const principal = principalOf({ sasl: address.sasl ?? undefined, ssl: address.ssl ?? undefined });
  const connectionPool = singleConnection(connection, { ...address, principal });
  return {
    connection,
    broker: new Broker({ connectionPool, logger, allowAutoTopicCreation: false }),
  };
};
