import { X509Certificate } from "node:crypto";
import { readFile } from "node:fs/promises";
import { type DecoratorConfig, readDecoratorConfig } from "@hybrid/decorator";
import { ConfigError } from "@hybrid/kernel";
import type { MicrosoftGraphOptions } from "@hybrid/microsoft-graph";
import { type IngestConfig, readIngestConfig } from "@hybrid/notification-ingest";
import { readConfig as readUserStateConfig, type UserStateConfig } from "@hybrid/user-state";
import type { z } from "zod";
import { Environment } from "./settings.ts";

/** Where a fleet keeps Graph's limits. */
export interface SharedLimitsConfig {
  /** May hold a password: never logged. */
  readonly redisUrl: string;
  readonly workersMax: number;
}

/** Everything `hybrid up` is configured with. */
export interface UpConfig {
  readonly partitions: number;
  readonly logBytesMax: number | undefined;
  readonly logLevel: string;
  readonly graph: Pick<MicrosoftGraphOptions, "cloud" | "clientId" | "certificate">;
  readonly sharedLimits: SharedLimitsConfig | undefined;
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

type Own = z.infer<typeof Environment>;

const cloudOf = (own: Own, faults: Faults): UpConfig["graph"]["cloud"] => {
  const { GRAPH_URL: graphUrl, GRAPH_LOGIN_URL: loginUrl } = own;
  if (graphUrl !== undefined && loginUrl !== undefined)
    return { graphUrl: new URL(graphUrl).origin, loginUrl: new URL(loginUrl).origin };
  if (graphUrl !== undefined || loginUrl !== undefined)
    faults.found.push("GRAPH_URL and GRAPH_LOGIN_URL: give both or neither");
  return own.GRAPH_CLOUD;
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
  const cloud = own ? cloudOf(own, faults) : "worldwide";
  if (!own || !ingest || !userState || !decorator || faults.found.length > 0)
    throw new ConfigError("hybrid up cannot start with this configuration", [...new Set(faults.found)]);
  return {
    partitions: own.LOG_PARTITIONS,
    logBytesMax: own.LOG_BYTES_MAX,
    logLevel: own.LOG_LEVEL,
    graph: {
      cloud,
      clientId: own.GRAPH_CLIENT_ID,
      certificate: { thumbprintSha256, privateKeyPem },
    },
    sharedLimits:
      own.REDIS_URL === undefined ? undefined : { redisUrl: own.REDIS_URL, workersMax: own.WORKERS_MAX },
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
