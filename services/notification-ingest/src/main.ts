import type { AddressInfo } from "node:net";
import type { Clock } from "@hybrid/kernel";
import { LogUnavailableError } from "@hybrid/log";
import { type HttpLog, type Listening, listenError } from "@hybrid/service";
import type { FastifyBaseLogger, FastifyInstance } from "fastify";
import type { Registry } from "prom-client";
import { addressSettings, type IngestConfig } from "./config.ts";
import { createIngest } from "./ingest.ts";
import { ingestTopics } from "./records.ts";

/** What a process gives the service. */
export interface NotificationIngestParts {
  readonly config: IngestConfig;
  /** With the topics of `ingestTopics` created, or to be created soon: until then notifications get 503. */
  readonly log: HttpLog;
  readonly clock: Clock;
  readonly metricsRegistry: Registry;
  readonly logger: FastifyBaseLogger;
  /** PEM; goes before that of the configuration. */
  readonly tls?: { readonly key: string; readonly cert: string };
}

const codeOf = (error: unknown): string =>
  error instanceof Error ? ((error as NodeJS.ErrnoException).code ?? error.name) : typeof error;

const listen = async (app: FastifyInstance, { host, port }: IngestConfig): Promise<void> => {
  try {
    await app.listen({ host, port });
  } catch (error) {
    await app.close();
    throw listenError(error, "notification-ingest cannot start with this configuration", {
      host,
      port,
      settings: addressSettings,
    });
  }
};

const notReady = async (log: HttpLog): Promise<string | null> => {
  try {
    const existing = new Set((await log.topics()).map(({ name }) => name));
    const missing = ingestTopics.map(({ name }) => name).filter((name) => !existing.has(name));
    return missing.length === 0 ? null : `the log lacks the topics ${missing.join(", ")}`;
  } catch (error) {
    // The message of an unforeseen error may quote what was processed.
    return `the log does not answer: ${error instanceof LogUnavailableError ? error.message : codeOf(error)}`;
  }
};

/** Starts the service. Rejects with ConfigError when its address cannot be listened on. */
export const startNotificationIngest = async (parts: NotificationIngestParts): Promise<Listening> => {
  const { config, log, clock, metricsRegistry, logger } = parts;
  const tls = parts.tls ?? config.tls;
  const { app, inFlight } = createIngest({
    ...config,
    log,
    clock,
    metricsRegistry,
    logger,
    tls,
  });
  await listen(app, config);
  const { port } = app.server.address() as AddressInfo;
  const host = config.host === "127.0.0.1" ? "localhost" : config.host;
  return {
    url: `${tls ? "https" : "http"}://${host}:${port}`,
    inFlight,
    notReady: () => notReady(log),
    close: () => app.close(),
  };
};
