import { type ActorId, plus } from "@hybrid/kernel";
import { ConfigResourceTypes } from "kafkajs";
import { expect, onTestFinished, test, vi } from "vitest";
import { FencedError, type Log, type LogRecord, type OwnedPartition } from "../../src/index.ts";
import { positionKey } from "../../src/kafka/partition/position-record.ts";
import { TransactionalWriter } from "../../src/kafka/partition/transactional-writer.ts";
import { batch, bytes, drain, own, restored, stage, t0, text, user } from "../../testing/contract/fixture.ts";
import { administrator, batchHeads, kafkaDriver, sideCluster } from "./kafka-driver.ts";

/**
 * Segments end by the records' own time; the broker's cleaner takes up whatever it may at once, or nothing as
 * long as `lagMs` is above 0 (the records are from the future).
 */
const cleaned = async (topic: string, tombstonesMs: number, lagMs = 0): Promise<void> => {
  const config = {
    "cleanup.policy": "compact",
    "message.timestamp.after.max.ms": "9223372036854775807",
    "segment.ms": "500",
    "min.cleanable.dirty.ratio": "0",
    "min.compaction.lag.ms": String(lagMs),
    "max.compaction.lag.ms": String(lagMs + 1),
    "delete.retention.ms": String(tombstonesMs),
  };
  const configEntries = Object.entries(config).map(([name, value]) => ({ name, value }));
  const admin = await administrator();
  await admin.alterConfigs({
    validateOnly: false,
    resources: [{ type: ConfigResourceTypes.TOPIC, name: topic, configEntries }],
  });
};

/** Commits in a time of its own, in which every commit ends a segment. */
const committer = () => {
  let commits = 0;
  const latest = new Map<ActorId, string | null>();
  const commit = async (
    owned: OwnedPartition,
    entries: readonly (readonly [ActorId, string | null])[],
  ): Promise<void> => {
    commits++;
    await owned.commit(batch(entries, {}, { position: { sources: {}, at: plus(t0, commits * 1_000) } }));
    for (const [key, value] of entries) latest.set(key, value);
  };
  const states = (): Readonly<Record<string, string>> =>
    Object.fromEntries([...latest].filter((entry): entry is [ActorId, string] => entry[1] !== null));
  return { commit, states };
};

/** What the checkpoint holds of actors. */
const actorRecords = async (log: Log, topic: string): Promise<readonly LogRecord[]> =>
  (await drain(log, topic)).filter(({ key }) => key !== positionKey);

const patience = { timeout: 40_000, interval: 100 };

test("a restore from a compacted checkpoint with empty batches yields exactly the latest states", async () => {
  /*
   * Goal: what the cleaner leaves is read rightly: gaps, tombstones that are gone, and the empty batches that
   *   it keeps for producers who may still come back (a change of owner after the transactional id expired).
   * Method: several owners, and in between producers with ids of their own whose records are all superseded;
   *   commits go on until the cleaner has come by, which the batch headers show.
   */
  const { log, group } = await stage(kafkaDriver({ tailRecordsMax: 0 }), 1);
  await cleaned(group.checkpoint, 0);
  const side = await sideCluster();
  const { commit, states } = committer();
  const { player, owned: first } = await own(log, group);
  let owned = first;
  for (let round = 0; round < 4; round++) {
    const entries = Array.from({ length: 30 }, (_, n) => [user(n), `${n} in ${round}`] as const);
    await commit(owned, entries);
    await commit(owned, [
      [user(round), null],
      [user(100 + round), `once in ${round}`],
    ]);
    const foreign = await TransactionalWriter.fence(side, {
      transactionalId: `${group.journal}-before-${round}`,
      lane: "side",
    });
    const stale = entries.map(([key]) => ({ key, value: bytes("stale"), timestamp: t0 }));
    await foreign.commit([{ topic: group.checkpoint, partition: 0, records: stale }]);
    owned = await player.membership.fence(0);
    await restored(owned);
    await commit(owned, entries);
    await commit(owned, [[user(round), null]]);
  }
  let turns = 0;
  await vi.waitFor(async () => {
    // Each one ends a segment and gives the cleaner something to do.
    await commit(owned, [[user(200), `turn ${turns++}`]]);
    const records = await actorRecords(log, group.checkpoint);
    expect(records.filter(({ value }) => value === null)).toEqual([]);
    expect(records.length).toBeLessThan(Object.keys(states()).length + 10);
    const heads = await batchHeads(side, group.checkpoint);
    expect(heads.filter(({ recordCount, control }) => recordCount === 0 && !control)).not.toEqual([]);
  }, patience);
  expect(states()).not.toHaveProperty([user(3)]);
  expect(await restored(await player.membership.fence(0))).toEqual(states());
}, 60_000);

