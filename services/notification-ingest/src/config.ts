import { createSecureContext } from "node:tls";
import { clientStateKeys } from "@hybrid/contracts/client-state-keys";
import { notificationPathSettings, webhookPathSettings } from "@hybrid/contracts/notification-paths";
import { minutes, seconds } from "@hybrid/kernel";
import {
  duration,
  type Faults,
  givenName,
  logPartitions,
  pem,
  port,
  settingsOrThrow,
  text,
  type Variables,
  whole,
} from "@hybrid/settings";

/** The settings of the service. */
export const ingestSettings = {
  INGEST_HOST: text({ meaning: "Address to listen on for notifications." }).orElse("127.0.0.1"),
  INGEST_PORT: port({ meaning: "TCP port; 0 takes a free one." }).orElse(8_443),
  ...notificationPathSettings,
  ...webhookPathSettings,
  INGEST_BODY_BYTES_MAX: whole({
    min: 1_024,
    max: 16_777_216,
    unit: "bytes",
    meaning: "Largest body; beyond it 413.",
  }).orElse(1_048_576),
  INGEST_APPENDS_MAX: whole({
    min: 1,
    max: 10_000,
    meaning: "Appends at the same time; beyond it 503.",
  }).orElse(64),
  INGEST_APPEND_TIMEOUT_MS: duration({
    min: 100,
    max: seconds(9),
    meaning: "Wait for the log; beyond it 503. Graph calls answers slow after 3 seconds.",
  }).orElse(2_500),
  INGEST_REQUESTS_MAX: whole({
    min: 1,
    max: 100_000,
    meaning:
      "Requests being read or answered at the same time; beyond it 503. Each may hold one body in memory.",
  }).orElse(512),
  INGEST_REQUEST_TIMEOUT_MS: duration({
    min: seconds(1),
    max: minutes(5),
    meaning: "A request that has not arrived whole by then is cut off with 408.",
  }).orElse(seconds(30)),
  INGEST_ANONYMOUS_DEAD_LETTERS_PER_MINUTE: whole({
    min: 0,
    max: 100_000,
    unit: "per minute",
    meaning: "Dead letters written for requests that nobody authenticated; the rest is only counted.",
  }).orElse(120),
  INGEST_TLS_KEY: pem({ meaning: "Private key for TLS; plain HTTP when left out." }).optional(),
  INGEST_TLS_CERT: pem({ meaning: "Certificate for TLS, with its chain; goes with the key." }).optional(),
  CLIENT_STATE_KEYS: clientStateKeys,
  LOG_PARTITIONS: logPartitions.orElse(48),
};

/** The settings that name its address. */
export const addressSettings = { host: "INGEST_HOST", port: "INGEST_PORT" } as const;

/** The service's configuration; {@link ingestSettings} says what each value means. */
export interface IngestConfig {
  readonly host: string;
  readonly port: number;
  readonly notificationPath: string;
  readonly lifecyclePath: string;
  readonly webexPath: string;
  readonly bodyBytesMax: number;
  readonly appendsMax: number;
  readonly appendTimeoutMs: number;
  readonly requestsMax: number;
  readonly requestTimeoutMs: number;
  readonly anonymousDeadLettersPerMinute: number;
  /** PEM of both; null: plain HTTP, for a proxy that ends TLS. */
  readonly tls: { readonly key: string; readonly cert: string } | null;
  readonly clientStateKeys: readonly Uint8Array[];
  readonly partitionCount: number;
}

const tlsNames = ["INGEST_TLS_KEY", "INGEST_TLS_CERT"] as const;

/** Whether key and certificate belong together, and are both there or both not. */
const checkTls = (
  variables: Variables,
  [key, cert]: readonly (string | undefined)[],
  faults: Faults,
): void => {
  const names = tlsNames.map((name) => givenName(variables, name));
  if ((key === undefined) !== (cert === undefined))
    return faults.add(names.join(" and "), "TLS needs both or neither");
  if (key === undefined || cert === undefined) return undefined;
  try {
    createSecureContext({ key, cert });
  } catch (error) {
    const code =
      error instanceof Error ? ((error as NodeJS.ErrnoException).code ?? error.name) : typeof error;
    return faults.add(names.join(" and "), `are not a PEM key and its certificate (${code})`);
  }
};

/** Reads the configuration. Throws ConfigError that names every fault, and never what a file holds. */
export const readIngestConfig = (environment: Variables): IngestConfig => {
  const read = settingsOrThrow(
    "notification-ingest cannot start with this configuration",
    ingestSettings,
    environment,
    (values, faults) => checkTls(environment, [values.INGEST_TLS_KEY, values.INGEST_TLS_CERT], faults),
  );
  const { INGEST_TLS_KEY: key, INGEST_TLS_CERT: cert } = read;
  return Object.freeze({
    host: read.INGEST_HOST,
    port: read.INGEST_PORT,
    notificationPath: read.INGEST_NOTIFICATION_PATH,
    lifecyclePath: read.INGEST_LIFECYCLE_PATH,
    webexPath: read.INGEST_WEBEX_PATH,
    bodyBytesMax: read.INGEST_BODY_BYTES_MAX,
    appendsMax: read.INGEST_APPENDS_MAX,
    appendTimeoutMs: read.INGEST_APPEND_TIMEOUT_MS,
    requestsMax: read.INGEST_REQUESTS_MAX,
    requestTimeoutMs: read.INGEST_REQUEST_TIMEOUT_MS,
    anonymousDeadLettersPerMinute: read.INGEST_ANONYMOUS_DEAD_LETTERS_PER_MINUTE,
    tls: key === undefined || cert === undefined ? null : { key, cert },
    clientStateKeys: read.CLIENT_STATE_KEYS,
    partitionCount: read.LOG_PARTITIONS,
  });
};
