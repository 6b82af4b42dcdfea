import { allTopics, topicSettings } from "@hybrid/contracts";
import { type AnyTopology, type Cancel, hours, plus, type Random } from "@hybrid/kernel";
import type { Log } from "@hybrid/log";
import {
  createMicrosoftGraph,
  createRedisLimiter,
  type MicrosoftGraph,
  type MicrosoftGraphOptions,
  type RateLimiter,
} from "@hybrid/microsoft-graph";
import {
  type IngestConfig,
  type IngestLog,
  type NotificationIngest,
  type NotificationIngestParts,
  startNotificationIngest,
} from "@hybrid/notification-ingest";
import {
  type DeadlineTimer,
  defaultLimits,
  type RunningService,
  runService,
  runtimeMetrics,
  startHealthServer,
  workingMemory,
} from "@hybrid/runtime";
import { createWebexClient } from "@hybrid/webex";
import { Counter, Gauge, Registry } from "prom-client";
import { type Clients, type ComposeOptions, compose, graphUsers, webexUsers } from "./compose.ts";
import type { SharedLimitsConfig } from "./config.ts";
import { createLateLog, type LateLog } from "./late-log.ts";
import { listening } from "./listening.ts";
import { type LogPlace, openLog } from "./log-place.ts";
import { openPatiently } from "./open-patiently.ts";

/** What the services of one process are made of; each needs its own part and the clients that it calls. */
export interface SystemOptions extends ComposeOptions {
  readonly log: { readonly place: LogPlace; readonly partitions: number };
  readonly random: Random;
  readonly logger: NotificationIngestParts["logger"];
  readonly graph?: Pick<MicrosoftGraphOptions, "cloud" | "clientId" | "certificate" | "ca">;
  /** Where several workers share Graph's limits; in this process alone when left out. */
  readonly sharedLimits?: SharedLimitsConfig;
  readonly webex?: {
    readonly baseUrl: string;
    readonly accessToken: () => Promise<string>;
    readonly ca?: string;
  };
  readonly ingest?: {
    readonly config: IngestConfig;
    readonly tls?: { readonly key: string; readonly cert: string };
  };
  readonly health: { readonly host: string; readonly port: number };
  /** Ends the start while it waits for a log on Kafka that is away: then the start rejects. */
  readonly signal?: AbortSignal;
  /** Ends calls that hang; real time when left out. */
  readonly deadlineTimer?: DeadlineTimer;
  /** Changes a service before it starts; for faults planted on purpose. */
  readonly alter?: (topology: AnyTopology) => AnyTopology;
}

/** The services of one process at work. */
export interface System {
  readonly log: Log;
  readonly services: readonly RunningService[];
  /** Null when notification-ingest runs elsewhere. */
  readonly ingest: NotificationIngest | null;
  readonly healthUrl: string;
  /**
   * Resolves when every service of actors has partitions and all of them run. On Kafka that may take as long
   * as other workers have them all.
   */
  ready(): Promise<void>;
  /** Rejects when a partition stops for good. */
  readonly failed: Promise<never>;
  /** Rejects when a service is out of its consumer group for good. */
  readonly ended: Promise<never>;
  stop(): Promise<void>;
}

const requestsCounter = (registry: Registry) =>
  new Counter({
    name: "hybrid_graph_requests_total",
    help: "Requests to Microsoft Graph and Entra, by operation and code.",
    labelNames: ["operation", "code"] as const,
    registers: [registry],
  });

/** Graph's limits in Redis, when there is a fleet to share them. */
const openSharedLimits = async (
  { sharedLimits, scheduler, logger }: SystemOptions,
  { opened, registry, owner }: Opening & { readonly owner: string },
): Promise<{ readonly rateLimiter?: RateLimiter }> => {
  if (sharedLimits === undefined) return {};
  const shared = new Gauge({
    name: "hybrid_graph_limits_shared",
    help: "1 while Redis keeps Graph's limits for all workers, 0 while this one keeps to its part alone.",
    registers: [registry],
  });
  const rateLimiter = createRedisLimiter({
    url: sharedLimits.redisUrl,
    owner,
    clock: scheduler,
    workersMax: sharedLimits.workersMax,
    logger,
    onState: (state) => shared.set(state === "shared" ? 1 : 0),
  });
  await rateLimiter.connect();
  shared.set(rateLimiter.state() === "shared" ? 1 : 0);
  return { rateLimiter: opened.add(rateLimiter, (part) => part.close()) };
};

