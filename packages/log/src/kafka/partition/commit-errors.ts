import { CommitTimedOutError, CommitTooLargeError, CorruptLogError } from "../../errors.ts";
import { isFenced, isRequestTimedOut, isTooLarge, logErrorOf } from "../client/protocol-errors.ts";

/** A transaction that has failed. */
export interface FailedCommit {
  readonly transactionalId: string;
  /** How long ago the brokers may have begun to count, at most; undefined when it was never begun. */
  readonly openMs: number | undefined;
  /** A transaction that is open for longer is aborted by the brokers. */
  readonly timeoutMs: number;
  /** Bytes that it was to write, at most. */
  readonly bytes: number;
  /** Whether, as far as anybody has told us, no newer owner is there. */
  readonly isOurs: boolean;
}

/**
 * What a commit is rejected with. Brokers answer with one and the same code when a newer owner has fenced
 * this one and when they have aborted its transaction for its age: before that age it is the former,
 * afterwards the latter unless we know of a newer owner. The next owner learns from the position what
 * is there.
 */
export const commitErrorOf = (error: unknown, failed: FailedCommit): Error => {
  if (error instanceof CorruptLogError || error instanceof CommitTimedOutError) return error;
  const { transactionalId, openMs, timeoutMs, bytes, isOurs } = failed;
  const size = `a commit of at most ${bytes} bytes`;
  if (isTooLarge(error))
    return new CommitTooLargeError(
      `${transactionalId}: the brokers refuse ${size} for its size; nothing of it was committed. If a ` +
        "single record is larger than they take, raise max.message.bytes of the topic.",
      { cause: error },
    );
  const isOverdue = openMs !== undefined && openMs >= timeoutMs && isOurs && isFenced(error);
  if (isOverdue || (openMs !== undefined && isRequestTimedOut(error)))
    return new CommitTimedOutError(
      `${transactionalId}: ${size} was not done after ${Math.round(openMs)} ms (a transaction may be open ` +
        `for ${timeoutMs} ms): the brokers have aborted it, or their answer was lost. A smaller one may ` +
        "succeed.",
      { cause: error },
    );
  return logErrorOf(error, transactionalId);
};
