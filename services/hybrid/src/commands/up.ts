import { mkdir } from "node:fs/promises";
import { dirname } from "node:path";
import { shutdownOnEnd, shutdownOnSignal, systemRandom, systemScheduler } from "@hybrid/runtime";
import pino from "pino";
import { readUpConfig, type UpFlags } from "../config.ts";
import { startSystem } from "../system.ts";

/** `hybrid up`: the services of this process until SIGTERM or SIGINT. */
export const upCommand = async (flags: UpFlags): Promise<void> => {
  const { logLevel, ...config } = readUpConfig(process.env, flags);
  const { place } = config.log;
  if (place.kind === "embedded") await mkdir(dirname(place.path), { recursive: true });
  const logger = pino({ level: logLevel });
  const system = await startSystem({
    ...config,
    scheduler: systemScheduler(),
    random: systemRandom,
    logger,
  });
  const stop = (): Promise<void> => system.stop();
  shutdownOnSignal({ stop, logger });
  shutdownOnEnd(system.ended, { stop, logger });
  // It shows in /readyz; the other partitions go on, and so does the process.
  system.failed.catch((error: unknown) => logger.error({ err: error }, "a partition stopped for good"));
  const addresses = { ingest: system.ingest?.url ?? null, health: system.healthUrl };
  logger.info({ ...addresses, services: config.services }, "the services of this process have started");
  await system.ready();
  logger.info(addresses, "all services run");
};
