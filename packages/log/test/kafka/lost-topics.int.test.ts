import { instant } from "@hybrid/kernel";
import { expect, test, vi } from "vitest";
import { CorruptLogError, type GroupSettings, type Log, OffsetOutOfRangeError } from "../../src/index.ts";
import {
  batch,
  join,
  never,
  own,
  type Player,
  plenty,
  record,
  restored,
  type Stage,
  stage,
  text,
  user,
} from "../../testing/contract/fixture.ts";
import { administrator, kafkaDriver, recreate } from "./kafka-driver.ts";

const remove = async (topic: string, below: number): Promise<void> => {
  const partitions = [{ partition: 0, offset: String(below) }];
  const admin = await administrator();
  // kafkajs looks the leader up in what it knows already.
  await admin.fetchTopicOffsets(topic);
  await admin.deleteTopicRecords({ topic, partitions });
};

const memberOf = async (log: Log, group: GroupSettings): Promise<Player> => {
  const player = await join(log, group);
  await player.until((has) => has.has(0));
  return player;
};

/** A service that has worked: two actors, a position of 2 in its source; its worker has gone. */
const worked = async (): Promise<Stage> => {
  const opened = await stage(kafkaDriver({ transactionTimeoutMs: 2_000 }), 1);
  const { log, names, group } = opened;
  await log.append(["a", "b", "c", "d"].map((value) => record(names.source, value)));
  const { player, owned } = await own(log, group);
  await owned.commit(batch([[user(1), "one"]], { [names.source]: 1, [names.other]: 0 }));
  await owned.commit(batch([[user(2), "two"]], { [names.source]: 2, [names.other]: 0 }));
  await player.membership.leave();
  return opened;
};

/** What a new worker's fence says. */
const expectRefused = async ({ reopen, group }: Stage, topic: string): Promise<void> => {
  const player = await memberOf(await reopen(), group);
  const fencing = player.membership.fence(0);
  await expect(fencing).rejects.toBeInstanceOf(CorruptLogError);
  await expect(fencing).rejects.toThrow(topic);
  // It does not begin with empty states the next time either.
  await expect(player.membership.fence(0)).rejects.toBeInstanceOf(CorruptLogError);
};

test("retention takes what is old, and a position below the start is an error that names the gap", async () => {
  const { log, names, group } = await stage(kafkaDriver(), 1);
  const expiring = { ...group, sources: [names.expiring, names.other] };
  const { player, owned } = await own(log, expiring);
  const long = instant(1_500_000_000_000);
  await log.append(["a", "b"].map((value) => record(names.expiring, value, { timestamp: long })));
  await owned.commit(batch([[user(1), "one"]], { [names.expiring]: 1 }));
  await vi.waitFor(async () => expect((await log.offsets(names.expiring, 0)).start).toBe(2), {
    timeout: 30_000,
    interval: 100,
  });
  await log.append([record(names.expiring, "c"), record(names.other, "d")]);
  const again = await player.membership.fence(0);
  expect(await restored(again)).toEqual({ [user(1)]: "one" });
  const gap = `offset 1 of topic ${names.expiring}, partition 0, is not in the log, which holds 2 to 3`;
  // What another source has may be polled before; the gap is not passed, however often somebody asks.
  const failing = async (): Promise<never> => {
    for (;;) {
      const polled = await again.poll(plenty, never());
      expect(polled.map(({ value }) => text(value))).toEqual(["d"]);
    }
  };
  for (let time = 0; time < 3; time++) {
    const polling = failing();
    await expect(polling).rejects.toBeInstanceOf(OffsetOutOfRangeError);
    await expect(polling).rejects.toThrow(gap);
  }
  const read = log.read({ topic: names.expiring, partition: 0, offset: 0, ...plenty });
  await expect(read).rejects.toBeInstanceOf(OffsetOutOfRangeError);
});

test("records taken from a source while it is polled are an error, not a gap that is passed", async () => {
  const { log, names, group } = await stage(kafkaDriver(), 1);
  await log.append(["a", "b", "c"].map((value) => record(names.source, value)));
  const { player, owned } = await own(log, group);
  await owned.commit(batch([], { [names.source]: 0, [names.other]: 0 }));
  await remove(names.source, 2);
  const again = await player.membership.fence(0);
  await restored(again);
  await expect(again.poll(plenty, never())).rejects.toThrow(
    `offset 0 of topic ${names.source}, partition 0, is not in the log, which holds 2 to 3`,
  );
});

