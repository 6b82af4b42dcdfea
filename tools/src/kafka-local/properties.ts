import { createPrivateKey } from "node:crypto";
import {
  KafkaLocalError,
  type KafkaSecurity,
  type KafkaTls,
  type KafkaUser,
  type ListenerProtocol,
  type SaslMechanism,
} from "./settings.ts";

/** A broker's configuration by property name. */
export type Properties = Readonly<Record<string, string>>;

/** Ports on 127.0.0.1, one for each listener of `ListenerName`. */
export type Ports = Readonly<Record<string, number>>;

/** What decides over a broker's properties. */
export interface BrokerShape {
  readonly folder: string;
  readonly ports: Ports;
  readonly security: "plaintext" | KafkaSecurity;
  /** Address that listeners are bound to: a container must listen on all of its own. */
  readonly bindHost: string;
  /** Of the broker's own user, which nobody but it knows. */
  readonly internalPassword: string;
  readonly overrides: Properties;
}

const internalUser = "hybrid-broker";
const everyMechanism: readonly SaslMechanism[] = ["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"];

/** Listeners for clients, the first one first. */
export const clientListeners = (security: "plaintext" | KafkaSecurity): readonly ListenerProtocol[] =>
  security === "plaintext" ? ["PLAINTEXT"] : security.listeners;

/** Every listener that needs a port: clients', the controller's, and the broker's own where others log in. */
export const listenerNames = (security: "plaintext" | KafkaSecurity): readonly string[] => [
  ...clientListeners(security),
  "CONTROLLER",
  ...(security === "plaintext" ? [] : ["INTERNAL"]),
];

const quoted = (text: string): string => `"${text}"`;

/**
 * Throws for a user that the formatter's or the login module's syntax cannot carry: they split at commas,
 * brackets and equal signs, and know no escape.
 */
