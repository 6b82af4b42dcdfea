import { CorruptLogError, FencedError, LogUnavailableError, OffsetOutOfRangeError } from "@hybrid/log";
import { KeysUnavailableError } from "@hybrid/sealing";

/** A partition stopped for good: the message names the service, the partition, the reason and what to do. */
export class PartitionFailedError extends Error {
  override readonly name = "PartitionFailedError";
  readonly service: string;
  readonly partition: number;

  constructor(place: { readonly service: string; readonly partition: number }, cause: unknown) {
    super(
      `${place.service}, partition ${place.partition}, has stopped and needs a person: ` + reasonOf(cause),
      { cause },
    );
    this.service = place.service;
    this.partition = place.partition;
  }
}

/** A stored actor that this code cannot read: the message names the actor, what is wrong and what to do. */
export class StoredStateError extends Error {
  override readonly name = "StoredStateError";
}

/** This machine's clock is wrong, or the journal's time is: the message says by how much, and what to do. */
export class ClockSkewError extends Error {
  override readonly name = "ClockSkewError";
}

/** What a newer release has written, and this one cannot read: it is whole, and nothing of it was changed. */
export class NewerReleaseError extends Error {
  override readonly name = "NewerReleaseError";
  /** The least state version of a release that can read it; null when that cannot be told from here. */
  readonly needs: number | null;

  constructor(message: string, needs: number | null, options?: ErrorOptions) {
    super(message, options);
    this.needs = needs;
  }
}

/**
 * What a partition's host makes of an error. All but the last are tried again after a pause, for as long as
 * it takes. `fenced`: another owner has come, or the group took the partition back. `passing`: trouble on the
 * way to the log or to keys, or a log that refuses for now. `clock`: this machine's clock is wrong.
 * `unknown`: nobody has foreseen it, so it is logged loudly. `tooNew`: a newer release has written it, and
 * the partition waits for one. `damage`: records are missing or cannot be read; when the same is found again
 * and again, no retry mends it.
 */
export type ErrorKind = "fenced" | "passing" | "clock" | "unknown" | "tooNew" | "damage";

/** Classifies what ended a partition's loop or kept it from starting. */
export const kindOf = (error: unknown): ErrorKind => {
  if (error instanceof FencedError) return "fenced";
  if (error instanceof LogUnavailableError || error instanceof KeysUnavailableError) return "passing";
  if (error instanceof NewerReleaseError) return "tooNew";
  if (error instanceof ClockSkewError) return "clock";
  const isDamage =
    error instanceof CorruptLogError ||
    error instanceof OffsetOutOfRangeError ||
    error instanceof StoredStateError;
  return isDamage ? "damage" : "unknown";
};

/** One sentence for the operator; what is thrown may be anything. */
export const reasonOf = (error: unknown): string => {
  try {
    return error instanceof Error ? error.message : String(error);
  } catch {
    return "an error that cannot be described";
  }
};

/**
 * What a log line may say of an error: names, codes and places, never its message, which may hold content.
 */
export interface ErrorTrace {
  readonly error: string;
  readonly code?: string | number;
  readonly status?: number;
  /** The innermost places of the stack. */
  readonly places: readonly string[];
  readonly cause?: ErrorTrace;
}

const placesMax = 6;

/** Describes an error for a log line without its message; follows causes, at most four deep. */
export const traceOf = (error: unknown, depth = 0): ErrorTrace => {
  try {
    return traced(error, depth);
  } catch {
    // What a service's code throws may itself throw when it is looked at.
    return { error: "one that cannot be described", places: [] };
  }
};

const traced = (error: unknown, depth: number): ErrorTrace => {
  if (!(error instanceof Error)) return { error: typeof error, places: [] };
  const { code, status } = error as { code?: unknown; status?: unknown };
  const places = (error.stack ?? "").split("\n").filter((line) => /^\s+at /.test(line));
  return {
    error: error.name,
    ...(typeof code === "string" || typeof code === "number" ? { code } : {}),
    ...(typeof status === "number" ? { status } : {}),
    places: places.slice(0, placesMax).map((line) => line.trim()),
    ...(error.cause !== undefined && depth < 4 ? { cause: traceOf(error.cause, depth + 1) } : {}),
  };
};
