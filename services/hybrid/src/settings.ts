import { z } from "zod";
import { KafkaEnvironment } from "./kafka-settings.ts";

const port = (byDefault: number) => z.coerce.number().int().min(0).max(65_535).default(byDefault);

/** What every process has, whatever it runs. */
export const ProcessEnvironment = z.object({
  LOG_PARTITIONS: z.coerce
    .number()
    .int()
    .min(1)
    .max(1_024)
    .optional()
    .describe("Partitions of every topic, for ever; 8 when embedded, 48 on Kafka when left out."),
  LOG_BYTES_MAX: z.coerce
    .number()
    .int()
    .min(10_000_000)
    .optional()
    .describe("Largest size of the embedded log's file, bytes."),
  LOG_LEVEL: z.enum(["debug", "info", "warn", "error", "silent"]).default("info").describe("What is logged."),
  HEALTH_HOST: z.string().min(1).default("127.0.0.1").describe("Address of /healthz, /readyz and /metrics."),
  HEALTH_PORT: port(9_400).describe("Their port; 0 takes a free one."),
});

/** What user-state must know of the way in. */
export const PublicEnvironment = z.object({
  PUBLIC_URL: z
    .url({ protocol: /^https$/, error: "must be an https address" })
    .describe("Where Graph reaches notification-ingest from the internet, without path."),
});

/** The way to Microsoft Graph; for services that call it. */
export const GraphEnvironment = z.object({
  GRAPH_CLOUD: z
    .enum(["worldwide", "gccHigh", "dod", "china"])
    .default("worldwide")
    .describe("National cloud."),
  GRAPH_URL: z
    .url({ protocol: /^https$/ })
    .optional()
    .describe("Another Graph, for example the simulator; goes with GRAPH_LOGIN_URL."),
  GRAPH_LOGIN_URL: z
    .url({ protocol: /^https$/ })
    .optional()
    .describe("Another Microsoft Entra; goes with GRAPH_URL."),
  GRAPH_CLIENT_ID: z.guid().describe("The application's client id in Microsoft Entra."),
  GRAPH_CERTIFICATE_FILE: z.string().min(1).describe("PEM of the application's certificate."),
  GRAPH_PRIVATE_KEY_FILE: z.string().min(1).describe("PEM of its RSA private key."),
  REDIS_URL: z
    .url({
      protocol: /^rediss?$/,
      error: "must be redis://[user:password@]host[:port], or rediss:// for TLS",
    })
    .optional()
    .describe("Redis that keeps Graph's limits for all workers; each worker its own when left out."),
  WORKERS_MAX: z.coerce
    .number()
    .int()
    .min(1)
    .max(1_024)
    .default(8)
    .describe("Most workers on one Redis; while it is away each keeps to one part in so many of the limits."),
});

/** The way to Webex; for services that call it. */
export const WebexEnvironment = z.object({
  WEBEX_URL: z
    .url({ protocol: /^https$/ })
    .default("https://webexapis.com")
    .describe("The Webex API."),
  WEBEX_ACCESS_TOKEN_FILE: z
    .string()
    .min(1)
    .describe("Holds a valid access token; read before every request, so whoever renews it writes it there."),
});

/** Every setting of the process itself by its name; each service has its own besides. */
export const settings: Readonly<Record<string, z.ZodType>> = {
  ...PublicEnvironment.shape,
  ...ProcessEnvironment.shape,
  ...KafkaEnvironment.shape,
  ...GraphEnvironment.shape,
  ...WebexEnvironment.shape,
};

const lines = (shape: Readonly<Record<string, z.ZodType>>): string =>
  Object.entries(shape)
    .map(([name, schema]) => `  ${name.padEnd(28)}${schema.description ?? ""}`)
    .join("\n");

/** Every setting of the process itself with its meaning, for the command line's help. */
export const settingsHelp = (): string => lines(settings);

/** The settings of commands that only open the log. */
export const logSettingsHelp = (): string => lines(KafkaEnvironment.shape);
