import { mkdir } from "node:fs/promises";
import { shutdownOnSignal, systemRandom, systemScheduler } from "@hybrid/runtime";
import pino from "pino";
import { readUpConfig } from "../config.ts";
import { logPathIn } from "../data-folder.ts";
import { startSystem } from "../system.ts";

/** `hybrid up`: all services in this process until SIGTERM or SIGINT. */
export const upCommand = async (flags: { readonly data: string }): Promise<void> => {
  const config = await readUpConfig(process.env);
  await mkdir(flags.data, { recursive: true });
  const logger = pino({ level: config.logLevel });
  const system = await startSystem({
    log: {
      place: {
        kind: "embedded",
        path: logPathIn(flags.data),
        ...(config.logBytesMax === undefined ? {} : { bytesMax: config.logBytesMax }),
      },
      partitions: config.partitions,
    },
    scheduler: systemScheduler(),
    random: systemRandom,
    logger,
    graph: config.graph,
    ...(config.sharedLimits === undefined ? {} : { sharedLimits: config.sharedLimits }),
    webex: config.webex,
    ingest: { config: config.ingest },
    userState: config.userState,
    decorator: config.decorator,
    health: config.health,
  });
  shutdownOnSignal({ stop: () => system.stop(), logger });
  logger.info({ ingest: system.ingest.url, health: system.healthUrl }, "all services run");
  // A partition that stopped for good shows in /readyz; the others go on, and so does the process.
  system.failed.catch((error: unknown) => logger.error({ err: error }, "a partition stopped for good"));
};
