import { topicSettings } from "@hybrid/contracts";
import { type Cancel, hours, plus } from "@hybrid/kernel";
import { type Log, LogUnavailableError } from "@hybrid/log";
import { type RunningService, runtimeMetrics, startHealthServer } from "@hybrid/runtime";
import type { KeyRing } from "@hybrid/sealing";
import { actorsOf, httpOf, listenError, sealsOf, topicsOf } from "@hybrid/service";
import { collectDefaultMetrics, Registry } from "prom-client";
import { keyPlaceBeside, type OpenedKeys, openKeys } from "./keys/open-keys.ts";
import { openerOf } from "./keys/opener.ts";
import { createLateLog, type LateLog } from "./late-log.ts";
import { openLog } from "./log-place.ts";
import { openPatiently } from "./open-patiently.ts";
import { Opened, type Opening } from "./opened.ts";
import { createPartPorts } from "./parts/part-ports.ts";
import { startActors } from "./parts/start-actors.ts";
import { type Listeners, startHttp } from "./parts/start-http.ts";
import { listedViews, openViews, type Views } from "./parts/start-views.ts";
import type { SystemOptions } from "./system-options.ts";

/** The services of one process at work. */
export interface System {
  readonly log: Log;
  /** The machines of the services, each under its own name. */
  readonly services: readonly RunningService[];
  readonly listeners: Listeners;
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
 * services alone (docs/ACCESS.md): each machine makes sure of its own, and here of what serves
 * HTTP or is read into a view.
 */
const createTopics = async (
  log: Log,
  { log: { place, partitions }, services, catalog: { allTopics } }: SystemOptions,
): Promise<void> => {
  const names = services.flatMap(({ service }) => (httpOf(service).length > 0 ? [service.name] : []));
  const read = new Set(services.flatMap(({ service }) => topicsOf(service).views));
  const wanted =
    place.kind === "embedded"
      ? allTopics
      : allTopics.filter(
          (topic) => read.has(topic) || topic.writers.some((writer) => names.includes(writer)),
        );
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

/** The log with the topics of this process. On Kafka it is waited for until it is there. */
const openTopics = async (options: SystemOptions, late: LateLog, opened: Opened): Promise<Log> => {
  const { log: place, scheduler, logger, signal, catalog } = options;
  const attempt = async (): Promise<Log> => {
    const log = await openLog(place.place, { clock: scheduler, logger, topics: catalog.allTopics });
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

/** The keys of what is sealed, where a service of this process seals or opens. */
const keysFor = (options: SystemOptions, log: Log, opened: Opened): OpenedKeys | null => {
  const { services, keys, scheduler: clock } = options;
  if (!services.some(({ service }) => sealsOf(service))) return null;
  const place = keys ?? keyPlaceBeside(options.log.place);
  const { partitions } = options.log;
  return opened.add(openKeys(log, { partitions, clock, place }), (part) => part.close());
};

/** Seals by the keys of the process, once there are some; they come with the log. */
class LateSeal {
  #ring: KeyRing | null | undefined;

  comes(ring: KeyRing | null): void {
    this.#ring = ring;
  }

  readonly seal = async <Value>(value: Value): Promise<Value> => {
    if (this.#ring === undefined) throw new LogUnavailableError("the log is being opened");
    if (this.#ring === null) throw new TypeError("nothing of this process seals");
    return openerOf(this.#ring).seal(value);
  };
}

/** What the health address tells about while parts of the process are still being started. */
interface Stage {
  services: readonly RunningService[];
  listeners: Listeners;
  readonly views: Views;
  readonly late: LateLog;
}

const waitingFor = async ({ late, listeners, views }: Stage): Promise<readonly string[]> => {
  const missing = late.missing();
  if (missing !== null) return [`the log: ${missing}`];
  const reasons = [...listeners].map(async ([service, listening]) => {
    const reason = await listening.notReady();
    return reason === null ? [] : [`${service}: ${reason}`];
  });
  const behind = listedViews(views).flatMap(([service, view]) => {
    const reason = view.notReady();
    return reason === null ? [] : [`${service}: ${reason}`];
  });
  return [...(await Promise.all(reasons)).flat(), ...behind];
};

const healthSettings = { host: "HEALTH_HOST", port: "HEALTH_PORT" };

const startHealth = async (options: SystemOptions, stage: Stage, { opened, registry }: Opening) => {
  const { health, services } = options;
  const machines = services.flatMap(({ service }) => actorsOf(service)).map(({ topology }) => topology);
  for (const { service } of machines) runtimeMetrics(registry).expect(service);
  const start = startHealthServer({
    ...health,
    registry,
    services: () => stage.services,
    servicesExpected: machines.length > 0,
    waitingFor: () => waitingFor(stage),
  });
  const server = await start.catch((error: unknown) => {
    throw listenError(error, "the health address cannot be used", { ...health, settings: healthSettings });
  });
  return opened.add(server, (part) => part.close());
};

/**
 * Embedded, requests are taken only when there is somebody to act on them: the log is this process's.
 * On Kafka that may be another process, and Graph must get its answers whatever this one waits for: the
 * listeners come first, then the log, then the actors.
 */
const open = async (options: SystemOptions, opened: Opened): Promise<Omit<System, "stop">> => {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const opening = { opened, registry };
  const views = await openViews(options, opening);
  const stage: Stage = { services: [], listeners: new Map(), views, late: createLateLog() };
  const isEmbedded = options.log.place.kind === "embedded";
  const health = await startHealth(options, stage, opening);
  const ports = createPartPorts(options, opening, views);
  const late = new LateSeal();
  const { seal } = late;
  if (!isEmbedded) stage.listeners = await startHttp(ports, { log: stage.late, seal });
  const log = await openTopics(options, stage.late, opened);
  opened.add(keepClean(log, options), async (end) => end());
  const keys = keysFor(options, log, opened)?.ring ?? null;
  late.comes(keys);
  for (const [, view] of listedViews(views)) {
    view.follow(log, options.log.partitions, keys);
    opened.add(view, (each) => each.stop());
  }
  const services = await startActors(ports, log, keys);
  stage.services = services;
  const ready = async (): Promise<void> => {
    await Promise.all(services.map((service) => service.ready()));
  };
  if (isEmbedded) await ready();
  stage.late.arrives(log);
  if (isEmbedded) stage.listeners = await startHttp(ports, { log, seal });
  // Without services nothing can fail, and the race never ends.
  const failed = Promise.race(services.map((service) => service.failed));
  const ended = Promise.race(services.map((service) => service.ended));
  return { log, services, listeners: stage.listeners, ready, healthUrl: health.url, failed, ended };
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
