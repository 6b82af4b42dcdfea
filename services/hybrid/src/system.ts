import { allTopics, topicSettings } from "@hybrid/contracts";
import {
  type DecoratorConfig,
  decoratorHandlers,
  decoratorTopology,
  type EventsPort,
  graphPorts,
} from "@hybrid/decorator";
import { directoryService } from "@hybrid/directory";
import { type AnyTopology, type Cancel, hours, plus, type Random, type Scheduler } from "@hybrid/kernel";
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
  type NotificationIngest,
  type NotificationIngestParts,
  startNotificationIngest,
} from "@hybrid/notification-ingest";
import {
  type DeadlineTimer,
  type RunningService,
  runService,
  runtimeMetrics,
  startHealthServer,
} from "@hybrid/runtime";
import { type UserStateConfig, userStateHandlers, userStateTopology } from "@hybrid/user-state";
import { createWebexClient, type WebexClient } from "@hybrid/webex";
import { Counter, Gauge, Registry } from "prom-client";
import { webexRooms } from "./adapters/webex-rooms.ts";
import type { SharedLimitsConfig } from "./config.ts";
import { type LogPlace, openLog } from "./log-place.ts";

/** What all services in one process are made of. */
export interface SystemOptions {
  readonly log: { readonly place: LogPlace; readonly partitions: number };
  readonly scheduler: Scheduler;
  readonly random: Random;
  readonly logger: NotificationIngestParts["logger"];
  readonly graph: Pick<MicrosoftGraphOptions, "cloud" | "clientId" | "certificate" | "ca">;
  /** Where several workers share Graph's limits; in this process alone when left out. */
  readonly sharedLimits?: SharedLimitsConfig;
  readonly webex: {
    readonly baseUrl: string;
    readonly accessToken: () => Promise<string>;
    readonly ca?: string;
  };
  readonly ingest: {
    readonly config: IngestConfig;
    readonly tls?: { readonly key: string; readonly cert: string };
  };
  readonly userState: UserStateConfig;
  readonly decorator: DecoratorConfig;
  readonly health: { readonly host: string; readonly port: number };
  /** Ends calls that hang; real time when left out. */
  readonly deadlineTimer?: DeadlineTimer;
  /** Stands between the decorator and Graph; for faults planted on purpose. */
  readonly betweenEvents?: (events: EventsPort) => EventsPort;
  /** Changes a service before it starts; for faults planted on purpose. */
  readonly alter?: (topology: AnyTopology) => AnyTopology;
}

/** A service and what carries out its calls. */
interface Composed {
  readonly topology: AnyTopology;
  // oxlint-disable-next-line typescript/no-explicit-any -- each service's own calls; checked below.
  readonly handlers: Readonly<Record<string, any>>;
}

/** All services at work. */
export interface System {
  readonly log: Log;
  readonly services: readonly RunningService[];
  readonly ingest: NotificationIngest;
  readonly healthUrl: string;
  /** Rejects when a partition stops for good. */
  readonly failed: Promise<never>;
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
  { sharedLimits, graph, scheduler, logger }: SystemOptions,
  { opened, registry }: { readonly opened: Opened; readonly registry: Registry },
): Promise<{ readonly rateLimiter?: RateLimiter }> => {
  if (sharedLimits === undefined) return {};
  const shared = new Gauge({
    name: "hybrid_graph_limits_shared",
    help: "1 while Redis keeps Graph's limits for all workers, 0 while this one keeps to its part alone.",
    registers: [registry],
  });
  const rateLimiter = createRedisLimiter({
    url: sharedLimits.redisUrl,
    owner: graph.clientId,
    clock: scheduler,
    workersMax: sharedLimits.workersMax,
    logger,
    onState: (state) => shared.set(state === "shared" ? 1 : 0),
  });
  await rateLimiter.connect();
  shared.set(rateLimiter.state() === "shared" ? 1 : 0);
  return { rateLimiter: opened.add(rateLimiter, (part) => part.close()) };
};

