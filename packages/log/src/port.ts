import type { ActorId, EpochMs } from "@hybrid/kernel";

/** A record on its way to a partition. A null value is a tombstone on a compacted topic. */
export interface OutgoingRecord {
  readonly topic: string;
  readonly partition: number;
  readonly key: string | null;
  readonly value: Uint8Array | null;
  readonly headers?: Readonly<Record<string, string>>;
  readonly timestamp: EpochMs;
}

/** A record as it stands in the log. Offsets are whole numbers that grow by partition, not always by one. */
export interface LogRecord extends OutgoingRecord {
  readonly offset: number;
}

/** A record as a poll hands it over. */
export interface PolledRecord extends LogRecord {
  /**
   * Where reading goes on behind it, when that is further on than the next offset: what stands between are no
   * records (markers of transactions, what was aborted, what compaction has removed). See `nextOffsetOf`.
   */
  readonly nextOffset?: number;
}

/** What a topic is made of; the partition count never changes after creation. */
export interface TopicSettings {
  readonly name: string;
  readonly partitions: number;
  readonly cleanup: "delete" | "compact";
  /** Records older than this may go, in milliseconds; null keeps them. Only for `delete`. */
  readonly retentionMs: number | null;
}

/** A stretch of one partition. */
export interface ReadRequest {
  readonly topic: string;
  readonly partition: number;
  /** The first offset wanted. Below the start, behind the end: OffsetOutOfRangeError, no silent skip. */
  readonly offset: number;
  readonly recordsMax: number;
  readonly bytesMax: number;
}

/** What was read of a partition. */
export interface ReadResult {
  readonly records: readonly LogRecord[];
  /** Where to read on; may lie behind the last record's offset + 1 when a gap was passed. */
  readonly nextOffset: number;
  /** One behind the last record that is readable. */
  readonly endOffset: number;
}

/**
 * Where to resume a partition: where reading goes on in every source, and the partition's last `at`. A source
 * that a commit does not name stands where it was.
 */
export interface Position {
  readonly sources: Readonly<Record<string, number>>;
  readonly at: EpochMs;
  /**
   * The greatest step number that any actor of the partition has ever had, whether or not it has a record
   * still; absent in positions of releases that did not keep it. It goes with the partition into every copy.
   */
  readonly seqMax?: number;
  /**
   * Version of the newest machine that has written to the partition; absent in positions of releases that did
   * not keep it.
   */
  readonly machineVersion?: number;
  /**
   * The version of sealing that has gone through the partition: all that it seals is sealed in the states and
   * in the latest records. Absent where none has, or an older release has written since.
   */
  readonly sealVersion?: number;
}

/** What belongs to one owner: the topics of a service, co-partitioned. */
export interface GroupSettings {
  /** The consumer group. */
  readonly service: string;
  readonly sources: readonly string[];
  readonly journal: string;
  readonly checkpoint: string;
  /** Partitions of every one of these topics. */
  readonly partitions: number;
}

/** Hears which partitions a member of a group may own. Must not throw. */
export interface GroupListener {
  /** The group gives us the partition; it is ours only after {@link Membership.fence}. */
  assigned(partition: number): void;
  /**
   * The group takes the partition back. The driver waits for the returned promise (bounded by its own
   * time-out) before another member of the same process or group generation gets it.
   */
  revoked(partition: number): Promise<void>;
  /**
   * The membership has ended for good, after everything was revoked, and no retry can mend it: access was
   * refused, or the program is at fault. The error says what to do.
   */
  ended?(error: unknown): void;
}

/**
 * One entry of a restore: first the checkpoint's entries, then the journal's tail in order. An actor may come
 * several times; the last one counts.
 */
export type RestoredRecord =
  | {
      readonly origin: "checkpoint";
      readonly key: ActorId;
      /** Null: the actor has ended, whatever came of it before. */
      readonly value: Uint8Array | null;
    }
  | { readonly origin: "journal"; readonly key: ActorId; readonly value: Uint8Array };