const openGraph = async (options: SystemOptions, opening: Opening): Promise<MicrosoftGraph | undefined> => {
  const { graph, services, scheduler, random, logger } = options;
  const users = graphUsers.filter((name) => services.includes(name));
  if (users.length === 0 || graph === undefined) return undefined;
  const limiter = await openSharedLimits(options, { ...opening, owner: graph.clientId });
  const requests = requestsCounter(opening.registry);
  const client = createMicrosoftGraph({
    ...graph,
    ...limiter,
    // Services of one process share this client, each with at most one request to a mailbox at a time.
    limits: { mailboxConcurrencyMax: users.length },
    scheduler,
    random,
    logger,
    metrics: { onRequest: ({ operation, code }) => requests.inc({ operation, code }) },
  });
  return opening.opened.add(client, (part) => part.close());
};

const openClients = async (options: SystemOptions, opening: Opening): Promise<Clients> => {
  const { services, scheduler: clock, random } = options;
  const graph = await openGraph(options, opening);
  const callsWebex = webexUsers.some((name) => services.includes(name));
  const webex =
    callsWebex && options.webex ? createWebexClient({ ...options.webex, clock, random }) : undefined;
  if (webex) opening.opened.add(webex, (part) => part.close());
  return { ...(graph ? { graph } : {}), ...(webex ? { webex } : {}) };
};

/**
 * Embedded, all topics are there from the start. On Kafka a process may be allowed to see those of its own
 * services alone (docs/ACCESS.md): each service of actors makes sure of its own, and here of ingest's.
 */
const createTopics = async (
  log: Log,
  { log: { place, partitions }, services }: SystemOptions,
): Promise<void> => {
  const isIngests = ({ writers }: (typeof allTopics)[number]): boolean =>
    services.includes("notification-ingest") && writers.includes("notification-ingest");
  const wanted = place.kind === "embedded" ? allTopics : allTopics.filter(isIngests);
  await log.createTopics(wanted.map((topic) => topicSettings(topic, partitions)));
};

/** How often what retention allows is deleted and what may be compacted is. */
const cleaningEveryMs = hours(1);

/** Cleans the log again and again; returns what ends it. A failure is logged and tried again next time. */
const keepClean = (log: Log, { scheduler, logger }: SystemOptions): Cancel => {
  const clean = async (): Promise<void> => {
    try {
      const removed = await log.clean(scheduler.now());
      if (removed > 0) logger.info({ removed }, "records removed from the log");
    } catch (error) {
      logger.warn({ err: error }, "the log could not be cleaned; it grows until the next try");
    }
  };
  let cancel: Cancel = () => undefined;
  const schedule = (): void => {
    cancel = scheduler.at(plus(scheduler.now(), cleaningEveryMs), () => {
      schedule();
      void clean();
    });
  };
  schedule();
  return () => cancel();
};

/** Starts what `open` opens and, when a later part fails, closes the earlier ones in reverse order. */
class Opened {
  readonly #closers: (() => Promise<void>)[] = [];

  add<Part>(part: Part, close: (part: Part) => Promise<void>): Part {
    this.#closers.push(() => close(part));
    return part;
  }

