import { createSecureContext } from "node:tls";
import { z } from "zod";
import { Faults, type Variables } from "./faults.ts";
import type { LogPlace } from "./log-place.ts";

type KafkaPlace = Extract<LogPlace, { readonly kind: "kafka" }>;

const file = (meaning: string) => z.string().min(1).optional().describe(meaning);

/** Where the log is on Kafka and how it is reached; read by every command that opens the log. */
export const KafkaEnvironment = z.object({
  KAFKA_BROKERS: z
    .string()
    .transform((list) => list.split(",").map((broker) => broker.trim()))
    .pipe(
      z.array(
        z.string().regex(/^(\[[^\]]+\]|[^:\s]+):\d{1,5}$/, "must be host:port, several separated by commas"),
      ),
    )
    .optional()
    .describe("Kafka to begin with, host:port[,host:port]; the embedded log in --data when left out."),
  KAFKA_CLIENT_ID: z
    .string()
    .regex(/^[\w.-]{1,200}$/, "must be 1 to 200 of a-z A-Z 0-9 . _ -")
    .default("hybrid")
    .describe("How the brokers' logs, quotas and `hybrid journal owners` name this process."),
  KAFKA_TLS: z.enum(["true", "false"]).default("false").describe("Speak TLS to the brokers; true or false."),
  KAFKA_TLS_CA_FILE: file("PEM of who signs the brokers' certificates; the machine's authorities if not."),
  KAFKA_TLS_CERTIFICATE_FILE: file(
    "PEM of our certificate, where the brokers ask for one; goes with the key.",
  ),
  KAFKA_TLS_KEY_FILE: file("PEM of its private key."),
  KAFKA_SASL_MECHANISM: z
    .enum(["plain", "scram-sha-256", "scram-sha-512"])
    .optional()
    .describe("How we log in; plain only over TLS. Goes with user name and password."),
  KAFKA_USERNAME: z.string().min(1).optional().describe("User of KAFKA_SASL_MECHANISM."),
  KAFKA_PASSWORD_FILE: file("Holds the user's password; an end of line at its end does not count."),
  KAFKA_SESSION_TIMEOUT_MS: z.coerce
    .number()
    .int()
    .min(6_000)
    .max(1_800_000)
    .default(45_000)
    .describe("A worker that is silent for this long loses its partitions, milliseconds."),
  KAFKA_REPLICATION_FACTOR: z.coerce
    .number()
    .int()
    .min(1)
    .max(100)
    .optional()
    .describe("Copies of every new topic; the brokers' default when left out."),
});

type Read = z.infer<typeof KafkaEnvironment>;

const tlsFiles = ["KAFKA_TLS_CA_FILE", "KAFKA_TLS_CERTIFICATE_FILE", "KAFKA_TLS_KEY_FILE"] as const;
const login = ["KAFKA_SASL_MECHANISM", "KAFKA_USERNAME", "KAFKA_PASSWORD_FILE"] as const;

/** What each variable says about the others; of the text itself, so that it shows beside other faults. */
const togetherFaults = (variables: Variables): readonly string[] => {
  const isSet = (name: string): boolean => variables[name] !== undefined;
  if (!isSet("KAFKA_BROKERS"))
    return Object.keys(KafkaEnvironment.shape)
      .filter(isSet)
      .map((name) => `${name}: goes with KAFKA_BROKERS, which is not set`);
  const isTls = variables["KAFKA_TLS"] === "true";
  const [, certificate, key] = tlsFiles;
  return [
    ...(isTls ? [] : tlsFiles.filter(isSet).map((name) => `${name}: needs KAFKA_TLS=true`)),
    ...(isSet(certificate) === isSet(key) ? [] : [`${certificate} and ${key}: give both or neither`]),
    ...(login.some(isSet) && !login.every(isSet) ? [`${login.join(", ")}: give all three or none`] : []),
    ...(variables["KAFKA_SASL_MECHANISM"] === "plain" && !isTls
      ? ["KAFKA_SASL_MECHANISM: plain sends the password as it is; it needs KAFKA_TLS=true"]
      : []),
  ];
};

const readTls = async (read: Read, faults: Faults): Promise<Pick<KafkaPlace, "ssl">> => {
  if (read.KAFKA_TLS === "false") return {};
  const found = faults.found.length;
  const text = async (name: (typeof tlsFiles)[number]): Promise<string | undefined> => {
    const path = read[name];
    return path === undefined ? undefined : faults.readFile(name, path);
  };
  const [ca, cert, key] = await Promise.all(tlsFiles.map(text));
  const given = { ...(ca === undefined ? {} : { ca }), ...(cert && key ? { cert, key } : {}) };
  if (faults.found.length === found)
    try {
      createSecureContext(given);
    } catch (error) {
      faults.found.push(`${tlsFiles.join(", ")}: not usable PEM (${String(error)})`);
    }
  return { ssl: Object.keys(given).length === 0 ? true : given };
};

const readLogin = async (read: Read, faults: Faults): Promise<Pick<KafkaPlace, "sasl">> => {
  const [mechanism, username, path] = [
    read.KAFKA_SASL_MECHANISM,
    read.KAFKA_USERNAME,
    read.KAFKA_PASSWORD_FILE,
  ];
  if (mechanism === undefined || username === undefined || path === undefined) return {};
  const found = faults.found.length;
  const password = (await faults.readFile("KAFKA_PASSWORD_FILE", path)).replace(/\r?\n$/, "");
  if (password === "" && faults.found.length === found)
    faults.found.push("KAFKA_PASSWORD_FILE: the file is empty");
  return { sasl: { mechanism, username, password } };
};

/** The log on Kafka that the variables name; undefined when they name none, or with faults. */
export const readKafkaPlace = async (
  variables: Variables,
  faults: Faults,
): Promise<KafkaPlace | undefined> => {
  faults.found.push(...togetherFaults(variables));
  const read = faults.parse(KafkaEnvironment, variables);
  if (read?.KAFKA_BROKERS === undefined) return undefined;
  return {
    kind: "kafka",
    brokers: read.KAFKA_BROKERS,
    clientId: read.KAFKA_CLIENT_ID,
    sessionTimeoutMs: read.KAFKA_SESSION_TIMEOUT_MS,
    ...(read.KAFKA_REPLICATION_FACTOR === undefined
      ? {}
      : { replicationFactor: read.KAFKA_REPLICATION_FACTOR }),
    ...(await readTls(read, faults)),
    ...(await readLogin(read, faults)),
  };
};

/** Where the log is: on Kafka when KAFKA_BROKERS is set, else in `embedded`. Rejects with every fault. */
export const readLogPlace = async (variables: Variables, embedded: LogPlace): Promise<LogPlace> => {
  const faults = new Faults();
  const place = await readKafkaPlace(variables, faults);
  faults.raise("the log cannot be opened with this configuration");
  return place ?? embedded;
};