test("a restore is right while the cleaner works in the same partition and others write on", async () => {
  /*
   * Goal: records that vanish between two fetches of a restore change nothing of what it yields.
   * Method: a checkpoint of several fetches; after the first one the restore is held until the cleaner has
   *   taken records away that it would have read next, while another partition's owner commits on.
   */
  const { log, group } = await stage(kafkaDriver({ tailRecordsMax: 0 }), 2);
  await cleaned(group.checkpoint, 3_600_000, 3_600_000);
  const { commit, states } = committer();
  const { player, owned } = await own(log, group);
  const neighbour = await player.membership.fence(1);
  await restored(neighbour);
  const long = "x".repeat(1_000);
  for (let round = 0; round < 30; round++)
    await commit(
      owned,
      Array.from({ length: 200 }, (_, n) => [
        user(n),
        (n + round) % 37 === 0 ? null : `${n} in ${round} ${long}`,
      ]),
    );
  const next = await player.membership.fence(0);
  const side = await sideCluster();
  const heldBefore = (await batchHeads(side, group.checkpoint)).reduce(
    (sum, each) => sum + each.recordCount,
    0,
  );
  const writing = new AbortController();
  let written = 0;
  onTestFinished(() => writing.abort());
  const others = (async () => {
    for (; !writing.signal.aborted; written++)
      await neighbour.commit(batch([[user(1_000 + written), "other"]], {}));
  })();
  const found: Record<string, string> = {};
  let chunks = 0;
  /** Lets the cleaner loose, and waits until it has taken most of the partition away. */
  const cleanNow = async (): Promise<void> => {
    await cleaned(group.checkpoint, 3_600_000);
    await vi.waitFor(async () => {
      const heads = await batchHeads(side, group.checkpoint);
      expect(heads.reduce((sum, each) => sum + each.recordCount, 0)).toBeLessThan(heldBefore / 2);
    }, patience);
  };
  for await (const chunk of next.restore()) {
    chunks++;
    if (chunks === 1) await cleanNow();
    for (const { key, value } of chunk)
      if (value === null) delete found[key];
      else found[key] = text(value);
  }
  writing.abort();
  await others;
  expect(chunks).toBeGreaterThan(1);
  expect(written).toBeGreaterThan(0);
  expect(found).toEqual(states());
  await expect(commit(owned, [[user(1), "zombie"]])).rejects.toBeInstanceOf(FencedError);
  expect(await restored(await player.membership.fence(0))).toEqual(states());
}, 60_000);

test("after a while without a commit everything is in the checkpoint, and no tail is left", async () => {
  const { log, group } = await stage(kafkaDriver({ idleFlushMs: 50 }), 1);
  const { commit, states } = committer();
  const { player, owned } = await own(log, group);
  for (let round = 0; round < 3; round++)
    await commit(
      owned,
      Array.from({ length: 50 }, (_, n) => [user(n * (round + 1)), `${n} in ${round}`]),
    );
  await commit(owned, [[user(2), null]]);
  await vi.waitFor(async () => {
    const latest = new Map((await actorRecords(log, group.checkpoint)).map(({ key, value }) => [key, value]));
    const held = [...latest].filter(([, value]) => value !== null).map(([key, value]) => [key, text(value)]);
    expect(Object.fromEntries(held)).toEqual(states());
  }, patience);
  const origins = new Set<string>();
  for await (const chunk of (await player.membership.fence(0)).restore())
    for (const { origin } of chunk) origins.add(origin);
  expect([...origins]).toEqual(["checkpoint"]);
});