  async close(): Promise<void> {
    for (const close of this.#closers.splice(0).reverse()) await close();
  }
}

const sessionTimeoutOf = (place: LogPlace): { readonly sessionTimeoutMs?: number } =>
  place.kind === "kafka" && place.sessionTimeoutMs !== undefined
    ? { sessionTimeoutMs: place.sessionTimeoutMs }
    : {};

/** What parts are opened into. */
interface Opening {
  readonly opened: Opened;
  readonly registry: Registry;
}

const startServices = async (options: SystemOptions, opening: Opening & { readonly log: Log }) => {
  const { log, opened, registry } = opening;
  const clients = await openClients(options, opening);
  const metrics = runtimeMetrics(registry);
  const memory = workingMemory(defaultLimits);
  const started: RunningService[] = [];
  for (const { topology, handlers } of compose(options, clients)) {
    const service = await runService({
      topology: options.alter?.(topology) ?? topology,
      handlers,
      log,
      topics: allTopics,
      partitions: options.log.partitions,
      scheduler: options.scheduler,
      random: options.random,
      logger: options.logger,
      metrics,
      memory,
      ...sessionTimeoutOf(options.log.place),
      ...(options.deadlineTimer ? { deadlineTimer: options.deadlineTimer } : {}),
    });
    started.push(opened.add(service, (part) => part.stop()));
  }
  return started;
};

const startIngest = async (
  options: SystemOptions,
  { log, opened, registry }: Opening & { readonly log: IngestLog },
): Promise<NotificationIngest | null> => {
  if (!options.services.includes("notification-ingest")) return null;
  if (!options.ingest) throw new TypeError('notification-ingest runs in this process and needs "ingest"');
  const ingest = await startNotificationIngest({
    config: options.ingest.config,
    log,
    clock: options.scheduler,
    metricsRegistry: registry,
    logger: options.logger,
    ...(options.ingest.tls ? { tls: options.ingest.tls } : {}),
  });
  return opened.add(ingest, (part) => part.close());
};

/** The log with the topics of this process. On Kafka it is waited for until it is there. */
const openTopics = async (options: SystemOptions, late: LateLog, opened: Opened): Promise<Log> => {
  const { log: place, scheduler, logger, signal } = options;
  const attempt = async (): Promise<Log> => {
    const log = await openLog(place.place, { clock: scheduler, logger });
    try {
      await createTopics(log, options);
      return log;
    } catch (error) {
      await log.close();
      throw error;
    }
  };
  const patience = { logger, waits: late.waits, ...(signal ? { signal } : {}) };
  const log = await (place.place.kind === "kafka" ? openPatiently(attempt, patience) : attempt());
  return opened.add(log, (part) => part.close());
};

/** What the health address tells about while parts of the process are still being started. */
interface Stage {
  services: readonly RunningService[];
  ingest: NotificationIngest | null;
  readonly late: LateLog;
}

const waitingFor = async ({ late, ingest }: Stage): Promise<readonly string[]> => {
  const missing = late.missing();
  if (missing !== null) return [`the log: ${missing}`];
  const reason = await ingest?.notReady();
  return reason ? [`notification-ingest: ${reason}`] : [];
};

const startHealth = async (options: SystemOptions, stage: Stage, { opened, registry }: Opening) => {
  const { health, services } = options;
  const start = startHealthServer({
    ...health,
    registry,
    services: () => stage.services,
    servicesExpected: services.some((name) => name !== "notification-ingest"),
    waitingFor: () => waitingFor(stage),
  });
  return opened.add(await listening(start, health), (part) => part.close());
};

/**
 * Embedded, notifications are taken only when there is somebody to act on them: the log is this process's.
 * On Kafka that may be another process, and Graph must get its answers whatever this one waits for: the
 * listeners come first, then the log, then the services.
 */
const open = async (options: SystemOptions, opened: Opened): Promise<Omit<System, "stop">> => {
  const registry = new Registry();
  const opening = { opened, registry };
  const stage: Stage = { services: [], ingest: null, late: createLateLog() };
  const isEmbedded = options.log.place.kind === "embedded";
  const health = await startHealth(options, stage, opening);
  if (!isEmbedded) stage.ingest = await startIngest(options, { ...opening, log: stage.late });
  const log = await openTopics(options, stage.late, opened);
  opened.add(keepClean(log, options), async (end) => end());
  const services = await startServices(options, { ...opening, log });
  stage.services = services;
  const ready = async (): Promise<void> => {
    await Promise.all(services.map((service) => service.ready()));
  };
  if (isEmbedded) await ready();
  stage.late.arrives(log);
  if (isEmbedded) stage.ingest = await startIngest(options, { ...opening, log });
  // Without services nothing can fail, and the race never ends.
  const failed = Promise.race(services.map((service) => service.failed));
  const ended = Promise.race(services.map((service) => service.ended));
  return { log, services, ingest: stage.ingest, ready, healthUrl: health.url, failed, ended };
};

/** Starts the services of this process. When a part cannot start, everything started is closed again. */
export const startSystem = async (options: SystemOptions): Promise<System> => {
  const opened = new Opened();
  try {
    return { ...(await open(options, opened)), stop: () => opened.close() };
  } catch (error) {
    await opened.close();
    throw error;
  }
};
