import { traceOf } from "../errors.ts";
import type { DeadlineTimer, Logger } from "../options.ts";
import { systemDeadlineTimer } from "./system-ports.ts";

/** What a shutdown stops, and through what it ends the process. */
export interface ShutdownOptions {
  /** Stops everything, in good order. */
  readonly stop: () => Promise<void>;
  readonly logger: Logger;
  /** How long a stop may take before the process ends anyway with code 1; 9.5 s when left out. */
  readonly timeoutMs?: number;
  readonly deadlineTimer?: DeadlineTimer;
  /** `process` when left out. */
  readonly process?: Pick<NodeJS.Process, "on" | "off"> & { exit(code: number): void };
}

const signals = ["SIGTERM", "SIGINT"] as const;

/** Stops everything and ends the process with `code`, or with 1 when the stop fails or takes too long. */
const stopAndExit = async (options: ShutdownOptions, code: number): Promise<void> => {
  const { logger, timeoutMs = 9_500, deadlineTimer = systemDeadlineTimer } = options;
  const host = options.process ?? process;
  const cancel = deadlineTimer(timeoutMs, () => {
    logger.error(
      { timeoutMs },
      "the stop took too long; whatever is not released is fenced by its next owner",
    );
    host.exit(1);
  });
  try {
    await options.stop();
    logger.info({}, "stopped");
    host.exit(code);
  } catch (error) {
    logger.error(traceOf(error), "the stop failed");
    host.exit(1);
  } finally {
    cancel();
  }
};

/**
 * On SIGTERM or SIGINT stops everything and ends the process: code 0 after a stop in good order, 1 when it
 * failed or took too long, 130 at once on a second signal. Returns a function that takes the handlers off.
 */
export const shutdownOnSignal = (options: ShutdownOptions): (() => void) => {
  const { logger } = options;
  const host = options.process ?? process;
  let stopping = false;
  const onSignal = (signal: string): void => {
    if (stopping) {
      logger.warn({ signal }, "second signal: ending at once");
      host.exit(130);
      return;
    }
    stopping = true;
    logger.info({ signal }, "stopping");
    void stopAndExit(options, 0);
  };
  for (const signal of signals) host.on(signal, onSignal);
  return () => {
    for (const signal of signals) host.off(signal, onSignal);
  };
};

/**
 * When a service is out of its group for good ({@link RunningService.ended}), stops everything and ends the
 * process with code 1, also when the stop fails or takes too long: what watches over processes must learn
 * of it, and one that runs and does nothing would be taken for a healthy one.
 */
export const shutdownOnEnd = (ended: Promise<never>, options: ShutdownOptions): void => {
  ended.catch((error: unknown) => {
    const reason = error instanceof Error ? error.message : String(error);
    options.logger.error(
      traceOf(error),
      `out of the consumer group for good, so this process ends: ${reason}`,
    );
    return stopAndExit(options, 1);
  });
};
