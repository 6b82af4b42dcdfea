import type { AddressInfo } from "node:net";
import { type Clock, ConfigError } from "@hybrid/kernel";
import { LogUnavailableError } from "@hybrid/log";
import type { FastifyBaseLogger, FastifyInstance } from "fastify";
import type { Registry } from "prom-client";
import type { IngestConfig } from "./config.ts";
import { createIngest, type IngestLog } from "./ingest.ts";
import { ingestTopics } from "./records.ts";

/** What a process gives the service. */
export interface NotificationIngestParts {
  readonly config: IngestConfig;
  /** With the topics of `ingestTopics` created, or to be created soon: until then notifications get 503. */
  readonly log: IngestLog;
  readonly clock: Clock;
  readonly metricsRegistry: Registry;
  readonly logger: FastifyBaseLogger;
  /** PEM; goes before that of the configuration. */
  readonly tls?: { readonly key: string; readonly cert: string };
}

/** The running service. */
export interface NotificationIngest {
  /** Scheme, host and port, without a path. `localhost` when it listens on the loopback address. */
  readonly url: string;
  /** 0 when no request is being answered and no append is under way. */
  inFlight(): number;
  /** Why notifications cannot be made durable now, in words for a person; null when they can. */
  notReady(): Promise<string | null>;
  /** Stops listening, and resolves when every request under way has been answered. */
  close(): Promise<void>;
}

const codeOf = (error: unknown): string =>
  error instanceof Error ? ((error as NodeJS.ErrnoException).code ?? error.name) : typeof error;

/** What the operating system says about an address that cannot be listened on, and which setting it is. */
const listenFault: Readonly<Record<string, string>> = {
  EADDRINUSE: "INGEST_PORT: another process listens there",
  EACCES: "INGEST_PORT: this process may not listen there; ports below 1024 need a privilege",
  EADDRNOTAVAIL: "INGEST_HOST: this machine does not have that address",
  ENOTFOUND: "INGEST_HOST: is no address and no known name",
};

const listen = async (app: FastifyInstance, { host, port }: IngestConfig): Promise<void> => {
  try {
    await app.listen({ host, port });
  } catch (error) {
    await app.close();
    const fault = listenFault[codeOf(error)];
    if (fault === undefined) throw error;
    throw new ConfigError("notification-ingest cannot start with this configuration", [
      `${fault} (${host}, port ${port})`,
    ]);
  }
};

const notReady = async (log: IngestLog): Promise<string | null> => {
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
export const startNotificationIngest = async (
  parts: NotificationIngestParts,
): Promise<NotificationIngest> => {
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
