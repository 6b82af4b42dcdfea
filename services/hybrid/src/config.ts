import { createPrivateKey, X509Certificate } from "node:crypto";
import { type DecoratorConfig, readDecoratorConfig } from "@hybrid/decorator";
import type { HttpsProxy, MicrosoftGraphOptions } from "@hybrid/microsoft-graph";
import { type IngestConfig, readIngestConfig } from "@hybrid/notification-ingest";
import {
  Faults,
  givenName,
  mistypedFaults,
  readSettings,
  settingsOrThrow,
  type ValuesOf,
  type Variables,
} from "@hybrid/settings";
import { readConfig as readUserStateConfig, type UserStateConfig } from "@hybrid/user-state";
import { readKafkaPlace } from "./kafka-settings.ts";
import type { LogPlace } from "./log-place.ts";
import { readServiceNames, type ServiceName, serviceNames } from "./service-names.ts";
import {
  graphSettings,
  knownVariables,
  processSettings,
  proxySettings,
  publicSettings,
  webexSettings,
} from "./settings.ts";
import { logPathIn } from "./with-log.ts";

/** Where a fleet keeps Graph's limits. */
export interface SharedLimitsConfig {
  /** May hold a password: never logged. */
  readonly redisUrl: string;
  readonly workersMax: number;
}

/** The way to Microsoft Graph. */
export interface GraphConfig {
  readonly graph: Pick<MicrosoftGraphOptions, "cloud" | "clientId" | "certificate">;
  readonly sharedLimits?: SharedLimitsConfig;
}

/** The way to Webex. */
export interface WebexConfig {
  readonly webex: { readonly baseUrl: string; readonly accessToken: () => Promise<string> };
}

/** Everything `hybrid up` is configured with; what no service of this process needs is left out. */
export interface UpConfig extends Partial<GraphConfig>, Partial<WebexConfig> {
  readonly services: readonly ServiceName[];
  readonly log: { readonly place: LogPlace; readonly partitions: number };
  readonly logLevel: string;
  /** May hold a password: never logged. */
  readonly proxy?: HttpsProxy;
  readonly ingest?: { readonly config: IngestConfig };
  readonly userState?: UserStateConfig;
  readonly decorator?: DecoratorConfig;
  readonly health: { readonly host: string; readonly port: number };
}

/** The flags of `hybrid up`. */
export interface UpFlags {
  readonly data: string;
  /** Names separated by commas; all services when left out. */
  readonly service?: string;
}

const cloudOf = (
  { GRAPH_URL: graphUrl, GRAPH_LOGIN_URL: loginUrl, GRAPH_CLOUD: cloud }: ValuesOf<typeof graphSettings>,
  faults: Faults,
): GraphConfig["graph"]["cloud"] => {
  if (graphUrl !== undefined && loginUrl !== undefined)
    return { graphUrl: new URL(graphUrl).origin, loginUrl: new URL(loginUrl).origin };
  if (graphUrl !== undefined || loginUrl !== undefined)
    faults.add("GRAPH_URL and GRAPH_LOGIN_URL", "give both or neither");
  return cloud;
};

const thumbprintOf = (certificatePem: string, variables: Variables, faults: Faults): string => {
  try {
    return new X509Certificate(certificatePem).fingerprint256.replaceAll(":", "");
  } catch (error) {
    faults.add(givenName(variables, "GRAPH_CERTIFICATE"), `not a certificate in PEM (${String(error)})`);
    return "";
  }
};

const checkKey = (privateKeyPem: string, variables: Variables, faults: Faults): void => {
  try {
    createPrivateKey(privateKeyPem);
  } catch {
    // What the library says of a key may quote it.
    faults.add(givenName(variables, "GRAPH_PRIVATE_KEY"), "not a private key in PEM without a passphrase");
  }
};

const readGraph = (variables: Variables, faults: Faults): Partial<GraphConfig> => {
  const read = readSettings(graphSettings, variables, faults);
  if (!read) return {};
  const {
    GRAPH_CLIENT_ID: clientId,
    GRAPH_CERTIFICATE: certificate,
    GRAPH_PRIVATE_KEY: privateKeyPem,
  } = read;
  checkKey(privateKeyPem, variables, faults);
  return {
    graph: {
      cloud: cloudOf(read, faults),
      clientId,
      certificate: { thumbprintSha256: thumbprintOf(certificate, variables, faults), privateKeyPem },
    },
    ...(read.REDIS_URL === undefined
      ? {}
      : { sharedLimits: { redisUrl: read.REDIS_URL, workersMax: read.WORKERS_MAX } }),
  };
};

