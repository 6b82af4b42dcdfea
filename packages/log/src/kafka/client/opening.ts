import { createSecureContext } from "node:tls";
import { ConfigError } from "@hybrid/kernel";
import { LogUnavailableError } from "../../errors.ts";
import type { KafkaLogSettings } from "../settings.ts";
import { HandshakeError } from "./handshake-errors.ts";

const subject = "a log on Kafka cannot be opened";

const tlsFaults = ({ ssl }: KafkaLogSettings): readonly string[] => {
  if (ssl === undefined || ssl === true) return [];
  const halves = (ssl.cert === undefined) !== (ssl.key === undefined);
  if (halves && ssl.pfx === undefined)
    return ["the client certificate and its key belong together; one of ssl.cert and ssl.key is missing"];
  try {
    createSecureContext(ssl);
    return [];
  } catch (error) {
    // OpenSSL's words name what it could not read, and hold nothing of it.
    return [`the files for TLS cannot be used: ${error instanceof Error ? error.message : String(error)}`];
  }
};

const loginFaults = ({ sasl }: KafkaLogSettings): readonly string[] =>
  sasl === undefined
    ? []
    : [
        ...(sasl.username === "" ? ["the user's name is empty"] : []),
        ...(sasl.password === "" ? [`the password of user ${sasl.username} is empty`] : []),
      ];

/** Throws a ConfigError that names every fault of the settings that can be seen without a broker. */
export const checkSettings = (settings: KafkaLogSettings): void => {
  const { brokers, clientId, instanceId } = settings;
  const faults = [
    ...(brokers.length > 0 ? [] : ["no broker is named"]),
    ...brokers
      .filter((broker) => !/^(\[[^\]]+\]|[^:\s]+):\d{1,5}$/.test(broker))
      .map((broker) => `broker ${JSON.stringify(broker)} is not host:port`),
    ...(clientId === "" ? ["the client id is empty"] : []),
    ...(typeof instanceId !== "string" || /^[\w.-]{1,200}$/.test(instanceId)
      ? []
      : [`instance id ${JSON.stringify(instanceId)} is not 1 to 200 of a-z A-Z 0-9 . _ -`]),
    ...tlsFaults(settings),
    ...loginFaults(settings),
  ];
  if (faults.length > 0) throw new ConfigError(subject, faults);
};

/** Where TLS ends before the broker (a mesh, a tunnel) this is in order; everywhere else it gives it away. */
export const warnOfOpenPassword = ({ sasl, ssl, logger, brokers }: KafkaLogSettings): void => {
  if (sasl?.mechanism === "plain" && ssl === undefined)
    logger?.warn(
      { user: sasl.username, brokers },
      "the password goes to the brokers unencrypted: SASL PLAIN without TLS; turn TLS on, or use SCRAM",
    );
};

const refusedAtOnce: ReadonlySet<string> = new Set(["credentials", "certificate"]);

const handshakeIn = (error: unknown): HandshakeError | undefined => {
  for (let each = error, depth = 0; each instanceof Error && depth < 4; each = each.cause, depth++)
    if (each instanceof HandshakeError) return each;
  return undefined;
};

/** What opening rejects with: a ConfigError for what waiting cannot mend, else a LogUnavailableError. */
export const openingError = (error: unknown, { brokers, sasl }: KafkaLogSettings): unknown => {
  const handshake = handshakeIn(error);
  if (handshake && refusedAtOnce.has(handshake.fault)) return new ConfigError(subject, [handshake.message]);
  const { name } = ((error as Error).cause ?? error) as { name?: string };
  if (!handshake && name === "KafkaJSConnectionClosedError" && sasl === undefined)
    return new LogUnavailableError(
      `${brokers.join(", ")}: the connection was closed at our first request; its listener may demand a ` +
        "login (sasl), and none is configured",
      { cause: error },
    );
  return error;
};
