import { randomUUID } from "node:crypto";
import { type ActorId, actorIdOf, type EpochMs, instant } from "@hybrid/kernel";
import { onTestFinished } from "vitest";
import type {
  Commit,
  GroupListener,
  GroupSettings,
  JoinOptions,
  Log,
  LogRecord,
  Membership,
  OutgoingRecord,
  OwnedPartition,
} from "../../src/index.ts";

/** A log of the driver under test, fresh or on a shared server. */
export interface OpenedLog {
  readonly log: Log;
  /** Closes the log and opens what it left behind. */
  readonly reopen: () => Promise<Log>;
  /** Another log on the same records, as a second worker has it. */
  readonly second: () => Promise<Log>;
  /** Closes everything that is still open and removes what it left behind. */
  readonly destroy: () => Promise<void>;
}

/** What the contract suite has to know of a driver. */
export interface LogDriver {
  open(): Promise<OpenedLog>;
  /** Whether `clean` removes at once what may go; false when a cleaner of its own does, later. */
  readonly cleanNow: boolean;
  /** Whether records outlive the process. */
  readonly durable: boolean;
  /** Interleavings that the property test tries; 50 when left out. */
  readonly propertyRuns?: number;
  /** For one test, in milliseconds; 10,000 when left out. */
  readonly timeoutMs?: number;
}

/** The points in time of all records of the suite start here. */
export const t0: EpochMs = instant(1_800_000_000_000);

const utf8 = new TextEncoder();

/** Text as the bytes of a value. */
export const bytes = (text: string): Uint8Array => utf8.encode(text);

/** The bytes of a value as text; "null" for none. */
export const text = (value: Uint8Array | null): string =>
  value === null ? "null" : new TextDecoder().decode(value);

/** The actor of user `n`. */
export const user = (n: number): ActorId => actorIdOf(`acme/u-${n}`);

/** A signal that nobody aborts. */
export const never = (): AbortSignal => new AbortController().signal;

/** More than any test writes. */
export const plenty = { recordsMax: 10_000, bytesMax: 100_000_000 };

/** A set of topics with names of its own, created, and the group that uses them. */
export interface Stage extends OpenedLog {
  readonly names: {
    readonly source: string;
    readonly other: string;
    readonly output: string;
    readonly compacted: string;
    readonly expiring: string;
  };
  readonly group: GroupSettings;
}

/** Opens a log with topics of `partitions` partitions; it ends with the test. */
export const stage = async (driver: LogDriver, partitions: number): Promise<Stage> => {
  const opened = await driver.open();
  onTestFinished(() => opened.destroy());
  // One server may carry many tests, so that nothing may be shared by name.
  const name = (what: string): string => `${what}-${randomUUID().slice(0, 8)}`;
  const names = {
    source: name("source"),
    other: name("other"),
    output: name("output"),
    compacted: name("compacted"),
    expiring: name("expiring"),
  };
  const service = name("service");
  const journal = `${service}-journal`;
  const checkpoint = `${service}-checkpoint`;
  const kept = (topic: string) => ({
    name: topic,
    partitions,
    cleanup: "delete" as const,
    retentionMs: null,
  });
  await opened.log.createTopics([
    kept(names.source),
    kept(names.other),
    kept(names.output),
    kept(journal),
    { ...kept(names.expiring), retentionMs: 3_600_000 },
    { ...kept(names.compacted), cleanup: "compact" },
    { ...kept(checkpoint), cleanup: "compact" },
  ]);
  return {
    ...opened,
    names,
    group: { service, sources: [names.source, names.other], journal, checkpoint, partitions },
  };
};

/** Another service, with journal and checkpoint of its own, that reads one topic. */
export const readerOf = async (log: Log, source: string, partitions = 1): Promise<GroupSettings> => {
  const service = `reader-${randomUUID().slice(0, 8)}`;
  const [journal, checkpoint] = [`${service}-journal`, `${service}-checkpoint`];
  await log.createTopics([
    { name: journal, partitions, cleanup: "delete", retentionMs: null },
    { name: checkpoint, partitions, cleanup: "compact", retentionMs: null },
  ]);
  return { service, sources: [source], journal, checkpoint, partitions };
};