const openGraph = (
  options: SystemOptions,
  registry: Registry,
  limiter: { readonly rateLimiter?: RateLimiter },
): MicrosoftGraph => {
  const requests = requestsCounter(registry);
  return createMicrosoftGraph({
    ...options.graph,
    ...limiter,
    // user-state and decorator share this client, each with at most one request to a mailbox at a time.
    limits: { mailboxConcurrencyMax: 2 },
    scheduler: options.scheduler,
    random: options.random,
    logger: options.logger,
    metrics: { onRequest: ({ operation, code }) => requests.inc({ operation, code }) },
  });
};

const compose = (options: SystemOptions, graph: MicrosoftGraph, webex: WebexClient): readonly Composed[] => {
  const { events, mailboxes } = graphPorts(graph);
  return [
    directoryService,
    {
      topology: userStateTopology(options.userState.numbers),
      handlers: userStateHandlers({
        graph,
        clientStateKey: options.userState.clientStateKey,
        notificationUrl: options.userState.notificationUrl,
        lifecycleNotificationUrl: options.userState.lifecycleNotificationUrl,
        lifetimeMs: options.userState.numbers.subscriptionLifetimeMs,
      }),
    },
    {
      topology: decoratorTopology,
      handlers: decoratorHandlers({
        events: options.betweenEvents?.(events) ?? events,
        mailboxes,
        webex: webexRooms(webex),
        clock: options.scheduler,
        cache: options.decorator.cache,
      }),
    },
  ];
};

const createTopics = async (log: Log, partitions: number): Promise<void> =>
  log.createTopics(allTopics.map((topic) => topicSettings(topic, partitions)));

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

const startServices = async (options: SystemOptions, opened: Opened, log: Log, registry: Registry) => {
  const limiter = await openSharedLimits(options, { opened, registry });
  const graph = opened.add(openGraph(options, registry, limiter), (part) => part.close());
  const { scheduler: clock, random } = options;
  const webex = opened.add(createWebexClient({ ...options.webex, clock, random }), (part) => part.close());
  const metrics = runtimeMetrics(registry);
  const started: RunningService[] = [];
  for (const { topology, handlers } of compose(options, graph, webex)) {
    const service = await runService({
      topology: options.alter?.(topology) ?? topology,
      handlers,
      log,
      topics: allTopics,
      partitions: options.log.partitions,
      scheduler: options.scheduler,
      random,
      logger: options.logger,
      metrics,
      ...sessionTimeoutOf(options.log.place),
      ...(options.deadlineTimer ? { deadlineTimer: options.deadlineTimer } : {}),
    });
    started.push(opened.add(service, (part) => part.stop()));
  }
  return started;
};

const open = async (options: SystemOptions, opened: Opened): Promise<Omit<System, "stop">> => {
  const { place, partitions } = options.log;
  const log = opened.add(await openLog(place, { clock: options.scheduler, logger: options.logger }), (part) =>
    part.close(),
  );
  await createTopics(log, partitions);
  opened.add(keepClean(log, options), async (end) => end());
  const registry = new Registry();
  const services = await startServices(options, opened, log, registry);
  await Promise.all(services.map((service) => service.ready()));
  // Notifications are taken only when there is somebody to act on them.
  const ingest = opened.add(
    await startNotificationIngest({
      config: options.ingest.config,
      log,
      clock: options.scheduler,
      metricsRegistry: registry,
      logger: options.logger,
      ...(options.ingest.tls ? { tls: options.ingest.tls } : {}),
    }),
    (part) => part.close(),
  );
  const health = opened.add(
    await startHealthServer({ ...options.health, registry, services: () => services }),
    (part) => part.close(),
  );
  const failed = Promise.race(services.map((service) => service.failed));
  return { log, services, ingest, healthUrl: health.url, failed };
};

/** Starts all services in this process. When a part cannot start, everything started is closed again. */
export const startSystem = async (options: SystemOptions): Promise<System> => {
  const opened = new Opened();
  try {
    return { ...(await open(options, opened)), stop: () => opened.close() };
  } catch (error) {
    await opened.close();
    throw error;
  }
};
