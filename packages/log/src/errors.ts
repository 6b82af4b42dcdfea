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

/**
 * A commit took longer than the log allows one to take, or its answer did not come in time, while the
 * partition was still ours. Whether it is there, the position of the next owner tells; if not, a smaller
 * commit may succeed where this one did not.
 */
export class CommitTimedOutError extends LogUnavailableError {
  override readonly name = "CommitTimedOutError";
}

/**
 * The log refuses a commit of this size, or one record of it; nothing was appended. A smaller commit may
 * succeed; one of a single step needs a larger bound, which the message names.
 */
export class CommitTooLargeError extends LogUnavailableError {
  override readonly name = "CommitTooLargeError";
}

/**
 * Another worker has joined the group with our instance id, and the group has shut us out for it. Only a
 * person can tell which of the two is right; the message names group and id.
 */
export class InstanceTakenError extends Error {
  override readonly name = "InstanceTakenError";
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
