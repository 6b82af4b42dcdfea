import { X509Certificate } from "node:crypto";
import { readFile } from "node:fs/promises";
import { type DecoratorConfig, readDecoratorConfig } from "@hybrid/decorator";
import { ConfigError } from "@hybrid/kernel";
import type { MicrosoftGraphOptions } from "@hybrid/microsoft-graph";
import { type IngestConfig, readIngestConfig } from "@hybrid/notification-ingest";
import { readConfig as readUserStateConfig, type UserStateConfig } from "@hybrid/user-state";
import { z } from "zod";

const port = (byDefault: number) => z.coerce.number().int().min(0).max(65_535).default(byDefault);

const Environment = z.object({
  PUBLIC_URL: z
    .url({ protocol: /^https$/, error: "must be an https address" })
    .describe("Where Graph reaches notification-ingest from the internet, without path."),
  LOG_PARTITIONS: z.coerce.number().int().min(1).max(1_024).default(8).describe("Partitions of every topic."),
  LOG_BYTES_MAX: z.coerce
    .number()
    .int()
    .min(10_000_000)
    .optional()
    .describe("Largest size of the log file, bytes."),
  LOG_LEVEL: z.enum(["debug", "info", "warn", "error", "silent"]).default("info").describe("What is logged."),
  GRAPH_CLOUD: z
    .enum(["worldwide", "gccHigh", "dod", "china"])
    .default("worldwide")
    .describe("National cloud."),
  GRAPH_CLIENT_ID: z.guid().describe("The application's client id in Microsoft Entra."),
  GRAPH_CERTIFICATE_FILE: z.string().min(1).describe("PEM of the application's certificate."),
  GRAPH_PRIVATE_KEY_FILE: z.string().min(1).describe("PEM of its RSA private key."),
  WEBEX_URL: z
    .url({ protocol: /^https$/ })
    .default("https://webexapis.com")
    .describe("The Webex API."),
  WEBEX_ACCESS_TOKEN_FILE: z
    .string()
    .min(1)
    .describe("Holds a valid access token; read before every request, so whoever renews it writes it there."),
  HEALTH_HOST: z.string().min(1).default("127.0.0.1").describe("Address of /healthz, /readyz and /metrics."),
  HEALTH_PORT: port(9_400).describe("Their port; 0 takes a free one."),
});

/** Everything `hybrid up` is configured with. */
export interface UpConfig {
  readonly partitions: number;
  readonly logBytesMax: number | undefined;
  readonly logLevel: string;
  readonly graph: Pick<MicrosoftGraphOptions, "cloud" | "clientId" | "certificate">;
  readonly webex: { readonly baseUrl: string; readonly accessToken: () => Promise<string> };
  readonly ingest: IngestConfig;
  readonly userState: UserStateConfig;
  readonly decorator: DecoratorConfig;
  readonly health: { readonly host: string; readonly port: number };
}

type Variables = Readonly<Record<string, string | undefined>>;

/** Runs every reader and gathers the faults of all of them. */
class Faults {
  readonly found: string[] = [];

  gather<Value>(read: () => Value): Value | undefined {
    try {
      return read();
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      this.found.push(...error.faults);
      return undefined;
    }
  }

  async readFile(name: string, path: string): Promise<string> {
    try {
      return await readFile(path, "utf8");
    } catch (error) {
      this.found.push(`${name}: ${error instanceof Error ? error.message : String(error)}`);
      return "";
    }
  }
}

const readOwn = (variables: Variables) => {
  const read = Environment.safeParse(variables);
  if (read.success) return read.data;
  throw new ConfigError(
    "configuration",
    read.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`),
  );
};

const thumbprintOf = (faults: Faults, certificatePem: string): string => {
  if (certificatePem === "") return "";
  try {
    return new X509Certificate(certificatePem).fingerprint256.replaceAll(":", "");
  } catch (error) {
    faults.found.push(`GRAPH_CERTIFICATE_FILE: not a certificate in PEM (${String(error)})`);
    return "";
  }
};

/**
 * Reads the configuration from environment variables. Rejects with ConfigError that names every fault at
 * once.
 */
export const readUpConfig = async (variables: Variables): Promise<UpConfig> => {
  const faults = new Faults();
  const own = faults.gather(() => readOwn(variables));
  const base = variables["PUBLIC_URL"]?.replace(/\/$/, "") ?? "https://localhost";
  const derived: Variables = {
    LOG_PARTITIONS: "8",
    NOTIFICATION_URL: `${base}${variables["INGEST_NOTIFICATION_PATH"] ?? "/graph/notifications"}`,
    LIFECYCLE_NOTIFICATION_URL: `${base}${variables["INGEST_LIFECYCLE_PATH"] ?? "/graph/lifecycle"}`,
    ...variables,
  };
  const ingest = faults.gather(() => readIngestConfig(derived));
  const userState = faults.gather(() => readUserStateConfig(derived));
  const decorator = faults.gather(() => readDecoratorConfig(derived));
  const certificate = own ? await faults.readFile("GRAPH_CERTIFICATE_FILE", own.GRAPH_CERTIFICATE_FILE) : "";
  const privateKeyPem = own
    ? await faults.readFile("GRAPH_PRIVATE_KEY_FILE", own.GRAPH_PRIVATE_KEY_FILE)
    : "";
  const thumbprintSha256 = thumbprintOf(faults, certificate);
  if (!own || !ingest || !userState || !decorator || faults.found.length > 0)
    throw new ConfigError("hybrid up cannot start with this configuration", [...new Set(faults.found)]);
  return {
    partitions: own.LOG_PARTITIONS,
    logBytesMax: own.LOG_BYTES_MAX,
    logLevel: own.LOG_LEVEL,
    graph: {
      cloud: own.GRAPH_CLOUD,
      clientId: own.GRAPH_CLIENT_ID,
      certificate: { thumbprintSha256, privateKeyPem },
    },
    webex: {
      baseUrl: own.WEBEX_URL,
      accessToken: async () => (await readFile(own.WEBEX_ACCESS_TOKEN_FILE, "utf8")).trim(),
    },
    ingest,
    userState,
    decorator,
    health: { host: own.HEALTH_HOST, port: own.HEALTH_PORT },
  };
};

/** Every setting of the process itself with its meaning, for the command line's help. */
export const settingsHelp = (): string =>
  Object.entries(Environment.shape)
    .map(([name, schema]) => `  ${name.padEnd(26)}${schema.description ?? ""}`)
    .join("\n");