/** A record with a text value in partition 0 at {@link t0}, but for what is given. */
export const record = (topic: string, value: string, rest: Partial<OutgoingRecord> = {}): OutgoingRecord => ({
  topic,
  partition: 0,
  key: "acme/u-1",
  value: bytes(value),
  timestamp: t0,
  ...rest,
});

/** Everything that is in a partition, read in small pieces. */
export const drain = async (log: Log, topic: string, partition = 0): Promise<readonly LogRecord[]> => {
  const { start, end } = await log.offsets(topic, partition);
  const records: LogRecord[] = [];
  for (let offset = start; offset < end; ) {
    const result = await log.read({ topic, partition, offset, recordsMax: 7, bytesMax: 1_000_000 });
    records.push(...result.records);
    if (result.nextOffset <= offset)
      throw new Error(`reading ${topic} does not move on from offset ${offset}`);
    offset = result.nextOffset;
  }
  return records;
};

/** The values of a partition, as text. */
export const values = async (log: Log, topic: string, partition = 0): Promise<readonly string[]> =>
  (await drain(log, topic, partition)).map(({ value }) => text(value));

/** A member that notes what it is told. */
export interface Player {
  readonly membership: Membership;
  /** What it may own now. */
  readonly has: ReadonlySet<number>;
  /** What it was told, in order: "+3" assigned, "-3" revoked. */
  readonly told: readonly string[];
  /** Resolves as soon as the condition holds for what it has. */
  readonly until: (condition: (has: ReadonlySet<number>) => boolean) => Promise<void>;
}

/** Joins a group. `onRevoked` is what the member does before it gives a partition back. */
export const join = async (
  log: Log,
  group: GroupSettings,
  onRevoked: (partition: number) => Promise<void> = () => Promise.resolve(),
  worker: JoinOptions = {},
): Promise<Player> => {
  const has = new Set<number>();
  const told: string[] = [];
  const waiting = new Set<() => void>();
  const changed = (): void => {
    for (const wake of waiting) wake();
  };
  const listener: GroupListener = {
    assigned(partition) {
      has.add(partition);
      told.push(`+${partition}`);
      changed();
    },
    async revoked(partition) {
      told.push(`-${partition}`);
      await onRevoked(partition);
      has.delete(partition);
      changed();
    },
  };
  const membership = await log.join(group, listener, worker);
  const until = (condition: (has: ReadonlySet<number>) => boolean): Promise<void> =>
    new Promise((resolve) => {
      const check = (): void => {
        if (!condition(has)) return;
        waiting.delete(check);
        resolve();
      };
      waiting.add(check);
      check();
    });
  return { membership, has, told, until };
};

/** Joins alone and fences partition 0. */
export const own = async (
  log: Log,
  group: GroupSettings,
): Promise<{ player: Player; owned: OwnedPartition }> => {
  const player = await join(log, group);
  await player.until((has) => has.size === group.partitions);
  const owned = await player.membership.fence(0);
  await restored(owned);
  return { player, owned };
};

/** The latest value of every actor that a restore yields, as text. */
export const restored = async (owned: OwnedPartition): Promise<Readonly<Record<string, string>>> => {
  const latest: Record<string, string> = {};
  for await (const chunk of owned.restore())
    for (const { key, value } of chunk)
      if (value === null) delete latest[key];
      else latest[key] = text(value);
  return latest;
};

/** A batch: each entry is journaled and is its actor's latest; null says that it is `initial` again. */
export const batch = (
  entries: readonly (readonly [ActorId, string | null])[],
  sources: Readonly<Record<string, number>>,
  rest: Partial<Commit> = {},
): Commit => {
  const latest = new Map(entries);
  return {
    journal: entries.map(([key, value]) => ({ key, value: bytes(value ?? "initial") })),
    outputs: [],
    checkpoint: [...latest].map(([key, value]) => ({ key, value: value === null ? null : bytes(value) })),
    position: { sources, at: t0 },
    ...rest,
  };
};
