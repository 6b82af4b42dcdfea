import { expect, test, vi } from "vitest";
import { type Log, OffsetOutOfRangeError } from "../../src/index.ts";
import type { Cluster } from "../../src/kafka/client/cluster.ts";
import { TransactionalWriter } from "../../src/kafka/partition/transactional-writer.ts";
import {
  batch,
  bytes,
  join,
  never,
  own,
  plenty,
  readerOf,
  record,
  restored,
  stage,
  t0,
  text,
  user,
} from "../../testing/contract/fixture.ts";
import { administrator, kafkaDriver, sideCluster } from "./kafka-driver.ts";

const patience = { timeout: 15_000, interval: 20 };

/** As retention does it: everything is gone, and the log starts at its end. */
const removeAll = async (log: Log, topic: string): Promise<number> => {
  const { end } = await log.offsets(topic, 0);
  const admin = await administrator();
  await admin.fetchTopicOffsets(topic);
  await admin.deleteTopicRecords({ topic, partitions: [{ partition: 0, offset: String(end) }] });
  expect(await log.offsets(topic, 0)).toEqual({ start: end, end });
  return end;
};

/** Leaves a transaction behind that was never committed, and the marker that says so. */
const abortOne = async (cluster: Cluster, topic: string): Promise<void> => {
  const identity = { transactionalId: `aborts-${topic}`, lane: "side" };
  const writer = await TransactionalWriter.fence(cluster, identity);
  const shipment = { topic, partition: 0, records: [{ key: "k", value: bytes("aborted"), timestamp: t0 }] };
  const check = (): never => {
    throw new Error("not to be committed");
  };
  await expect(writer.commit([shipment], { check })).rejects.toThrow("not to be committed");
  await TransactionalWriter.fence(cluster, identity);
};

/** A source that another service writes by transactions, and a service that has applied all of it. */
const applied = async (idleFlushMs = 60_000) => {
  const opened = await stage(kafkaDriver({ idleFlushMs }), 1);
  const { log, names, group } = opened;
  const writer = await own(log, { ...group, sources: [names.other] });
  const emit = (value: string) =>
    writer.owned.commit(batch([], {}, { outputs: [record(names.source, value)] }));
  await emit("a");
  await emit("b");
  const reader = await readerOf(log, names.source);
  const { player, owned } = await own(log, reader);
  const polled = [];
  while (polled.length < 2) polled.push(...(await owned.poll(plenty, never())));
  const last = polled.at(-1);
  // As a reader that knows nothing of markers has it.
  await owned.commit(batch([[user(1), "both"]], { [names.source]: (last?.offset ?? -1) + 1 }));
  return { ...opened, reader, player, owned, emit, source: names.source };
};

test("a service whose source fell silent goes on after retention has taken everything", async () => {
  const { log, second, reader, player, emit, source } = await applied();
  await player.membership.leave();
  const end = await removeAll(log, source);
  expect(await log.lag(reader)).toMatchObject([{ nextOffset: end, lag: 0 }]);
  const other = await second();
  const next = await join(other, reader);
  await next.until((has) => has.has(0));
  const again = await next.membership.fence(0);
  expect(again.position?.sources).toEqual({ [source]: end });
  expect(await restored(again)).toEqual({ [user(1)]: "both" });
  const polling = again.poll(plenty, never());
  await emit("c");
  expect((await polling).map(({ value }) => text(value))).toEqual(["c"]);
});

for (const [when, idleFlushMs] of [
  ["after a while", 100],
  ["by an owner that leaves", 60_000],
] as const)
  test(`while nothing but markers arrives the position is kept up ${when}`, async () => {
    const { log, second, reader, player, owned, source } = await applied(idleFlushMs);
    const polling = owned.poll(plenty, never());
    await abortOne(await sideCluster(), source);
    const { end } = await log.offsets(source, 0);
    const nextOffset = async (of: Log) => (await of.lag(reader))[0]?.nextOffset;
    await vi.waitFor(async () => expect(await nextOffset(log)).toBe(end), patience);
    const other = await second();
    if (idleFlushMs > 1_000) await player.membership.leave();
    // Who does not own the partition reads it from what is durable.
    await vi.waitFor(async () => expect(await nextOffset(other)).toBe(end), patience);
    if (idleFlushMs <= 1_000) await player.membership.leave();
    await polling;
    await removeAll(log, source);
    expect(await other.lag(reader)).toMatchObject([{ nextOffset: end, lag: 0 }]);
    const next = await join(other, reader);
    await next.until((has) => has.has(0));
    const again = await next.membership.fence(0);
    await restored(again);
    const after = again.poll(plenty, never());
    await log.append([record(source, "after")]);
    expect((await after).map(({ value }) => text(value))).toEqual(["after"]);
  });

test("what was polled and not applied is never passed, whatever is kept up", async () => {
  const { log, reader, player, owned, emit, source } = await applied(50);
  const before = await log.lag(reader);
  await emit("c");
  expect((await owned.poll(plenty, never())).map(({ value }) => text(value))).toEqual(["c"]);
  void owned.poll(plenty, never());
  await abortOne(await sideCluster(), source);
  await owned.commit(batch([[user(2), "two"]], {}));
  expect(await log.lag(reader)).toMatchObject([{ nextOffset: before[0]?.nextOffset, lag: 1 }]);
  const again = await player.membership.fence(0);
  await restored(again);
  expect((await again.poll(plenty, never())).map(({ value }) => text(value))).toEqual(["c"]);
});

test("records that somebody removed before they were applied are a gap, and lag does not hide behind an error", async () => {
  const { log, reader, player, emit, source } = await applied();
  await player.membership.leave();
  await emit("never applied");
  await removeAll(log, source);
  expect(await log.lag(reader)).toMatchObject([{ lag: 0 }]);
  const next = await join(log, reader);
  await next.until((has) => has.has(0));
  const again = await next.membership.fence(0);
  await restored(again);
  const polling = again.poll(plenty, never());
  await expect(polling).rejects.toBeInstanceOf(OffsetOutOfRangeError);
  await expect(polling).rejects.toThrow(`topic ${source}, partition 0`);
});
