import { traceOf } from "./errors.ts";
import type { DeadlineTimer, Logger } from "./options.ts";
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

/**
 * On SIGTERM or SIGINT stops everything and ends the process: code 0 after a stop in good order, 1 when it
 * failed or took too long, 130 at once on a second signal. Returns a function that takes the handlers off.
 */
export const shutdownOnSignal = (options: ShutdownOptions): (() => void) => {
  const { logger, timeoutMs = 9_500, deadlineTimer = systemDeadlineTimer } = options;
  const host = options.process ?? process;
  let stopping = false;
  const end = async (signal: string): Promise<void> => {
    logger.info({ signal }, "stopping");
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
      host.exit(0);
    } catch (error) {
      logger.error(traceOf(error), "the stop failed");
      host.exit(1);
    } finally {
      cancel();
    }
  };
  const onSignal = (signal: string): void => {
    if (stopping) {
      logger.warn({ signal }, "second signal: ending at once");
      host.exit(130);
      return;
    }
    stopping = true;
    void end(signal);
  };
  for (const signal of signals) host.on(signal, onSignal);
  return () => {
    for (const signal of signals) host.off(signal, onSignal);
  };
};
