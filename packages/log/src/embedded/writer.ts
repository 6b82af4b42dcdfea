import type { DatabaseSync } from "node:sqlite";
import { LogUnavailableError } from "../errors.ts";
import { isBusy, isRefusal, isUnavailable, logErrorOf } from "./sqlite-errors.ts";

/**
 * A change of the log. It either refuses before it writes anything, or stands with the whole transaction;
 * any other error undoes that transaction, and its operations are tried again in smaller ones.
 */
export interface Operation<Result> {
  readonly records: number;
  readonly bytes: number;
  /** Runs inside the transaction, synchronously. */
  readonly run: () => Result;
  /** Whether it may be turned away when too much is waiting; others wait in line. */
  readonly sheddable?: boolean;
  /** Called at once when it was rejected, before any later operation runs. */
  readonly rejected?: () => void;
}

/** What the writer needs from its surroundings. */
export interface WriterContext {
  readonly db: DatabaseSync;
  readonly file: string;
  readonly pendingRecordsMax: number;
  readonly pendingBytesMax: number;
  /** Called inside each transaction before the first operation: somebody else may have written. */
  readonly begun: () => void;
  /** Called inside each transaction after the last operation. */
  readonly finishing: () => void;
  readonly committed: () => void;
  readonly rolledBack: () => void;
}

/** Puts all that is asked for within one turn of the event loop into one transaction (group commit). */
export interface Writer {
  /** Resolves after COMMIT returned. Rejects with what `run` threw, LogFullError or LogUnavailableError. */
  submit<Result>(operation: Operation<Result>): Promise<Result>;
  /** Writes what is waiting, then refuses everything. */
  close(): void;
}

interface Pending {
  readonly operation: Operation<unknown>;
  /** Why it was refused in a transaction that was undone; a refusal that has been told stays. */
  refusal?: { readonly refusal: unknown };
  readonly resolve: (result: unknown) => void;
  readonly reject: (reason: unknown) => void;
}

// One transaction stays below these, so that a flood does not hold the event loop for long.
const transactionRecordsMax = 20_000;
const transactionBytesMax = 16_000_000;

/**
 * How long one try waits for another process's transaction, holding the event loop. Short, also because
 * SQLite looks ever more rarely the longer it waits, and would hardly get in between commits that follow
 * each other closely.
 */
export const lockWaitMs = 30;
const lockedTriesMax = 200;

interface Queue {
  pending: Pending[];
  records: number;
  bytes: number;
}

const takeBatch = (queue: Queue): Pending[] => {
  let records = 0;
  let bytes = 0;
  const end = queue.pending.findIndex(({ operation }, index) => {
    records += operation.records;
    bytes += operation.bytes;
    return index > 0 && (records > transactionRecordsMax || bytes > transactionBytesMax);
  });
  const batch = end < 0 ? queue.pending : queue.pending.slice(0, end);
  queue.pending = end < 0 ? [] : queue.pending.slice(end);
  for (const { operation } of batch) {
    queue.records -= operation.records;
    queue.bytes -= operation.bytes;
  }
  return batch;
};

type Outcome = { readonly result: unknown } | { readonly refusal: unknown };

const attempt = (pending: Pending): Outcome => {
  const { operation } = pending;
  if (pending.refusal !== undefined) return pending.refusal;
  try {
    return { result: operation.run() };
  } catch (error) {
    if (!isRefusal(error)) throw error;
    const outcome = { refusal: error };
    if (operation.rejected === undefined) return outcome;
    operation.rejected();
    pending.refusal = outcome;
    return outcome;
  }
};

/** False when another process is writing. */
const begin = (db: DatabaseSync): boolean => {
  try {
    db.exec("BEGIN IMMEDIATE");
    return true;
  } catch (error) {
    if (isBusy(error)) return false;
    throw error;
  }
};