export const checkUsers = (security: "plaintext" | KafkaSecurity): void => {
  if (security === "plaintext") return;
  for (const { name, password } of security.users ?? [])
    if (!/^[\w.@-]+$/.test(name) || !/^[\x20-\x7e]+$/.test(password) || /["\\,=[\]]/.test(password))
      throw new KafkaLocalError(
        `user ${name} cannot be made: names are of letters, digits and _.@-, ` +
          'passwords of printable ASCII without " \\ , = [ ]',
      );
};

const plainLogin = (users: readonly KafkaUser[], own: string): string =>
  [
    "org.apache.kafka.common.security.plain.PlainLoginModule required",
    ...(own === "" ? [] : [`username=${quoted(internalUser)} password=${quoted(own)}`]),
    ...users.map(({ name, password }) => `user_${name}=${quoted(password)}`),
  ].join(" ");

/** The users that log in by one mechanism. */
export const usersOf = (
  security: "plaintext" | KafkaSecurity,
  mechanism: SaslMechanism,
): readonly KafkaUser[] =>
  security === "plaintext"
    ? []
    : (security.users ?? []).filter(({ mechanisms }) => (mechanisms ?? everyMechanism).includes(mechanism));

const saslProperties = (security: KafkaSecurity, listener: ListenerProtocol): Properties => {
  const prefix = `listener.name.${listener.toLowerCase()}`;
  return {
    [`${prefix}.sasl.enabled.mechanisms`]: everyMechanism.join(","),
    [`${prefix}.plain.sasl.jaas.config`]: `${plainLogin(usersOf(security, "PLAIN"), "")};`,
    ...Object.fromEntries(
      everyMechanism
        .filter((mechanism) => mechanism !== "PLAIN")
        .map((mechanism) => [
          `${prefix}.${mechanism.toLowerCase()}.sasl.jaas.config`,
          "org.apache.kafka.common.security.scram.ScramLoginModule required;",
        ]),
    ),
  };
};

const tlsProperties = ({ key, certificate, ca, clientAuth }: KafkaTls): Properties => ({
  "ssl.keystore.type": "PEM",
  // Kafka reads PKCS#8 alone.
  "ssl.keystore.key": createPrivateKey(key).export({ type: "pkcs8", format: "pem" }).toString(),
  "ssl.keystore.certificate.chain": certificate,
  ...(ca === undefined ? {} : { "ssl.truststore.type": "PEM", "ssl.truststore.certificates": ca }),
  "ssl.client.auth": clientAuth ?? "none",
});

/**
 * Where users log in, the broker and its controller do so too, over listeners and with a password of their
 * own: an anonymous super user would open every listener without login to everybody.
 */
const securityProperties = (security: KafkaSecurity, internalPassword: string): Properties => {
  const own = `${plainLogin([{ name: internalUser, password: internalPassword }], internalPassword)};`;
  return {
    "inter.broker.listener.name": "INTERNAL",
    "sasl.mechanism.inter.broker.protocol": "PLAIN",
    "sasl.mechanism.controller.protocol": "PLAIN",
    "listener.name.internal.sasl.enabled.mechanisms": "PLAIN",
    "listener.name.internal.plain.sasl.jaas.config": own,
    "listener.name.controller.sasl.enabled.mechanisms": "PLAIN",
    "listener.name.controller.plain.sasl.jaas.config": own,
    "super.users": [internalUser, ...(security.superUsers ?? [])].map((name) => `User:${name}`).join(";"),
    ...(security.authorizer === true
      ? { "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer" }
      : {}),
    ...Object.assign(
      {},
      ...security.listeners
        .filter((listener) => listener.startsWith("SASL_"))
        .map((listener) => saslProperties(security, listener)),
    ),
    ...(security.tls === undefined ? {} : tlsProperties(security.tls)),
  };
};

/** What makes one node small, and quick at what a test waits for. */
const forTests: Properties = {
  "offsets.topic.replication.factor": "1",
  "offsets.topic.num.partitions": "4",
  "transaction.state.log.replication.factor": "1",
  "transaction.state.log.min.isr": "1",
  "transaction.state.log.num.partitions": "4",
  "share.coordinator.state.topic.replication.factor": "1",
  "share.coordinator.state.topic.min.isr": "1",
  "share.coordinator.state.topic.num.partitions": "4",
  // A topic that somebody forgot to create is a mistake, and has to look like one.
  "auto.create.topics.enable": "false",
  // The first member of a group would otherwise wait 3 s for others.
  "group.initial.rebalance.delay.ms": "0",
  // After kill -9 the controller holds the broker for alive this long and does not let it in again (9 s).
  "broker.session.timeout.ms": "3000",
  "broker.heartbeat.interval.ms": "500",
  // Tests kill members and wait for the others: sessions of 6 s and less.
  "group.min.session.timeout.ms": "1000",
  // Compaction and retention begin half a second after the start (30 s) and look every second (15 s, 5 min).
  "log.initial.task.delay.ms": "500",
  "log.cleaner.backoff.ms": "500",
  "log.retention.check.interval.ms": "1000",
  // Deleted segments leave the disk after a second (60 s).
  "log.segment.delete.delay.ms": "1000",
  // Two cores and a small heap: one cleaner, whose buffer alone would take 128 MiB.
  "log.cleaner.threads": "1",
  "log.cleaner.dedupe.buffer.size": "16777216",
  "num.network.threads": "2",
  "num.io.threads": "4",
  // A transaction whose producer is gone ends a second after its timeout (10 s).
  "transaction.abort.timed.out.transaction.cleanup.interval.ms": "1000",
};

/** The whole configuration of one node that is broker and controller at once (KRaft). */
export const brokerProperties = (shape: BrokerShape): Properties => {
  const { folder, ports, security, bindHost, internalPassword, overrides } = shape;
  const clients = clientListeners(security);
  const address = (host: string, name: string): string => `${name}://${host}:${ports[name] ?? 0}`;
  const own = security === "plaintext" ? "PLAINTEXT" : "SASL_PLAINTEXT";
  const brokers = listenerNames(security).filter((name) => name !== "CONTROLLER");
  return {
    "process.roles": "broker,controller",
    "node.id": "1",
    "controller.quorum.bootstrap.servers": `127.0.0.1:${ports["CONTROLLER"] ?? 0}`,
    "controller.listener.names": "CONTROLLER",
    listeners: [...brokers.map((name) => address(bindHost, name)), address("127.0.0.1", "CONTROLLER")].join(
      ",",
    ),
    "advertised.listeners": brokers.map((name) => address("127.0.0.1", name)).join(","),
    "listener.security.protocol.map": [
      `CONTROLLER:${own}`,
      ...(security === "plaintext" ? [] : [`INTERNAL:${own}`]),
      ...clients.map((name) => `${name}:${name}`),
    ].join(","),
    ...(security === "plaintext"
      ? { "inter.broker.listener.name": "PLAINTEXT" }
      : securityProperties(security, internalPassword)),
    "log.dirs": `${folder}/data`,
    ...forTests,
    ...overrides,
  };
};

const escaped = (text: string): string =>
  text
    .replaceAll("\\", "\\\\")
    .replaceAll("\r", "\\r")
    .replaceAll("\n", "\\n")
    .replaceAll("\t", "\\t")
    .replaceAll(/[^\x20-\x7e]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`);

/** The text of a Java properties file (java.util.Properties: Latin-1, backslash escapes). */
export const propertiesText = (properties: Properties): string =>
  Object.entries(properties)
    .map(([key, value]) => {
      const name = escaped(key).replaceAll(/[ :=#!]/g, "\\$&");
      return `${name}=${escaped(value).replace(/^ /, "\\ ")}\n`;
    })
    .join("");

/** Arguments of `kafka-storage format` beyond the configuration: users of SCRAM live in the metadata log. */
export const scramArguments = (security: "plaintext" | KafkaSecurity): readonly string[] =>
  (["SCRAM-SHA-256", "SCRAM-SHA-512"] as const).flatMap((mechanism) =>
    usersOf(security, mechanism).flatMap(({ name, password }) => [
      "--add-scram",
      `${mechanism}=[name=${quoted(name)},password=${quoted(password)}]`,
    ]),
  );

/** Warnings of everything, and the milestones of the broker, on the standard output. */
export const loggingText = propertiesText({
  status: "error",
  "appender.out.type": "Console",
  "appender.out.name": "out",
  "appender.out.layout.type": "PatternLayout",
  "appender.out.layout.pattern": "%d{ABSOLUTE} %p %c{1} %m%n",
  "rootLogger.level": "warn",
  "rootLogger.appenderRef.out.ref": "out",
  "logger.server.name": "kafka.server.KafkaRaftServer",
  "logger.server.level": "info",
});
