import { setTimeout as pauseFor } from "node:timers/promises";
import { LogUnavailableError } from "@hybrid/log";
import type { Logger } from "@hybrid/runtime";

/** How the opening of something that may be away is repeated. */
export interface Patience {
  readonly logger: Pick<Logger, "warn" | "info">;
  /** Ends the waiting: the promise rejects. */
  readonly signal?: AbortSignal;
  /** Told why it waits, before each wait. */
  readonly waits: (reason: string) => void;
  /** Waits in real time when left out. Rejects when the signal is aborted. */
  readonly pause?: (ms: number, signal?: AbortSignal) => Promise<void>;
}

const firstPauseMs = 500;
const pauseMsMax = 10_000;

const realPause = (ms: number, signal?: AbortSignal): Promise<void> =>
  pauseFor(ms, undefined, signal ? { signal } : {});

/**
 * Opens the log, again and again while it is away, after 0.5 to 10 s. Each reason is logged once. Rejects at
 * once with what waiting cannot mend: a refused login, settings that do not fit.
 */
export const openPatiently = async <Opened>(
  open: () => Promise<Opened>,
  { logger, signal, waits, pause = realPause }: Patience,
): Promise<Opened> => {
  let told = "";
  for (let waitMs = firstPauseMs; ; waitMs = Math.min(pauseMsMax, 2 * waitMs)) {
    signal?.throwIfAborted();
    try {
      const opened = await open();
      if (told !== "") logger.info({}, "the log answers");
      return opened;
    } catch (error) {
      if (!(error instanceof LogUnavailableError)) throw error;
      waits(error.message);
      if (error.message !== told)
        logger.warn(
          { reason: error.message },
          "the log cannot be opened; tried again until it answers, and notifications get 503 meanwhile",
        );
      told = error.message;
    }
    await pause(waitMs, signal);
  }
};
