import { randomUUID } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { actorIdOf, instant, plus } from "@hybrid/kernel";
import { canRunKafka, sharedKafka } from "@hybrid/tools/kafka-local";
import { expect, onTestFinished, test } from "vitest";
import {
  type CopyProgress,
  copyLog,
  embeddedOwners,
  type GroupSettings,
  type KafkaLogSettings,
  type Log,
  type LogRecord,
  type OwnedPartition,
  openEmbeddedLog,
  openKafkaLog,
} from "../../src/index.ts";
import { administrator } from "./kafka-driver.ts";

const ability = await canRunKafka();
const t0 = instant(1_800_000_000_000);
const clock = { now: () => t0 };
const partitions = 3;
const everything = { recordsMax: 10_000, bytesMax: 100_000_000 };

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const text = (value: Uint8Array | null): string | null => (value ? new TextDecoder().decode(value) : null);

/** Names that nobody else uses on the shared broker. */
const names = () => {
  const run = randomUUID().slice(0, 8);
  const topic = (name: string): string => `copy-${run}-${name}`;
  const group: GroupSettings = {
    service: topic("service"),
    sources: [topic("events"), topic("latest")],
    journal: topic("journal"),
    checkpoint: topic("checkpoint"),
    partitions,
  };
  return { group, events: topic("events"), latest: topic("latest"), output: topic("output") };
};

type Names = ReturnType<typeof names>;

const createTopics = (log: Log, { group, events, latest, output }: Names): Promise<void> => {
  const topic = (name: string, retentionMs: number | null) =>
    ({ name, partitions, cleanup: "delete", retentionMs }) as const;
  const compacted = (name: string) => ({ name, partitions, cleanup: "compact", retentionMs: null }) as const;
  return log.createTopics([
    topic(events, 1_000),
    compacted(latest),
    topic(output, null),
    topic(group.journal, null),
    compacted(group.checkpoint),
  ]);
};

const owning = async (log: Log, group: GroupSettings): Promise<readonly OwnedPartition[]> => {
  const all = Promise.withResolvers<void>();
  const has = new Set<number>();
  const membership = await log.join(group, {
    assigned: (partition) => has.add(partition).size === group.partitions && all.resolve(),
    revoked: () => Promise.resolve(),
  });
  await all.promise;
  return Promise.all(Array.from({ length: group.partitions }, (_, partition) => membership.fence(partition)));
};

const restored = async (owned: OwnedPartition): Promise<Readonly<Record<string, string | null>>> => {
  const states: Record<string, string | null> = {};
  for await (const chunk of owned.restore()) for (const { key, value } of chunk) states[key] = text(value);
  return Object.fromEntries(Object.entries(states).filter(([, state]) => state !== null));
};

const recordsIn = async (log: Log, topic: string): Promise<readonly LogRecord[]> => {
  const found: LogRecord[] = [];
  for (let partition = 0; partition < partitions; partition++) {
    const { start, end } = await log.offsets(topic, partition);
    for (let offset = start; offset < end; ) {
      const read = await log.read({ topic, partition, offset, ...everything });
      found.push(...read.records);
      offset = read.nextOffset;
    }
  }
  return found;
};

/** Everything of records but their offsets. */
const contents = (records: readonly LogRecord[]) =>
  records.map(({ topic, partition, key, value, headers, timestamp }) => ({
    topic,
    partition,
    key,
    timestamp,
    value: text(value),
    headers: headers ?? null,
  }));

/** Each source's records in their order, without offsets. */
const unread = async (owned: OwnedPartition, count: number, sources: readonly string[]) => {
  const records: LogRecord[] = [];
  const enough = new AbortController();
  while (records.length < count) records.push(...(await owned.poll(everything, enough.signal)));
  enough.abort();
  return sources.map((topic) => contents(records.filter((record) => record.topic === topic)));
};

const step = async (owned: OwnedPartition, { events, latest, output }: Names, n: number): Promise<void> => {
  const { partition } = owned;
  const key = actorIdOf(`acme/u-${partition}${n % 20}`);
  const timestamp = plus(t0, n);
  await owned.commit({
    journal: [{ key, value: bytes(`step ${n}`) }],
    outputs: [
      { topic: output, partition, key, value: bytes(`output ${n}`), timestamp, headers: { n: `${n}` } },
    ],
    // Some actors end, and one of them comes back.
    checkpoint: [{ key, value: n % 7 === 3 ? null : bytes(`state ${n}`) }],
    position: {
      sources: { [events]: 150 + n, [latest]: n },
      at: timestamp,
      // An older release has worked on the first partition: it kept no greatest step number.
      ...(partition === 1 && { seqMax: 1_000 + n, machineVersion: 2 }),
    },
  });
};

