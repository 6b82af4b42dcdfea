import { randomUUID } from "node:crypto";
import { expect } from "vitest";
import type { GroupSettings, Log } from "../../src/index.ts";
import {
  batch,
  drain,
  join,
  never,
  own,
  plenty,
  record,
  restored,
  text,
  user,
} from "../../testing/contract/fixture.ts";

const topicsFor = (group: GroupSettings, output: string) => [
  ...[...group.sources, group.journal, output].map((name) => ({
    name,
    partitions: group.partitions,
    cleanup: "delete" as const,
    retentionMs: null,
  })),
  { name: group.checkpoint, partitions: group.partitions, cleanup: "compact" as const, retentionMs: null },
];

/** A group with topics of its own, created. */
export const groupOn = async (
  log: Log,
): Promise<{ readonly group: GroupSettings; readonly output: string }> => {
  const id = randomUUID().slice(0, 8);
  const service = `service-${id}`;
  const group: GroupSettings = {
    service,
    sources: [`source-${id}`],
    journal: `${service}-journal`,
    checkpoint: `${service}-checkpoint`,
    partitions: 1,
  };
  const output = `output-${id}`;
  await log.createTopics(topicsFor(group, output));
  return { group, output };
};

/**
 * The core of the log's contract in one go: create, append, read, join, fence, poll, commit, lose the
 * partition to a second member, restore.
 */
export const coreJourney = async (log: Log, second: Log): Promise<void> => {
  const { group, output } = await groupOn(log);
  const [source] = group.sources as readonly [string];
  expect(await log.append([record(source, "one"), record(source, "two")])).toEqual([0, 1]);
  const read = await log.read({ topic: source, partition: 0, offset: 0, ...plenty });
  expect(read.records.map(({ value }) => text(value))).toEqual(["one", "two"]);

  const { player, owned } = await own(log, group);
  const polled = await owned.poll(plenty, never());
  expect(polled.map(({ value }) => text(value))).toEqual(["one", "two"]);
  await owned.commit(batch([[user(1), "grown"]], { [source]: 2 }, { outputs: [record(output, "seen")] }));
  expect((await drain(log, output)).map(({ value }) => text(value))).toEqual(["seen"]);
  expect(await log.lag(group)).toMatchObject([{ topic: source, nextOffset: 2, lag: 0 }]);
  await player.membership.leave();

  const heir = await join(second, group);
  await heir.until((has) => has.has(0));
  const inherited = await heir.membership.fence(0);
  expect(inherited.epoch).toBe(owned.epoch + 1);
  expect(inherited.position?.sources).toEqual({ [source]: 2 });
  expect(await restored(inherited)).toEqual({ [user(1)]: "grown" });
  await heir.membership.leave();
};
