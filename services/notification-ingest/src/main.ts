import { readFile } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import type { Clock } from "@hybrid/kernel";
import type { FastifyBaseLogger } from "fastify";
import type { Registry } from "prom-client";
import type { IngestConfig } from "./config.ts";
import { createIngest, type IngestLog } from "./ingest.ts";

/** What a process gives the service. */
export interface NotificationIngestParts {
  readonly config: IngestConfig;
  /** With the topics of `ingestTopics` created. */
  readonly log: IngestLog;
  readonly clock: Clock;
  readonly metricsRegistry: Registry;
  readonly logger: FastifyBaseLogger;
  /** PEM; goes before the files that the configuration names. */
  readonly tls?: { readonly key: string; readonly cert: string };
}

/** The running service. */
export interface NotificationIngest {
  /** Scheme, host and port, without a path. `localhost` when it listens on the loopback address. */
  readonly url: string;
  /** 0 when no request is being answered and no append is under way. */
  inFlight(): number;
  /** Stops listening, and resolves when every request under way has been answered. */
  close(): Promise<void>;
}

const tlsOf = async ({
  config,
  tls,
}: NotificationIngestParts): Promise<{ key: string; cert: string } | undefined> => {
  if (tls) return tls;
  if (!config.tlsFiles) return undefined;
  return {
    key: await readFile(config.tlsFiles.key, "utf8"),
    cert: await readFile(config.tlsFiles.cert, "utf8"),
  };
};

/** Starts the service. Rejects when the port is taken or the certificate cannot be read. */
export const startNotificationIngest = async (
  parts: NotificationIngestParts,
): Promise<NotificationIngest> => {
  const { config, log, clock, metricsRegistry, logger } = parts;
  const tls = await tlsOf(parts);
  const { app, inFlight } = createIngest({
    ...config,
    log,
    clock,
    metricsRegistry,
    logger,
    ...(tls && { tls }),
  });
  await app.listen({ host: config.host, port: config.port });
  const { port } = app.server.address() as AddressInfo;
  const host = config.host === "127.0.0.1" ? "localhost" : config.host;
  return { url: `${tls ? "https" : "http"}://${host}:${port}`, inFlight, close: () => app.close() };
};