/** An embedded log that has worked: gaps of retention and compaction, states, records nobody has applied. */
const worked = async (names: Names) => {
  const folder = await mkdtemp(join(tmpdir(), "hybrid-copy-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const path = join(folder, "log.sqlite");
  const log = await openEmbeddedLog({ path, clock });
  await createTopics(log, names);
  const { events, latest } = names;
  const at = (n: number) => plus(t0, n < 100 ? 0 : 5_000);
  for (let partition = 0; partition < partitions; partition++) {
    const record = (topic: string, n: number) =>
      ({
        topic,
        partition,
        key: `acme/u-${n % 9}`,
        value: bytes(`${topic} ${n}`),
        timestamp: at(n),
      }) as const;
    await log.append(Array.from({ length: 300 }, (_, n) => record(events, n)));
    await log.append(Array.from({ length: 60 }, (_, n) => record(latest, n)));
  }
  const owned = await owning(log, names.group);
  for (let n = 1; n <= 50; n++) for (const each of owned.slice(0, 2)) await step(each, names, n);
  return { path, log };
};

const kafka = async (): Promise<KafkaLogSettings> => ({
  brokers: [await sharedKafka()],
  clientId: "log-copy",
  clock,
  sessionTimeoutMs: 6_000,
});

test.skipIf(!ability.ok)(
  "a service goes on in the copy exactly where it stopped in the embedded log",
  {
    timeout: 60_000,
  },
  async () => {
    /*
     * Goal: nothing lost, nothing applied twice: records, states and positions mean the same after the copy.
     * Method: offsets begin at 100 in one source and have gaps in the other, so that every position changes.
     * What an owner of the source would restore and read next is what an owner of the copy must.
     */
    const mine = names();
    const { path, log: before } = await worked(mine);
    const { group, output, events, latest } = mine;
    await before.close();
    const opened = await openEmbeddedLog({ path, clock });
    await opened.clean(plus(t0, 5_500));
    const old = await owning(opened, group);
    const topics = [events, latest, output, group.journal];
    const was = {
      states: await Promise.all(old.map(restored)),
      records: await Promise.all(topics.map(async (topic) => contents(await recordsIn(opened, topic)))),
      epochs: old.map(({ epoch }) => epoch),
      journalEnds: [(await opened.offsets(group.journal, 0)).end],
    };
    await opened.close();
    expect((was.records[0] ?? [])[0]?.value).toBe(`${events} 100`);
    expect(was.records[1]?.length).toBeLessThan(60 * partitions);

    const told: CopyProgress[] = [];
    const settings = await kafka();
    const copied = await copyLog({ from: path, to: settings, progress: (each) => told.push(each) });
    const count = was.records.reduce((sum, records) => sum + records.length, 0);
    const actors = was.states.reduce((sum, states) => sum + Object.keys(states).length, 0);
    expect(copied).toEqual({ topics: 5, records: count, actors, positions: partitions });
    expect(told.map(({ phase }) => phase)).toContain("verifying");

    const copy = await openKafkaLog(settings);
    onTestFinished(() => copy.close());
    const owned = await owning(copy, group);
    expect(await Promise.all(owned.map(restored))).toEqual(was.states);
    for (const [index, topic] of topics.entries())
      expect(contents(await recordsIn(copy, topic))).toEqual(was.records[index]);
    for (const each of owned) {
      const { partition, epoch, position } = each;
      expect(epoch).toBe((was.epochs[partition] ?? 0) + 1);
      // The third partition was never committed to: it begins at the earliest record, here as there.
      expect(position?.at).toBe(partition < 2 ? plus(t0, 50) : undefined);
      // Where no number was kept, none can be greater than the end of the journal that was left behind.
      expect(position?.seqMax).toBe([was.journalEnds[0], 1_050, undefined][partition]);
      expect(position?.machineVersion).toBe([undefined, 2, undefined][partition]);
      const isLeft = ({ topic, partition: place, value }: (typeof was.records)[number][number]): boolean =>
        place === partition &&
        (partition === 2 || Number(value?.split(" ")[1]) >= (topic === events ? 200 : 50));
      const left = was.records.slice(0, 2).map((records) => records.filter(isLeft));
      expect(await unread(each, left.flat().length, group.sources)).toEqual(left);
    }
    const [first] = owned;
    await first?.commit({
      journal: [{ key: actorIdOf("acme/u-1"), value: bytes("after the copy") }],
      outputs: [],
      checkpoint: [],
      position: { sources: {}, at: plus(t0, 60) },
    });
    expect(
      contents(await recordsIn(copy, group.journal)).filter(({ value }) => value === "after the copy"),
    ).toHaveLength(1);
  },
);

test.skipIf(!ability.ok)(
  "a copied service that had applied everything reads on when Kafka's retention has taken everything",
  {
    timeout: 60_000,
  },
  async () => {
    const mine = names();
    const { events, latest, output, group } = mine;
    const { path, log: before } = await worked(mine);
    await before.close();
    const log = await openEmbeddedLog({ path, clock });
    const last = await owning(log, group);
    for (const owned of last)
      await owned.commit({
        journal: [{ key: actorIdOf("acme/u-1"), value: bytes("all applied") }],
        outputs: [],
        checkpoint: [],
        position: { sources: { [events]: 300, [latest]: 60 }, at: plus(t0, 60) },
      });
    await log.close();
    const settings = await kafka();
    await copyLog({ from: path, to: settings });
    const copy = await openKafkaLog(settings);
    onTestFinished(() => copy.close());
    const ends = new Map<string, number>();
    for (const topic of [events, output, group.journal])
      for (let partition = 0; partition < partitions; partition++)
        ends.set(`${topic}/${partition}`, (await copy.offsets(topic, partition)).end);
    const admin = await administrator();
    for (const topic of [events, output, group.journal]) {
      await admin.fetchTopicOffsets(topic);
      const all = Array.from({ length: partitions }, (_, partition) => ({
        partition,
        offset: `${ends.get(`${topic}/${partition}`)}`,
      }));
      await admin.deleteTopicRecords({ topic, partitions: all });
    }
    expect((await copy.lag(group)).map(({ lag }) => lag)).toEqual(
      Array.from({ length: 2 * partitions }, () => 0),
    );
    for (const owned of await owning(copy, group)) {
      const { partition, position } = owned;
      expect(position?.sources[events]).toBe(ends.get(`${events}/${partition}`));
      expect(Object.keys(await restored(owned)).length).toBe(partition < 2 ? 17 : 0);
      const record = { topic: events, partition, key: "acme/u-1", timestamp: t0 };
      await copy.append([{ ...record, value: bytes("after") }]);
      expect(await unread(owned, 1, group.sources)).toMatchObject([[{ value: "after" }], []]);
    }
  },
);

test.skipIf(!ability.ok)(
  "a copy is refused, and writes nothing, where it would not be whole",
  {
    timeout: 60_000,
  },
  async () => {
    const mine = names();
    const { path, log } = await worked(mine);
    const settings = await kafka();
    const copying = () => copyLog({ from: path, to: settings });
    await expect(copying()).rejects.toThrow(`services run on it (${mine.group.service})`);
    await log.close();
    await expect(copyLog({ from: `${path}-other`, to: settings })).rejects.toThrow("does not exist");

    const target = await openKafkaLog(settings);
    onTestFinished(() => target.close());
    const there = new Set((await target.topics()).map(({ name }) => name));
    expect([...there].filter((name) => name.startsWith(mine.group.service.replace("service", "")))).toEqual(
      [],
    );
    await createTopics(target, mine);
    const record = { topic: mine.output, partition: 1, key: "acme/u-1", value: bytes("mine"), timestamp: t0 };
    await target.append([record]);
    await expect(copying()).rejects.toThrow(`topic ${mine.output} is not empty there`);
    expect((await target.offsets(mine.events, 0)).end).toBe(0);

    // What retention took before it was applied would be passed over in silence by a position that moves.
    const again = await openEmbeddedLog({ path, clock });
    await again.append([{ ...record, topic: mine.events, timestamp: plus(t0, 60_000) }]);
    await again.clean(plus(t0, 55_000));
    await again.close();
    await expect(copying()).rejects.toThrow(
      /stands at offset 200 of .*: records that were never applied are gone/,
    );
  },
);

for (const [point, events] of [
  ["behind the records", 1],
  ["among the states", 11],
] as const)
  test.skipIf(!ability.ok)(
    `on a copy that was cut off ${point} nobody starts`,
    {
      timeout: 60_000,
    },
    async () => {
      const mine = names();
      const { path, log } = await worked(mine);
      await log.close();
      const settings = await kafka();
      let left = events;
      const progress = (): void => {
        if (--left === 0) throw new Error("cut off");
      };
      const copying = copyLog({ from: path, to: settings, progress });
      await expect(copying).rejects.toThrow("delete the copied topics on Kafka, then copy again");
      const copy = await openKafkaLog(settings);
      onTestFinished(() => copy.close());
      const all = Promise.withResolvers<void>();
      const has = new Set<number>();
      const membership = await copy.join(mine.group, {
        assigned: (partition) => has.add(partition).size === partitions && all.resolve(),
        revoked: () => Promise.resolve(),
      });
      await all.promise;
      const fences = await Promise.allSettled([...has].map((partition) => membership.fence(partition)));
      const reason = { name: "CorruptLogError", message: expect.stringContaining("never finished") };
      expect(fences).toMatchObject(
        Array.from({ length: partitions }, () => ({ status: "rejected", reason })),
      );
    },
  );

test("the owners of an embedded log show beside the services that run on it", async () => {
  const mine = names();
  const { path, log } = await worked(mine);
  const owners = embeddedOwners(path);
  expect(owners.map(({ partition, epoch }) => [partition, epoch])).toEqual([
    [0, 1],
    [1, 1],
    [2, 1],
  ]);
  expect(owners[0]).toMatchObject({
    service: mine.group.service,
    journal: mine.group.journal,
    checkpoint: mine.group.checkpoint,
    position: { at: plus(t0, 50), sources: { [mine.events]: 200 } },
  });
  expect(owners.every(({ holder }) => holder !== null)).toBe(true);
  await log.close();
  expect(embeddedOwners(path).every(({ holder }) => holder === null)).toBe(true);
});
