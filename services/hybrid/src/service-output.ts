import { ConfigError } from "@hybrid/kernel";
import pino, { type DestinationStream, type Logger } from "pino";

/** Errors of the program itself, whose place somebody has to find; all others say what happened. */
const isFault = (error: unknown): boolean =>
  error instanceof TypeError ||
  error instanceof RangeError ||
  error instanceof ReferenceError ||
  error instanceof SyntaxError;

/** An error as fields of a log line: no stack, unless the program is at fault or `withStack` says so. */
export const errorFields = (error: unknown, withStack = false, depth = 0): object => {
  if (!(error instanceof Error)) return { type: typeof error, message: String(error) };
  const { code } = error as { readonly code?: unknown };
  return {
    type: error.name,
    message: error instanceof ConfigError ? error.subject : error.message,
    ...(code === undefined ? {} : { code }),
    ...(error instanceof ConfigError ? { faults: error.faults } : {}),
    ...(withStack || isFault(error) ? { stack: error.stack } : {}),
    ...(error.cause === undefined || depth >= 4
      ? {}
      : { cause: errorFields(error.cause, withStack, depth + 1) }),
  };
};

/**
 * The logger of a service's process: one JSON object a line, on standard output. A line is written before its
 * call returns: the last ones before an end would otherwise change places, or be lost.
 */
export const serviceLogger = (
  level: string,
  destination: DestinationStream = pino.destination({ dest: 1, sync: true }),
): Logger => {
  const serializers = {
    err: (error: unknown): object => errorFields(error, logger.isLevelEnabled("debug")),
  };
  const logger: Logger = pino({ level, serializers }, destination);
  return logger;
};

/** What a process emits that would otherwise write to standard error in its own way. */
type Emitter = Pick<NodeJS.Process, "on" | "removeAllListeners"> & { exit(code: number): void };

/**
 * From now on Node's warnings are log lines too, and so is an error that nobody caught, which ends the
 * process with code 1.
 */
export const logEverything = (logger: Logger, host: Emitter = process): void => {
  host.removeAllListeners("warning");
  host.on("warning", ({ name, message, stack }: Error) => {
    const detail = logger.isLevelEnabled("debug") ? { stack } : {};
    logger.warn({ warning: name, reason: message, ...detail }, "a warning of Node");
  });
  const end = (error: unknown): void => {
    logger.fatal({ err: error }, "an error that nobody caught; this process ends");
    host.exit(1);
  };
  host.on("uncaughtException", end);
  host.on("unhandledRejection", end);
};
