import type { Commit, CommitReceipt, LogRecord, Position, RestoredRecord } from "@hybrid/log";

/** A source record whose append was acknowledged: from here on nobody may lose it (I3). */
export interface Accepted {
  readonly kind: "accepted";
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly key: string | null;
}

/** A partition was handed to an owner; every earlier epoch is shut out (I2). */
export interface Fenced {
  readonly kind: "fenced";
  readonly owner: string;
  readonly partition: number;
  readonly epoch: number;
  /** Where the owner was told to resume; null when there was no position. */
  readonly position: Position | null;
  /** The order at which it was asked for; the log shut the others out between then and now. */
  readonly askedAt: number;
}

/** What an owner was given by a restore that was drained to its end. */
export interface Restored {
  readonly kind: "restored";
  readonly owner: string;
  readonly partition: number;
  readonly epoch: number;
  readonly records: readonly RestoredRecord[];
}

/** An owner asked for a commit. Its answer follows under the same id, or never. */
export interface CommitStarted {
  readonly kind: "commitStarted";
  readonly commitId: string;
  readonly owner: string;
  readonly partition: number;
  readonly epoch: number;
  readonly batch: Commit;
}

/** The log said that the commit is durable. */
export interface CommitAcknowledged {
  readonly kind: "commitAcknowledged";
  readonly commitId: string;
  readonly receipt: CommitReceipt;
}

/** The log refused the commit: nothing of it may be there, unless the log itself cannot know. */
export interface CommitRejected {
  readonly kind: "commitRejected";
  readonly commitId: string;
  /** The error's name. */
  readonly error: string;
  /** The answer got lost on its way, so that the commit may be there or not; false when left out. */
  readonly unknown?: boolean;
}

/** A handler was asked to carry out a call. */
export interface CallStarted {
  readonly kind: "callStarted";
  readonly owner: string;
  readonly callId: string;
}

/** A handler ended; an owner that died meanwhile never says so. */
export interface CallEnded {
  readonly kind: "callEnded";
  readonly owner: string;
  readonly callId: string;
  readonly result: "ok" | "failed";
}

/** A partition of a topic as it is at the end: sources, journal, outputs and dead letters alike. */
export interface PartitionRead {
  readonly kind: "partitionRead";
  readonly topic: string;
  readonly partition: number;
  /** The first readable offset, and the one behind the last. */
  readonly start: number;
  readonly end: number;
  readonly records: readonly LogRecord[];
}

/** Checkpoint, tail and position of a partition as the next owner would get them at the end. */
export interface StateRead {
  readonly kind: "stateRead";
  readonly partition: number;
  readonly position: Position | null;
  readonly records: readonly RestoredRecord[];
}

/** The run is over. `stuck` says what was still missing when it should have been at rest; else null. */
export interface Ended {
  readonly kind: "ended";
  readonly stuck: string | null;
}

/** Something that was seen at the port of the log, or of the outside world. */
export type HistoryEvent =
  | Accepted
  | Fenced
  | Restored
  | CommitStarted
  | CommitAcknowledged
  | CommitRejected
  | CallStarted
  | CallEnded
  | PartitionRead
  | StateRead
  | Ended;

/** An event with its place in time; of two events in one process the later one has the greater `order`. */
export type Stamped<Event extends HistoryEvent = HistoryEvent> = Event & { readonly order: number };

/** How a history orders its events, and whom it tells. */
export interface HistoryOptions {
  /**
   * Yields growing numbers; a counter when left out. Several processes on one machine take the monotonic
   * clock, which they share.
   */
  readonly order?: () => number;
  /** Gets every event at once, for example to write it where a killed process cannot lose it. */
  readonly sink?: (event: Stamped) => void;
}

/** Everything that was seen of a run, in order. */
export class History {
  readonly #order: () => number;
  readonly #sink: ((event: Stamped) => void) | undefined;
  readonly #events: Stamped[] = [];
  #commits = 0;

  constructor(options: HistoryOptions = {}) {
    let count = 0;
    this.#order = options.order ?? (() => ++count);
    this.#sink = options.sink;
  }

  get events(): readonly Stamped[] {
    return this.#events;
  }

  record(event: HistoryEvent): void {
    const stamped = { ...event, order: this.#order() };
    this.#events.push(stamped);
    this.#sink?.(stamped);
  }

  /** A point in the order of events, for something that has begun. */
  mark(): number {
    return this.#order();
  }

  /** An id for a commit of `owner`, different from all others of this history. */
  commitIdFor(owner: string): string {
    this.#commits += 1;
    return `${owner}:${this.#commits}`;
  }
}

const bytesMark = "$bytes";

/** One event as one line of JSON, bytes in base64. */
export const eventLine = (event: Stamped): string =>
  JSON.stringify(event, (_key, value: unknown) => {
    // A Buffer has become { type, data } by the time a replacer sees it.
    if (value instanceof Uint8Array) return { [bytesMark]: Buffer.from(value).toString("base64") };
    const { type, data } = (value ?? {}) as { readonly type?: unknown; readonly data?: unknown };
    if (type !== "Buffer" || !Array.isArray(data)) return value;
    return { [bytesMark]: Buffer.from(data as number[]).toString("base64") };
  });

/** Reads what {@link eventLine} wrote. Throws SyntaxError for a line that was cut off. */
export const eventOfLine = (line: string): Stamped =>
  JSON.parse(line, (_key, value: unknown) => {
    const marked = (value ?? {}) as { readonly [bytesMark]?: unknown };
    return typeof marked[bytesMark] === "string" ? Buffer.from(marked[bytesMark], "base64") : value;
  }) as Stamped;

/** The events of several processes in one order. */
export const mergeEvents = (histories: readonly (readonly Stamped[])[]): readonly Stamped[] =>
  histories.flat().sort((a, b) => a.order - b.order);
