import { join } from "node:path";
import { type Catalog, catalogOf } from "@hybrid/contracts";
import { type AnyService, clientsOf, httpOf, sealsOf, topicsOf } from "@hybrid/service";
import { Faults, mistypedFaults, readSettings, settingsOrThrow, type Variables } from "@hybrid/settings";
import { type ClientsConfig, readClients } from "./clients/clients.ts";
import { redisSettings } from "./clients/redis-url.ts";
import { readKafkaPlace } from "./kafka-settings.ts";
import { type KeyPlace, readKeyPlace } from "./keys/key-settings.ts";
import { keyPlaceBeside } from "./keys/open-keys.ts";
import type { LogPlace } from "./log-place.ts";
import { catalog, services as product, servicesNamed } from "./service-list.ts";
import { apiSettings, knownVariables, processSettings, sharesListener } from "./settings.ts";
import { logPathIn } from "./with-log.ts";

/** A service with its settings read. */
export interface ConfiguredService {
  readonly service: AnyService;
  readonly config: unknown;
}

/** Everything `hybrid up` is configured with. */
export interface UpConfig {
  readonly services: readonly ConfiguredService[];
  /** Every topic, also of services that run elsewhere. */
  readonly catalog: Catalog;
  readonly clients: ClientsConfig;
  readonly log: { readonly place: LogPlace; readonly partitions: number };
  /** Where the keys of what is sealed are; left out where no service of this process seals or opens. */
  readonly keys?: KeyPlace;
  readonly logLevel: string;
  /** Where the files of views are. */
  readonly viewFolder: string;
  /** Where the files of requests that were carried out are, unless `redisUrl` keeps them for a fleet. */
  readonly requestFolder: string;
  readonly redisUrl?: string;
  /** The listener that routes of several services share. */
  readonly api: { readonly host: string; readonly port: number };
  readonly health: { readonly host: string; readonly port: number };
}

/** The flags of `hybrid up`. */
export interface UpFlags {
  readonly data: string;
  /** Names separated by commas; all services when left out. */
  readonly service?: string;
}

/** How many partitions topics get where nobody says it. */
export const partitionsByDefault = (kind: LogPlace["kind"]): number => (kind === "kafka" ? 48 : 8);

/** LOG_PARTITIONS alone, for commands that run no service. Throws ConfigError. */
export const readPartitions = (variables: Variables): number | undefined => {
  const { LOG_PARTITIONS: settings } = processSettings;
  const what = "the topics' number of partitions cannot be used";
  return settingsOrThrow(what, { LOG_PARTITIONS: settings }, variables).LOG_PARTITIONS;
};

/** Reads what each service and its clients need, and nothing else. */
const readServices = (
  chosen: readonly AnyService[],
  {
    variables,
    partitions,
    faults,
  }: { readonly variables: Variables; readonly partitions: number; readonly faults: Faults },
): Pick<UpConfig, "services" | "clients"> => {
  const given = { ...variables, LOG_PARTITIONS: String(partitions) };
  const services = chosen.map((service) => ({
    service,
    config: faults.gather((): unknown => service.settings.read(given)),
  }));
  return { services, clients: readClients(new Set(chosen.flatMap(clientsOf)), variables, faults) };
};

/** Where keys are, for processes that need them. */
const readKeys = (
  chosen: readonly AnyService[],
  place: LogPlace,
  { variables, faults }: { readonly variables: Variables; readonly faults: Faults },
): Pick<UpConfig, "keys"> => {
  const given = readKeyPlace(variables, faults);
  if (!chosen.some(sealsOf)) return {};
  const keys = given ?? faults.gather(() => keyPlaceBeside(place));
  return keys ? { keys } : {};
};

/** Redis, for processes that take requests. */
const readRedis = (
  chosen: readonly AnyService[],
  variables: Variables,
  faults: Faults,
): Pick<UpConfig, "redisUrl"> => {
  if (!chosen.some((service) => httpOf(service).length > 0)) return {};
  const url = readSettings(redisSettings, variables, faults)?.REDIS_URL;
  return url === undefined ? {} : { redisUrl: url };
};

/**
 * Reads the configuration from environment variables; `all` are the services that there are. Throws
 * ConfigError that names every fault at once.
 */
export const readUpConfig = (
  variables: Variables,
  flags: UpFlags,
  all: readonly AnyService[] = product,
): UpConfig => {
  const faults = new Faults();
  const chosen = faults.gather(() => servicesNamed(flags.service, all)) ?? all;
  const own = readSettings(processSettings, variables, faults);
  const api = chosen.some(sharesListener) ? readSettings(apiSettings, variables, faults) : undefined;
  const redis = readRedis(chosen, variables, faults);
  const kafka = readKafkaPlace(variables, faults);
  const bytesMax = own?.LOG_BYTES_MAX;
  const place = kafka ?? {
    kind: "embedded" as const,
    path: logPathIn(flags.data),
    ...(bytesMax === undefined ? {} : { bytesMax }),
  };
  const partitions = own?.LOG_PARTITIONS ?? partitionsByDefault(place.kind);
  const read = readServices(chosen, { variables, partitions, faults });
  const keys = readKeys(chosen, place, { variables, faults });
  faults.found.push(...mistypedFaults(knownVariables(all), variables));
  faults.raise("hybrid up cannot start with this configuration");
  return {
    ...read,
    catalog: all === product ? catalog : catalogOf(all.map(topicsOf)),
    log: { place, partitions },
    ...keys,
    viewFolder: join(flags.data, "views"),
    requestFolder: join(flags.data, "requests"),
    ...redis,
    logLevel: own?.LOG_LEVEL ?? "info",
    api: { host: api?.API_HOST ?? "127.0.0.1", port: api?.API_PORT ?? 0 },
    health: { host: own?.HEALTH_HOST ?? "127.0.0.1", port: own?.HEALTH_PORT ?? 0 },
  };
};
