import { FencedError, LogUnavailableError, OffsetOutOfRangeError } from "@hybrid/log";

/** A partition stopped for good: the message names the service, the partition, the reason and what to do. */
export class PartitionFailedError extends Error {
  override readonly name = "PartitionFailedError";
  readonly service: string;
  readonly partition: number;

  constructor(place: { readonly service: string; readonly partition: number }, cause: unknown) {
    super(
      `${place.service}, partition ${place.partition}, has stopped and needs a person: ` +
        (cause instanceof Error ? cause.message : String(cause)),
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

/** What the loop does about an error: try again after a pause, or stop the partition for good. */
export const remedyOf = (error: unknown): "fenced" | "retry" | "stop" => {
  if (error instanceof FencedError) return "fenced";
  if (error instanceof OffsetOutOfRangeError) return "stop";
  return error instanceof LogUnavailableError ? "retry" : "stop";
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
