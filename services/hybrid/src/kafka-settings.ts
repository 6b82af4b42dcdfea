import { hostname } from "node:os";
import { createSecureContext } from "node:tls";
import { minutes, seconds } from "@hybrid/kernel";
import {
  choice,
  commaList,
  duration,
  Faults,
  flag,
  givenName,
  isGiven,
  mistypedFaults,
  namesOf,
  pem,
  readSettings,
  secret,
  text,
  type ValuesOf,
  type Variables,
  whole,
} from "@hybrid/settings";
import type { LogPlace } from "./log-place.ts";

type KafkaPlace = Extract<LogPlace, { readonly kind: "kafka" }>;

/** Where the log is on Kafka and how it is reached; read by every command that opens the log. */
export const kafkaSettings = {
  KAFKA_BROKERS: commaList(
    text({
      meaning: "Kafka to begin with; the embedded log in --data when left out.",
      pattern: /^(\[[^\]]+\]|[^:\s]+):\d{1,5}$/,
      must: "host:port",
    }),
  ).optional(),
  KAFKA_CLIENT_ID: text({
    meaning: "How the brokers' logs, quotas and `hybrid journal owners` name this process.",
    pattern: /^[\w.-]{1,200}$/,
    must: "1 to 200 of a-z A-Z 0-9 . _ -",
  }).orElse("hybrid"),
  KAFKA_INSTANCE_ID: text({
    meaning:
      "This worker's own name in its consumer groups, the same after a restart, with which it takes its " +
      "place again at once; hostname takes the host's. No two workers of a service may share one.",
    pattern: /^[\w.-]{1,200}$/,
    must: "1 to 200 of a-z A-Z 0-9 . _ -",
  }).optional(),
  KAFKA_TLS: flag({ meaning: "Speak TLS to the brokers." }).orElse(false),
  KAFKA_TLS_CA: pem({
    meaning: "Who signs the brokers' certificates; the machine's authorities when left out.",
  }).optional(),
  KAFKA_TLS_CERTIFICATE: pem({
    meaning: "Our certificate, where the brokers ask for one; goes with the key.",
  }).optional(),
  KAFKA_TLS_KEY: pem({ meaning: "Private key of our certificate." }).optional(),
  KAFKA_SASL_MECHANISM: choice(["plain", "scram-sha-256", "scram-sha-512"], {
    meaning: "How we log in; plain only over TLS. Goes with user name and password.",
  }).optional(),
  KAFKA_USERNAME: text({ meaning: "User of KAFKA_SASL_MECHANISM." }).optional(),
  KAFKA_PASSWORD: secret({ meaning: "Password of KAFKA_USERNAME." }).optional(),
  KAFKA_SESSION_TIMEOUT_MS: duration({
    min: seconds(6),
    max: minutes(30),
    meaning: "A worker that is silent for this long loses its partitions.",
  }).orElse(seconds(45)),
  KAFKA_REPLICATION_FACTOR: whole({
    min: 1,
    max: 100,
    meaning: "Copies of every new topic; the brokers' default when left out.",
  }).optional(),
};

type Read = ValuesOf<typeof kafkaSettings>;

const tlsFiles = ["KAFKA_TLS_CA", "KAFKA_TLS_CERTIFICATE", "KAFKA_TLS_KEY"] as const;
const login = ["KAFKA_SASL_MECHANISM", "KAFKA_USERNAME", "KAFKA_PASSWORD"] as const;

/** What each variable says about the others; of the text itself, so that it shows beside other faults. */
const togetherFaults = (variables: Variables): readonly string[] => {
  const isSet = (name: string): boolean => isGiven(variables, name);
  const called = (name: string): string => givenName(variables, name);
  if (!isSet("KAFKA_BROKERS"))
    return Object.keys(kafkaSettings)
      .filter(isSet)
      .map((name) => `${called(name)}: goes with KAFKA_BROKERS, which is not set`);
  const isTls = variables["KAFKA_TLS"] === "true";
  const [, certificate, key] = tlsFiles;
  const lacking = login.filter((name) => !isSet(name));
  return [
    ...(isTls ? [] : tlsFiles.filter(isSet).map((name) => `${called(name)}: needs KAFKA_TLS=true`)),
    ...(isSet(certificate) === isSet(key)
      ? []
      : [`${called(certificate)} and ${called(key)}: give both or neither`]),
    ...(lacking.length > 0 && lacking.length < login.length
      ? [
          `${login.filter(isSet).map(called).join(" and ")}: a login needs all of ${login.join(", ")}; ` +
            `not set: ${lacking.join(", ")}`,
        ]
      : []),
    ...(variables["KAFKA_SASL_MECHANISM"] === "plain" && !isTls
      ? ["KAFKA_SASL_MECHANISM: plain sends the password in clear; it needs KAFKA_TLS=true"]
      : []),
  ];
};

const readTls = (read: Read, variables: Variables, faults: Faults): Pick<KafkaPlace, "ssl"> => {
  if (!read.KAFKA_TLS) return {};
  const [ca, cert, key] = tlsFiles.map((name) => read[name]);
  const given = { ...(ca === undefined ? {} : { ca }), ...(cert && key ? { cert, key } : {}) };
  try {
    createSecureContext(given);
  } catch (error) {
    const names = tlsFiles.filter((name) => isGiven(variables, name)).map((n) => givenName(variables, n));
    faults.add(names.join(", "), `not usable PEM (${String(error)})`);
  }
  return { ssl: Object.keys(given).length === 0 ? true : given };
};

const loginOf = (read: Read): Pick<KafkaPlace, "sasl"> => {
  const { KAFKA_SASL_MECHANISM: mechanism, KAFKA_USERNAME: username, KAFKA_PASSWORD: password } = read;
  return mechanism === undefined || username === undefined || password === undefined
    ? {}
    : { sasl: { mechanism, username, password } };
};

const instanceOf = ({ KAFKA_INSTANCE_ID: id }: Read): Pick<KafkaPlace, "instanceId"> =>
  id === undefined ? {} : { instanceId: id === "hostname" ? hostname() : id };

/** The log on Kafka that the variables name; undefined when they name none, or with faults. */
export const readKafkaPlace = (variables: Variables, faults: Faults): KafkaPlace | undefined => {
  faults.found.push(...togetherFaults(variables));
  const read = readSettings(kafkaSettings, variables, faults);
  if (read?.KAFKA_BROKERS === undefined) return undefined;
  return {
    kind: "kafka",
    brokers: read.KAFKA_BROKERS,
    clientId: read.KAFKA_CLIENT_ID,
    sessionTimeoutMs: read.KAFKA_SESSION_TIMEOUT_MS,
    ...instanceOf(read),
    ...(read.KAFKA_REPLICATION_FACTOR === undefined
      ? {}
      : { replicationFactor: read.KAFKA_REPLICATION_FACTOR }),
    ...readTls(read, variables, faults),
    ...loginOf(read),
  };
};

/**
 * Where the log is: on Kafka when KAFKA_BROKERS is set, else in `embedded`. `known` are the variables that
 * some part of the product reads. Throws ConfigError with every fault.
 */
export const readLogPlace = (
  variables: Variables,
  { embedded, known }: { readonly embedded: LogPlace; readonly known: readonly string[] },
): LogPlace => {
  const faults = new Faults();
  const place = readKafkaPlace(variables, faults);
  faults.found.push(...mistypedFaults(known, variables, namesOf(kafkaSettings)));
  faults.raise("the log cannot be opened with this configuration");
  return place ?? embedded;
};
