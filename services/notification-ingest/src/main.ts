import { readFile } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import { createSecureContext } from "node:tls";
import { type Clock, ConfigError } from "@hybrid/kernel";
import type { FastifyBaseLogger, FastifyInstance } from "fastify";
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

const cannotStart = (faults: readonly string[]): ConfigError =>
  new ConfigError("notification-ingest cannot start with this configuration", faults);

const codeOf = (error: unknown): string =>
  error instanceof Error ? ((error as NodeJS.ErrnoException).code ?? error.name) : typeof error;

const readPem = async (variable: string, path: string, faults: string[]): Promise<string> => {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    faults.push(`${variable}: ${path} cannot be read (${codeOf(error)})`);
    return "";
  }
};

/** Throws ConfigError that names every fault, and never what a key file holds. */
const tlsOf = async ({
  config,
  tls,
}: NotificationIngestParts): Promise<{ key: string; cert: string } | undefined> => {
  if (tls) return tls;
  if (!config.tlsFiles) return undefined;
  const faults: string[] = [];
  const key = await readPem("INGEST_TLS_KEY_FILE", config.tlsFiles.key, faults);
  const cert = await readPem("INGEST_TLS_CERT_FILE", config.tlsFiles.cert, faults);
  if (faults.length > 0) throw cannotStart(faults);
  try {
    createSecureContext({ key, cert });
  } catch (error) {
    const both = "INGEST_TLS_KEY_FILE and INGEST_TLS_CERT_FILE";
    throw cannotStart([`${both}: are not a PEM key and its certificate (${codeOf(error)})`]);
  }
  return { key, cert };
};

/** What the operating system says about an address that cannot be listened on, and which variable it is. */
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
    throw fault === undefined ? error : cannotStart([`${fault} (${host}, port ${port})`]);
  }
};

/** Starts the service. Rejects with ConfigError when the port is taken or the certificate cannot be used. */
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
  await listen(app, config);
  const { port } = app.server.address() as AddressInfo;
  const host = config.host === "127.0.0.1" ? "localhost" : config.host;
  return { url: `${tls ? "https" : "http"}://${host}:${port}`, inFlight, close: () => app.close() };
};