const readWebex = (variables: Variables, faults: Faults): Partial<WebexConfig> => {
  const read = readSettings(webexSettings, variables, faults);
  if (!read) return {};
  return { webex: { baseUrl: read.WEBEX_URL, accessToken: read.WEBEX_ACCESS_TOKEN } };
};

/** The proxy, in capital or small letters, as other programs read it. */
const readProxy = (variables: Variables, faults: Faults): { readonly proxy?: HttpsProxy } => {
  const both = {
    ...variables,
    HTTPS_PROXY: variables["HTTPS_PROXY"] ?? variables["https_proxy"],
    NO_PROXY: variables["NO_PROXY"] ?? variables["no_proxy"],
  };
  const read = readSettings(proxySettings, both, faults);
  if (read?.HTTPS_PROXY === undefined) return {};
  return { proxy: { url: read.HTTPS_PROXY, ...(read.NO_PROXY ? { except: read.NO_PROXY } : {}) } };
};

/** How many partitions topics get where nobody says it. */
export const partitionsByDefault = (kind: LogPlace["kind"]): number => (kind === "kafka" ? 48 : 8);

/** LOG_PARTITIONS alone, for commands that run no service. Throws ConfigError. */
export const readPartitions = (variables: Variables): number | undefined => {
  const { LOG_PARTITIONS: settings } = processSettings;
  const what = "the topics' number of partitions cannot be used";
  return settingsOrThrow(what, { LOG_PARTITIONS: settings }, variables).LOG_PARTITIONS;
};

/** What the services' own readers need besides: derived from the process's settings where nothing is said. */
const derivedFrom = (variables: Variables, partitions: number): Variables => {
  const base = variables["PUBLIC_URL"]?.replace(/\/$/, "") ?? "https://localhost";
  return {
    NOTIFICATION_URL: `${base}${variables["INGEST_NOTIFICATION_PATH"] ?? "/graph/notifications"}`,
    LIFECYCLE_NOTIFICATION_URL: `${base}${variables["INGEST_LIFECYCLE_PATH"] ?? "/graph/lifecycle"}`,
    ...variables,
    LOG_PARTITIONS: String(partitions),
  };
};

/** Reads what one service needs, and nothing else: who does not call Graph need not hold its key. */
const readServices = (
  services: readonly ServiceName[],
  given: { readonly variables: Variables; readonly partitions: number; readonly faults: Faults },
) => {
  const { variables, faults } = given;
  const derived = derivedFrom(variables, given.partitions);
  const runs = (...names: readonly ServiceName[]): boolean => names.some((name) => services.includes(name));
  if (runs("user-state")) readSettings(publicSettings, variables, faults);
  const ingest = runs("notification-ingest") ? faults.gather(() => readIngestConfig(derived)) : undefined;
  const userState = runs("user-state") ? faults.gather(() => readUserStateConfig(derived)) : undefined;
  const decorator = runs("decorator") ? faults.gather(() => readDecoratorConfig(derived)) : undefined;
  return {
    ...(ingest ? { ingest: { config: ingest } } : {}),
    ...(userState ? { userState } : {}),
    ...(decorator ? { decorator } : {}),
    ...(runs("user-state", "decorator") ? readGraph(variables, faults) : {}),
    ...(runs("user-state", "decorator") ? readProxy(variables, faults) : {}),
    ...(runs("decorator") ? readWebex(variables, faults) : {}),
  };
};

/**
 * Reads the configuration from environment variables. Throws ConfigError that names every fault at once.
 */
export const readUpConfig = (variables: Variables, flags: UpFlags): UpConfig => {
  const faults = new Faults();
  const services = faults.gather(() => readServiceNames(flags.service)) ?? serviceNames;
  const own = readSettings(processSettings, variables, faults);
  const kafka = readKafkaPlace(variables, faults);
  const bytesMax = own?.LOG_BYTES_MAX;
  const place = kafka ?? {
    kind: "embedded" as const,
    path: logPathIn(flags.data),
    ...(bytesMax === undefined ? {} : { bytesMax }),
  };
  const partitions = own?.LOG_PARTITIONS ?? partitionsByDefault(place.kind);
  const parts = readServices(services, { variables, partitions, faults });
  faults.found.push(...mistypedFaults(knownVariables, variables));
  faults.raise("hybrid up cannot start with this configuration");
  return {
    services,
    log: { place, partitions },
    logLevel: own?.LOG_LEVEL ?? "info",
    health: { host: own?.HEALTH_HOST ?? "127.0.0.1", port: own?.HEALTH_PORT ?? 0 },
    ...parts,
  };
};