/** One journal record of a batch. */
export interface JournalEntry {
  readonly key: ActorId;
  readonly value: Uint8Array;
}

/** One actor after a batch; null means that its state equals `initial` and it gets no record. */
export interface CheckpointEntry {
  readonly key: ActorId;
  readonly value: Uint8Array | null;
}

/** A batch of steps of one partition. It becomes durable and visible as a whole or not at all. */
export interface Commit {
  readonly journal: readonly JournalEntry[];
  readonly outputs: readonly OutgoingRecord[];
  /** The latest of every actor that the batch touched; the driver decides when it reaches the checkpoint. */
  readonly checkpoint: readonly CheckpointEntry[];
  readonly position: Position;
}

/** What became of a commit. */
export interface CommitReceipt {
  /** Offset of the first journal record of this batch, and the one behind the last. */
  readonly journalOffset: number;
  readonly journalNextOffset: number;
}

/**
 * A partition that is ours, alone, since it was fenced (I2). After any rejected `commit` it is spent:
 * close it and fence again, or give up on {@link FencedError}.
 */
export interface OwnedPartition {
  readonly partition: number;
  /** Grows with every owner. */
  readonly epoch: number;
  /** Where the predecessor stopped; undefined when there was none (sources start at the earliest record). */
  readonly position: Position | undefined;
  /** Reads checkpoint and tail in chunks; to be drained once, before {@link poll}. */
  restore(): AsyncIterable<readonly RestoredRecord[]>;
  /**
   * The next records of all sources behind what was polled before, taken in turns so that no source starves
   * another; waits for the first one. Resolves empty when `signal` is aborted. May run while a commit does.
   * Each record tells where reading goes on behind it: that is what a position says. While nothing but
   * markers of transactions arrives, the driver keeps the position up by itself. Rejects with
   * OffsetOutOfRangeError naming the gap when the position lies below the start of the log or behind its
   * end: records may be missing.
   */
  poll(
    limit: { readonly recordsMax: number; readonly bytesMax: number },
    signal: AbortSignal,
  ): Promise<readonly PolledRecord[]>;
  /**
   * One atomic append. After a rejection nothing of it is there on the embedded driver; a driver behind a
   * network may not know (the answer to its last request got lost): the position of the next owner tells.
   * Rejects with FencedError, UnknownTopicError, LogFullError or LogUnavailableError, and with TypeError
   * for what cannot be stored. Of LogUnavailableError there are two kinds for which a smaller commit may
   * succeed: CommitTooLargeError (refused for its size) and CommitTimedOutError (took too long).
   */
  commit(batch: Commit): Promise<CommitReceipt>;
  /**
   * Resolves when the driver would like to have a commit, after some milliseconds in any case: a batch that
   * is closed only then has more in it. The answer must be called once the commit has ended, or when there
   * is none. Left out where commits do not hinder each other; nobody is obliged to ask.
   */
  turn?(): Promise<() => void>;
  /**
   * The time by the log's own clock, which no worker can set: the brokers', or on an embedded log the one
   * that it was opened with. The first answer after a fence may be the time of the fence. Undefined when the
   * log cannot tell. May cost a small append: for checks, not for timestamps. Rejects as {@link commit} does.
   */
  logTime(): Promise<EpochMs | undefined>;
  close(): Promise<void>;
}

/** What a worker says of itself when it joins a group. */
export interface JoinOptions {
  /**
   * The newest version of states that this worker can read, a whole number from 0; 0 when left out. The group
   * gives it no partition that is known to need a higher one ({@link Membership.requireVersion}).
   */
  readonly version?: number;
}

/** A partition that nobody has, because no member of the group is new enough for its states. */
export interface WaitingPartition {
  readonly partition: number;
  /** The least version of a worker that could have it. */
  readonly needs: number;
  /** The highest version among the members. */
  readonly newest: number;
}

