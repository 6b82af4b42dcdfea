import { copyFileSync, existsSync } from "node:fs";
import { type ActorId, actorIdOf, instant } from "@hybrid/kernel";
import {
  type EmbeddedLogSettings,
  type GroupSettings,
  type Log,
  type Membership,
  type OwnedPartition,
  openEmbeddedLog,
} from "../src/index.ts";
import { manualClock } from "./embedded-fixture.ts";

/** Commits whose traces in journal, output, states and position can be checked against each other. */
export const group: GroupSettings = {
  service: "work",
  sources: ["work-source"],
  journal: "work-journal",
  checkpoint: "work-checkpoint",
  partitions: 2,
};

const decoder = new TextDecoder();
const actors = 40;

export const actorOf = (n: number): ActorId => actorIdOf(`acme/u-${n % actors}`);

const valueOf = (n: number): Uint8Array =>
  new TextEncoder().encode(`${n}:${"x".repeat(50 + ((n * 97) % 900))}`);

export const numberIn = (value: Uint8Array | null): number =>
  Number(decoder.decode(value ?? undefined).split(":")[0]);

export const openAt = (path: string, rest: Partial<EmbeddedLogSettings> = {}): Promise<Log> =>
  openEmbeddedLog({ path, clock: manualClock(), ...rest });

export const createWorkTopics = (log: Log): Promise<void> =>
  log.createTopics([
    { name: "work-source", partitions: 2, cleanup: "delete", retentionMs: null },
    { name: "work-journal", partitions: 2, cleanup: "delete", retentionMs: null },
    { name: "work-output", partitions: 2, cleanup: "delete", retentionMs: null },
    { name: "work-checkpoint", partitions: 2, cleanup: "compact", retentionMs: null },
  ]);

/** Joins and waits for both partitions. */
export const joinWhole = async (log: Log): Promise<Membership> => {
  const arrived = Promise.withResolvers<void>();
  const has = new Set<number>();
  const membership = await log.join(group, {
    assigned: (partition) => has.add(partition).size === group.partitions && arrived.resolve(),
    revoked: () => Promise.resolve(),
  });
  await arrived.promise;
  return membership;
};

/** Joins and fences partition 0. */
export const takePartition = async (log: Log): Promise<OwnedPartition> => (await joinWhole(log)).fence(0);

/** Commit number n: one journal record, one state, one output, and the position n + 1. */
export const commitNumber = (owned: OwnedPartition, n: number): Promise<unknown> => {
  const timestamp = instant(1_800_000_000_000 + n);
  const entry = { key: actorOf(n), value: valueOf(n) };
  return owned.commit({
    journal: [entry],
    outputs: [{ topic: "work-output", partition: 1, timestamp, ...entry }],
    checkpoint: [entry],
    position: { sources: { "work-source": n + 1 }, at: timestamp },
  });
};

const numbersOf = async (log: Log, topic: string, partition: number): Promise<readonly number[]> => {
  const numbers: number[] = [];
  const { start, end } = await log.offsets(topic, partition);
  for (let offset = start; offset < end; ) {
    const result = await log.read({ topic, partition, offset, recordsMax: 100, bytesMax: 1_000_000 });
    for (const { value } of result.records) numbers.push(numberIn(value));
    offset = result.nextOffset;
  }
  return numbers;
};

/** What a log holds of the workload. */
export interface Found {
  readonly journal: readonly number[];
  readonly output: readonly number[];
  readonly states: Readonly<Record<string, number>>;
  readonly position: number;
}

export const findIn = async (log: Log, membership?: Membership): Promise<Found> => {
  if ((await log.topics()).length === 0) return { journal: [], output: [], states: {}, position: 0 };
  const owned = await (membership ?? (await joinWhole(log))).fence(0);
  const states: Record<string, number> = {};
  for await (const chunk of owned.restore())
    for (const { key, value } of chunk) states[key] = numberIn(value);
  return {
    journal: await numbersOf(log, "work-journal", 0),
    output: await numbersOf(log, "work-output", 1),
    states,
    position: owned.position?.sources["work-source"] ?? 0,
  };
};

/** What must be there after the first `commits` commits. */
export const expectedAfter = (commits: number): Found => {
  const numbers = Array.from({ length: commits }, (_, n) => n);
  const states = Object.fromEntries(numbers.map((n) => [actorOf(n), n]));
  return { journal: numbers, output: numbers, states, position: commits };
};

/** Copies a log file and its WAL as a crash would leave them. */
export const copyLog = (from: string, to: string): void => {
  for (const suffix of ["", "-wal"]) if (existsSync(from + suffix)) copyFileSync(from + suffix, to + suffix);
};
