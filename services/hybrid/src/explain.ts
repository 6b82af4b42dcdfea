import { ConfigError } from "@hybrid/kernel";

const ofTheProgram = [TypeError, RangeError, ReferenceError, SyntaxError];

/**
 * An error as the person at the command line reads it: what happened and what to do. Only an error of the
 * program itself shows where, for a report.
 */
export const explain = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error);
  if (error instanceof ConfigError) return error.message;
  return ofTheProgram.some((kind) => error instanceof kind)
    ? `this is a fault of the program; please report it:\n${error.stack ?? error.message}`
    : error.message;
};

/** 2: what was given cannot be used; 1: it could be, and failed. */
export const exitCodeOf = (error: unknown): number => (error instanceof ConfigError ? 2 : 1);
