/** Another owner has fenced this one: nothing of it may be applied or published (I2). */
export class FencedError extends Error {
  override readonly name = "FencedError";
}

/** The log cannot be reached or was closed; nothing was appended. Trying again later can help. */
export class LogUnavailableError extends Error {
  override readonly name: string = "LogUnavailableError";
}

/** The disk is full; nothing was appended. Free space, then the next append succeeds by itself. */
export class LogFullError extends LogUnavailableError {
  override readonly name = "LogFullError";
}

/** No such topic: names it, and what to do. */
export class UnknownTopicError extends Error {
  override readonly name = "UnknownTopicError";
}

/** An offset that is no longer (or not yet) in the log; the message names topic, partition and the gap. */
export class OffsetOutOfRangeError extends Error {
  override readonly name = "OffsetOutOfRangeError";
}

/** The file is not a log, or what is stored fails its check; the message names file or topic, and place. */
export class CorruptLogError extends Error {
  override readonly name = "CorruptLogError";
}
