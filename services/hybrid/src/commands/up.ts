import { mkdir } from "node:fs/promises";
import { dirname } from "node:path";
import { ConfigError } from "@hybrid/kernel";
import { shutdownOnEnd, shutdownOnSignal, systemRandom, systemScheduler } from "@hybrid/runtime";
import type { Logger } from "pino";
import { readUpConfig, type UpConfig, type UpFlags } from "../config.ts";
import { exitCodeOf, explain } from "../explain.ts";
import type { LogPlace } from "../log-place.ts";
import { logEverything, serviceLogger } from "../service-output.ts";
import { type System, startSystem } from "../system.ts";

type Config = Omit<UpConfig, "logLevel">;

const makeFolder = async (place: LogPlace): Promise<void> => {
  if (place.kind !== "embedded") return;
  try {
    await mkdir(dirname(place.path), { recursive: true });
  } catch (error) {
    const { code = "" } = error as NodeJS.ErrnoException;
    throw new ConfigError("the embedded log has no place", [
      `--data (HYBRID_DATA_DIR): folder ${dirname(place.path)} cannot be made (${code})`,
    ]);
  }
};

/** Starts the services, so that a signal ends them in order also while they start. */
const start = async (config: Config, logger: Logger): Promise<System> => {
  await makeFolder(config.log.place);
  const ending = new AbortController();
  const starting = startSystem({
    ...config,
    scheduler: systemScheduler(),
    random: systemRandom,
    logger,
    signal: ending.signal,
  });
  const stop = async (): Promise<void> => {
    ending.abort();
    // What could not start has closed all that it had opened.
    const [started] = await Promise.allSettled([starting]);
    if (started.status === "fulfilled") await started.value.stop();
  };
  const forget = shutdownOnSignal({ stop, logger });
  try {
    const system = await starting;
    shutdownOnEnd(system.ended, { stop, logger });
    return system;
  } catch (error) {
    // The signal's handler ends the process.
    if (ending.signal.aborted) return new Promise<never>(() => undefined);
    forget();
    throw error;
  }
};

const run = async (config: Config, logger: Logger): Promise<void> => {
  const system = await start(config, logger);
  // It shows in /readyz; the other partitions go on, and so does the process.
  system.failed.catch((error: unknown) => logger.error({ err: error }, "a partition stopped for good"));
  const listening = Object.fromEntries([...system.listeners].map(([name, { url }]) => [name, url]));
  const addresses = { listening, health: system.healthUrl };
  const services = config.services.map(({ service }) => service.name);
  logger.info({ ...addresses, services }, "the services of this process have started");
  await system.ready();
  logger.info(addresses, "all services run");
};

/** Why the process does not start, as one line of its log; in words too when a person sits before it. */
const refuse = (logger: Logger, error: unknown): void => {
  const what = error instanceof ConfigError ? error.subject : "hybrid up cannot start";
  logger.fatal({ err: error }, what);
  if (process.stderr.isTTY) process.stderr.write(`${explain(error)}\n`);
  process.exitCode = exitCodeOf(error);
};

/** `hybrid up`: the services of this process until SIGTERM or SIGINT. Every line of its output is JSON. */
export const upCommand = async (flags: UpFlags): Promise<void> => {
  const logger = serviceLogger("info");
  logEverything(logger);
  try {
    const { logLevel, ...config } = readUpConfig(process.env, flags);
    logger.level = logLevel;
    await run(config, logger);
  } catch (error) {
    refuse(logger, error);
  }
};
