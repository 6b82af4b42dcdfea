import { allTopics, topicSettings } from "@hybrid/contracts";
import { type Cancel, hours, plus } from "@hybrid/kernel";
import type { Log } from "@hybrid/log";
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
  type RuntimeLimits,
  runService,
  runtimeMetrics,
  startHealthServer,
  workingMemory,
} from "@hybrid/runtime";
import { collectDefaultMetrics, Registry } from "prom-client";
import type { Clients, Composed, ComposeOptions } from "./compose.ts";
import { createLateLog, type LateLog } from "./late-log.ts";
import { listening } from "./listening.ts";
import { type LogPlace, openLog } from "./log-place.ts";
import { type ClientOptions, openClients } from "./open-clients.ts";
import { openPatiently } from "./open-patiently.ts";
import { Opened, type Opening } from "./opened.ts";

/** What the services of one process are made of; each needs its own part and the clients that it calls. */
export interface SystemOptions extends ComposeOptions, ClientOptions {
  readonly log: { readonly place: LogPlace; readonly partitions: number };
  readonly logger: NotificationIngestParts["logger"];
  readonly ingest?: {
    readonly config: IngestConfig;
    readonly tls?: { readonly key: string; readonly cert: string };
  };
  readonly health: { readonly host: string; readonly port: number };
  /** Ends the start while it waits for a log on Kafka that is away: then the start rejects. */
  readonly signal?: AbortSignal;
  /** Ends calls that hang; real time when left out. */
  readonly deadlineTimer?: DeadlineTimer;
  /** Bounds of the runtime other than its defaults. */
  readonly limits?: Partial<RuntimeLimits>;
  /** Puts the services of actors together: the product's `compose`, or one that stands on it. */
  readonly compose: (options: ComposeOptions, clients: Clients) => readonly Composed[];
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

const sessionTimeoutOf = (place: LogPlace): { readonly sessionTimeoutMs?: number } =>
  place.kind === "kafka" && place.sessionTimeoutMs !== undefined
    ? { sessionTimeoutMs: place.sessionTimeoutMs }
    : {};

const startServices = async (options: SystemOptions, opening: Opening & { readonly log: Log }) => {
  const { log, opened, registry } = opening;
  const clients = await openClients(options, opening);
  const metrics = runtimeMetrics(registry);
  const limits = { ...defaultLimits, ...options.limits };
  const memory = workingMemory(limits);
  const started: RunningService[] = [];
  for (const { topology, handlers } of options.compose(options, clients)) {
    const service = await runService({
      topology,
      handlers,
      log,
      topics: allTopics,
      partitions: options.log.partitions,
      scheduler: options.scheduler,
      random: options.random,
      logger: options.logger,
      metrics,
      memory,
      limits,
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
  const ofActors = services.filter((name) => name !== "notification-ingest");
  for (const name of ofActors) runtimeMetrics(registry).expect(name);
  const start = startHealthServer({
    ...health,
    registry,
    services: () => stage.services,
    servicesExpected: ofActors.length > 0,
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
  collectDefaultMetrics({ register: registry });
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
