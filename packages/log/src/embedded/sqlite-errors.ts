import { ConfigError } from "@hybrid/kernel";
import {
  CorruptLogError,
  FencedError,
  LogFullError,
  LogUnavailableError,
  OffsetOutOfRangeError,
  UnknownTopicError,
} from "../errors.ts";

// Primary result codes, https://sqlite.org/rescode.html; the low byte of an extended code.
const busy = 5;
const full = 13;
const corrupting = new Set([11, 19, 26]);
// Busy, locked, no memory, read-only, I/O, cannot open, protocol: another try at once cannot help.
const unavailable = new Set([5, 6, 7, 8, 10, 14, 15]);

/** SQLite's primary result code of an error that node:sqlite threw, or undefined for any other error. */
export const sqliteCodeOf = (error: unknown): number | undefined => {
  if (!(error instanceof Error) || !("errcode" in error) || typeof error.errcode !== "number")
    return undefined;
  return error.errcode & 0xff;
};

/** Whether another process is writing. */
export const isBusy = (error: unknown): boolean => sqliteCodeOf(error) === busy;

/** Whether the file as a whole cannot be used, whatever is asked for. */
export const isUnavailable = (error: unknown): boolean => unavailable.has(sqliteCodeOf(error) ?? 0);

/**
 * Whether an operation was refused before it wrote anything, so that its neighbours are not touched. A
 * TypeError is none: SQLite throws it for a value that it cannot store, when rows before it were written.
 */
export const isRefusal = (error: unknown): boolean =>
  error instanceof FencedError ||
  error instanceof LogUnavailableError ||
  error instanceof UnknownTopicError ||
  error instanceof OffsetOutOfRangeError ||
  error instanceof ConfigError;

/** We write safe integers only; node:sqlite refuses to read any other. */
const isOversizedNumber = (error: unknown): boolean =>
  error instanceof RangeError && "code" in error && error.code === "ERR_OUT_OF_RANGE";

/** Our statements name nothing that is not created with the file: what they do not find was damaged. */
const isMissingTable = (code: number, reason: string): boolean =>
  code === 1 && /^no such (?:table|column)/.test(reason);

/** Turns what node:sqlite throws into the port's errors; every other error is returned unchanged. */
export const logErrorOf = (error: unknown, file: string): unknown => {
  const code = sqliteCodeOf(error);
  if (isOversizedNumber(error))
    return new CorruptLogError(
      `log file ${file} is damaged: it holds a number that was never written. ` +
        "Stop every process that uses it and restore it from a backup.",
      { cause: error },
    );
  if (code === undefined) return error;
  const reason = error instanceof Error ? error.message : "unknown reason";
  if (code === full)
    return new LogFullError(
      `log file ${file}: no space left (disk full, or bytesMax reached); nothing was appended. ` +
        "Free space on the disk, shorten the retention of topics, or raise bytesMax.",
      { cause: error },
    );
  if (corrupting.has(code) || isMissingTable(code, reason))
    return new CorruptLogError(
      `log file ${file} is damaged: ${reason}. Stop every process that uses it and restore it from a backup.`,
      { cause: error },
    );
  return new LogUnavailableError(
    `log file ${file} cannot be used: ${reason}; nothing was appended. ` +
      "Check that no other process keeps it locked, its permissions, and the health of the disk.",
    { cause: error },
  );
};