/** Bytes that a log holds in memory, by what for. */
export interface HeldBytes {
  /** Records of sources that are fetched and not polled yet. */
  readonly sources: number;
  /** What restores are reading. */
  readonly restores: number;
  /** Actors whose latest is not in the checkpoint yet. */
  readonly dirty: number;
}

/** A place in a consumer group. */
export interface Membership {
  /** Shuts out every earlier owner, then hands over. Rejects with FencedError when the group took it back. */
  fence(partition: number): Promise<OwnedPartition>;
  /** When the group last confirmed that we belong to it. */
  lastHeartbeatAt(): EpochMs;
  /**
   * Says that the states of a partition need a worker of at least this version. The group's members remember
   * the highest one that was said of a partition as long as one of them lives, and from the next rebalance on
   * the group gives it to no older member. More than our own version: this member declines the partition;
   * the listener hears `revoked` at once, and the group shares the partitions again. Without a member that is
   * new enough nobody gets the partition ({@link waiting}). Throws RangeError for what is no version or no
   * partition of the group.
   */
  requireVersion(partition: number, version: number): void;
  /** Partitions that wait for a newer worker, ascending, as of the last rebalance that this member saw. */
  waiting(): readonly WaitingPartition[];
  /** What a member without partitions waits for, as the end of a sentence; null when it waits for nothing. */
  waitsFor(): string | null;
  /**
   * How long open transactions have kept records of our sources from being read, milliseconds; absent on a
   * log without such.
   */
  stableOffsetAgeMs?(): number;
  /** What the log holds in memory for this member, about; absent on a log that holds nothing. */
  heldBytes?(): HeldBytes;
  /** Revokes everything (waiting for the listener) and leaves. */
  leave(): Promise<void>;
}

/** How far a group is behind in one partition of one source. */
export interface PartitionLag {
  readonly topic: string;
  readonly partition: number;
  /** The group's next offset; null when it has not committed yet. */
  readonly nextOffset: number | null;
  readonly endOffset: number;
  /** Records not applied yet. */
  readonly lag: number;
}

/** A place in a partition from which somebody would read on. */
export interface ReadFrom {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
}

/** What carries records: the embedded driver, or Kafka. Each passes the contract suite in testing/. */
export interface Log {
  /**
   * Creates what is missing. Rejects with ConfigError naming every topic whose partition count differs, or
   * that is hidden from us and may not be created.
   */
  createTopics(topics: readonly TopicSettings[]): Promise<void>;
  /** All topics, by name. */
  topics(): Promise<readonly TopicSettings[]>;
  /**
   * Appends and resolves with the offsets once durable. Rejects with UnknownTopicError, LogFullError or
   * LogUnavailableError; then nothing of the call is claimed (on the embedded driver: nothing is there).
   */
  append(records: readonly OutgoingRecord[]): Promise<readonly number[]>;
  /** Reads what is there; does not wait. */
  read(request: ReadRequest): Promise<ReadResult>;
  /**
   * Waits until there is something to read at one of these places, and resolves with those of them. Resolves
   * empty when the signal is aborted, and now and then while nothing comes: ask again. Rejects as
   * {@link read} does.
   */
  grown(places: readonly ReadFrom[], signal: AbortSignal): Promise<readonly ReadFrom[]>;
  /** The first readable offset and the one behind the last. */
  offsets(topic: string, partition: number): Promise<{ readonly start: number; readonly end: number }>;
  /**
   * Joins a group; assignment arrives at the listener, never before the promise has resolved. Rejects with
   * UnknownTopicError, or with ConfigError when the topics are not co-partitioned (embedded: also when the
   * service has its journal or states elsewhere, or another service has its own there), or for a version that
   * is no whole number from 0.
   */
  join(group: GroupSettings, listener: GroupListener, worker?: JoinOptions): Promise<Membership>;
  lag(group: GroupSettings): Promise<readonly PartitionLag[]>;
  /** Deletes what retention allows, compacts what may be compacted; returns the number of records removed. */
  clean(now: EpochMs): Promise<number>;
  close(): Promise<void>;
}