const transact = (context: WriterContext, batch: readonly Pending[]): readonly Outcome[] | "locked" => {
  const { db } = context;
  if (!begin(db)) return "locked";
  try {
    context.begun();
    const outcomes = batch.map(attempt);
    context.finishing();
    db.exec("COMMIT");
    return outcomes;
  } catch (error) {
    // SQLite has rolled back by itself after some errors (https://sqlite.org/lang_transaction.html).
    if (db.isTransaction) db.exec("ROLLBACK");
    context.rolledBack();
    throw error;
  }
};

const rejectAll = (batch: readonly Pending[], error: unknown): void => {
  for (const { operation, reject } of batch) {
    operation.rejected?.();
    reject(error);
  }
};

/** Returns what is left to be written, because another process writes. */
const write = (context: WriterContext, batch: readonly Pending[]): readonly Pending[] => {
  let outcomes: readonly Outcome[] | "locked";
  try {
    outcomes = transact(context, batch);
  } catch (error) {
    if (batch.length === 1 || isUnavailable(error)) {
      rejectAll(batch, logErrorOf(error, context.file));
      return [];
    }
    // One of several may be too large for the space that is left, hold what cannot be stored, or meet a
    // damaged page. In halves, so that finding it among many costs few transactions; in order.
    const middle = batch.length >> 1;
    const left = write(context, batch.slice(0, middle));
    const rest = batch.slice(middle);
    return left.length > 0 ? [...left, ...rest] : write(context, rest);
  }
  if (outcomes === "locked") return batch;
  context.committed();
  for (const [index, { resolve, reject }] of batch.entries()) {
    const outcome = outcomes[index];
    if (outcome === undefined) continue;
    if ("refusal" in outcome) reject(outcome.refusal);
    else resolve(outcome.result);
  }
  return [];
};

const putBack = (queue: Queue, left: readonly Pending[]): void => {
  queue.pending = [...left, ...queue.pending];
  for (const { operation } of left) {
    queue.records += operation.records;
    queue.bytes += operation.bytes;
  }
};

/** Writes one transaction; gives up when another process has kept the file locked for all of the tries. */
const stepper = (context: WriterContext, queue: Queue): (() => void) => {
  let tries = 0;
  return () => {
    const left = write(context, takeBatch(queue));
    tries = left.length === 0 ? 0 : tries + 1;
    if (tries < lockedTriesMax) return putBack(queue, left);
    tries = 0;
    const error = new LogUnavailableError(
      `log file ${context.file} was locked by another process for ` +
        `${(lockedTriesMax * lockWaitMs) / 1_000} s; ` +
        "nothing was appended. Stop that process, or try again later.",
    );
    rejectAll(left, error);
  };
};

/** Opens the one writer of a connection. */
export const openWriter = (context: WriterContext): Writer => {
  const queue: Queue = { pending: [], records: 0, bytes: 0 };
  const step = stepper(context, queue);
  let scheduled = false;
  let closed = false;
  const flush = (): void => {
    scheduled = false;
    if (queue.pending.length === 0) return;
    step();
    if (queue.pending.length > 0) schedule();
  };
  const schedule = (): void => {
    if (scheduled) return;
    scheduled = true;
    setImmediate(flush);
  };
  const overloaded = ({ records, bytes }: Operation<unknown>): boolean =>
    queue.pending.length > 0 &&
    (queue.records + records > context.pendingRecordsMax || queue.bytes + bytes > context.pendingBytesMax);
  return {
    submit<Result>(operation: Operation<Result>) {
      if (closed)
        return Promise.reject(
          new LogUnavailableError(`log file ${context.file} was closed; nothing was appended`),
        );
      if (operation.sheddable === true && overloaded(operation))
        return Promise.reject(
          new LogUnavailableError(
            `log file ${context.file} is overloaded: ${queue.records} records (${queue.bytes} bytes) wait; ` +
              " nothing was appended. Try again later.",
          ),
        );
      queue.records += operation.records;
      queue.bytes += operation.bytes;
      schedule();
      return new Promise<Result>((resolve, reject) => {
        queue.pending.push({ operation, resolve: resolve as (result: unknown) => void, reject });
      });
    },
    close() {
      closed = true;
      while (queue.pending.length > 0) step();
    },
  };
};
