import { clientStateKeys } from "@hybrid/contracts/client-state-keys";
import { ConfigError } from "@hybrid/kernel";
import { z } from "zod";

const path = z.string().regex(/^\/[A-Za-z0-9/_.-]{0,200}$/, "must be a path such as /graph/notifications");

/** Digits only: an empty variable would otherwise be taken for 0, which is a port of its own meaning. */
const bounded = (min: number, max: number, byDefault: number) =>
  z
    .string()
    .regex(/^\d{1,15}$/, `must be a whole number from ${min} to ${max}`)
    .transform(Number)
    .pipe(z.number().min(min).max(max))
    .default(byDefault);

const Environment = z
  .object({
    INGEST_HOST: z.string().min(1).default("127.0.0.1").describe("Address to listen on."),
    INGEST_PORT: bounded(0, 65_535, 8_443).describe("TCP port; 0 takes a free one."),
    INGEST_NOTIFICATION_PATH: path.default("/graph/notifications").describe("Path of notificationUrl."),
    INGEST_LIFECYCLE_PATH: path.default("/graph/lifecycle").describe("Path of lifecycleNotificationUrl."),
    INGEST_BODY_BYTES_MAX: bounded(1_024, 16_777_216, 1_048_576).describe(
      "Largest body; beyond it 413. Bytes.",
    ),
    INGEST_APPENDS_MAX: bounded(1, 10_000, 64).describe("Appends at the same time; beyond it 503."),
    INGEST_APPEND_TIMEOUT_MS: bounded(100, 9_000, 2_500).describe(
      "Wait for the log; beyond it 503. Milliseconds; Graph calls answers slow after 3,000.",
    ),
    INGEST_REQUESTS_MAX: bounded(1, 100_000, 512).describe(
      "Requests being read or answered at the same time; beyond it 503. Each may hold one body in memory.",
    ),
    INGEST_REQUEST_TIMEOUT_MS: bounded(1_000, 300_000, 30_000).describe(
      "A request that has not arrived whole by then is cut off with 408. Milliseconds.",
    ),
    INGEST_ANONYMOUS_DEAD_LETTERS_PER_MINUTE: bounded(0, 100_000, 120).describe(
      "Dead letters written per minute for requests that nobody authenticated; the rest is only counted.",
    ),
    INGEST_TLS_KEY_FILE: z.string().min(1).optional().describe("PEM file; plain HTTP when left out."),
    INGEST_TLS_CERT_FILE: z.string().min(1).optional().describe("PEM file; goes with the key."),
    CLIENT_STATE_KEYS: clientStateKeys.describe(
      "Keys that may have signed live subscriptions' clientState, newest first.",
    ),
    LOG_PARTITIONS: bounded(1, 1_024, 48).describe("Partitions of every topic."),
  })
  .refine((read) => (read.INGEST_TLS_KEY_FILE === undefined) === (read.INGEST_TLS_CERT_FILE === undefined), {
    message: "needs both files or neither",
    path: ["INGEST_TLS_KEY_FILE and INGEST_TLS_CERT_FILE"],
  });

/**
 * The service's configuration; the meaning, unit, bounds and default of each value stand in the schema above.
 */
export interface IngestConfig {
  readonly host: string;
  readonly port: number;
  readonly notificationPath: string;
  readonly lifecyclePath: string;
  readonly bodyBytesMax: number;
  readonly appendsMax: number;
  readonly appendTimeoutMs: number;
  readonly requestsMax: number;
  readonly requestTimeoutMs: number;
  readonly anonymousDeadLettersPerMinute: number;
  readonly tlsFiles: { readonly key: string; readonly cert: string } | null;
  readonly clientStateKeys: readonly Uint8Array[];
  readonly partitionCount: number;
}

/** Reads the configuration from environment variables. Throws ConfigError that names every fault at once. */
export const readIngestConfig = (environment: Readonly<Record<string, string | undefined>>): IngestConfig => {
  const result = Environment.safeParse(environment);
  if (!result.success) {
    const faults = result.error.issues.map(
      (issue) => `${issue.path[0]?.toString() ?? "it"}: ${issue.message}`,
    );
    throw new ConfigError("notification-ingest cannot start with this configuration", [...new Set(faults)]);
  }
  const read = result.data;
  const { INGEST_TLS_KEY_FILE: keyFile, INGEST_TLS_CERT_FILE: certFile } = read;
  return Object.freeze({
    host: read.INGEST_HOST,
    port: read.INGEST_PORT,
    notificationPath: read.INGEST_NOTIFICATION_PATH,
    lifecyclePath: read.INGEST_LIFECYCLE_PATH,
    bodyBytesMax: read.INGEST_BODY_BYTES_MAX,
    appendsMax: read.INGEST_APPENDS_MAX,
    appendTimeoutMs: read.INGEST_APPEND_TIMEOUT_MS,
    requestsMax: read.INGEST_REQUESTS_MAX,
    requestTimeoutMs: read.INGEST_REQUEST_TIMEOUT_MS,
    anonymousDeadLettersPerMinute: read.INGEST_ANONYMOUS_DEAD_LETTERS_PER_MINUTE,
    tlsFiles: keyFile === undefined || certFile === undefined ? null : { key: keyFile, cert: certFile },
    clientStateKeys: read.CLIENT_STATE_KEYS,
    partitionCount: read.LOG_PARTITIONS,
  });
};