test("a journal that has lost records of its tail stops the partition", async () => {
  const opened = await worked();
  const tail = await opened.log.read({ topic: opened.group.journal, partition: 0, offset: 0, ...plenty });
  await remove(opened.group.journal, (tail.records[0]?.offset ?? 0) + 1);
  await expectRefused(opened, `${opened.group.journal} begins at offset 1`);
});

test("a journal that has lost all below its tail, to the last offset, loses no state", async () => {
  const { log, names, group, reopen } = await stage(kafkaDriver({ tailRecordsMax: 1 }), 1);
  const { player, owned } = await own(log, group);
  for (let n = 1; n <= 5; n++)
    await owned.commit(batch([[user(n), `state ${n}`]], { [names.source]: n, [names.other]: 0 }));
  await player.membership.leave();
  const { records } = await log.read({ topic: group.journal, partition: 0, offset: 0, ...plenty });
  await remove(group.journal, records.at(-1)?.offset ?? -1);
  const again = await (await memberOf(await reopen(), group)).membership.fence(0);
  expect(Object.keys(await restored(again))).toHaveLength(5);
});

test("a checkpoint topic that was recreated stops the partition", async () => {
  const opened = await worked();
  await recreate(opened.log, opened.group.checkpoint);
  await expectRefused(opened, `${opened.group.checkpoint} holds no position record`);
});

test("a journal topic that was recreated stops the partition", async () => {
  const opened = await worked();
  await recreate(opened.log, opened.group.journal);
  await expectRefused(opened, `${opened.group.journal} ends at offset 0`);
});

test("journal and checkpoint both recreated stop the partition, because the group has worked", async () => {
  const opened = await worked();
  await recreate(opened.log, opened.group.journal);
  await recreate(opened.log, opened.group.checkpoint);
  await expectRefused(opened, "the service has worked before");
});

test("a source that was recreated stops the partition: its position is beyond the end", async () => {
  const { log, names, group, reopen } = await worked();
  await recreate(log, names.source);
  const reopened = await reopen();
  await reopened.append([record(names.source, "new")]);
  const { membership } = await memberOf(reopened, group);
  const owned = await membership.fence(0);
  expect(await restored(owned)).toEqual({ [user(1)]: "one", [user(2)]: "two" });
  const polling = owned.poll(plenty, never());
  await expect(polling).rejects.toBeInstanceOf(OffsetOutOfRangeError);
  await expect(polling).rejects.toThrow(`offset 2 of topic ${names.source}`);
});

test("a source that was recreated and has grown beyond the position stops the partition all the same", async () => {
  const { log, names, group, reopen } = await worked();
  await recreate(log, names.source);
  const reopened = await reopen();
  await reopened.append(["x", "y", "z"].map((value) => record(names.source, value)));
  const { membership } = await memberOf(reopened, group);
  // Neither this owner nor a later one reads on in what it takes for the former topic.
  for (let time = 0; time < 2; time++) {
    const owned = await membership.fence(0);
    expect(Object.keys(await restored(owned))).toHaveLength(2);
    await owned.commit(batch([[user(1), `still here ${time}`]], {}));
    for (let poll = 0; poll < 2; poll++) {
      const polling = owned.poll(plenty, never());
      await expect(polling).rejects.toBeInstanceOf(OffsetOutOfRangeError);
      await expect(polling).rejects.toThrow(
        `offset 2 of topic ${names.source}, partition 0, is of a topic that`,
      );
    }
  }
});

for (const lost of ["journal", "checkpoint"] as const)
  test(`a ${lost} topic that is recreated under its owner takes nothing of it, and no other owner starts`, async () => {
    const { log, names, group } = await stage(kafkaDriver({ transactionTimeoutMs: 2_000 }), 1);
    const { player, owned } = await own(log, group);
    for (let n = 0; n < 5; n++)
      await owned.commit(batch([[user(n), `state ${n}`]], { [names.source]: n, [names.other]: 0 }));
    await recreate(log, group[lost]);
    const commit = owned.commit(batch([[user(9), "late"]], { [names.source]: 9, [names.other]: 0 }));
    await expect(commit).rejects.toBeInstanceOf(CorruptLogError);
    await expect(commit).rejects.toThrow(`${group[lost]} ends at offset 0`);
    await vi.waitFor(() => expect(player.membership.fence(0)).rejects.toBeInstanceOf(CorruptLogError), {
      timeout: 20_000,
      interval: 10,
    });
    const { records } = await log.read({ topic: group.journal, partition: 0, offset: 0, ...plenty });
    expect(records.map(({ value }) => text(value))).not.toContain("late");
  });
