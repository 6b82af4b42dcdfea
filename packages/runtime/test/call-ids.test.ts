import { journalTopic } from "@hybrid/contracts";
import { partitionOf } from "@hybrid/kernel";
import { expect, test } from "vitest";
import { readTopic } from "../testing/index.ts";
import { neighbours, partitions, startAt, Workbench } from "./workbench.ts";

const fetchAndClear = async (bench: Workbench, key: string, id: string): Promise<void> => {
  await bench.publish(key, { kind: "fetch", id });
  await bench.settle();
  await bench.publish(key, { kind: "clear" });
  await bench.settle();
};

test("no call id comes twice, however often actors end and come back, through restarts too", async () => {
  const { a, b } = neighbours();
  const bench = await Workbench.open();
  await bench.start();
  for (const [index, key] of [a, b, a, b, a].entries()) {
    await fetchAndClear(bench, key, `${index}`);
    if (index % 2 === 1) await bench.restart();
  }
  const ids = bench.world.requests.map(({ callId }) => callId);
  expect(ids).toHaveLength(5);
  expect(new Set(ids).size).toBe(5);
  await bench.close();
});

test("the numbering goes on behind the greatest number, in a log whose journal is shorter too", async () => {
  /*
   * Goal: call ids are unique for ever, also after a partition has moved to another log.
   * Method: what such a move leaves, made by hand: a position, no state, and a journal that begins at 0.
   */
  const { a } = neighbours();
  const partition = partitionOf(a, partitions);
  const bench = await Workbench.open();
  await bench.start();
  await bench.restart();
  const [service] = bench.running;
  await service?.stop();
  bench.running.clear();
  const given = Promise.withResolvers<void>();
  const topics = { journal: "ledger-journal", checkpoint: "ledger-checkpoint" };
  const sources = ["ledger-orders", "ledger-news", "ledger-control"];
  const membership = await bench.log.join(
    { service: "ledger", sources, ...topics, partitions },
    {
      assigned: (each) => each === partition && given.resolve(),
      revoked: () => Promise.resolve(),
    },
  );
  await given.promise;
  const owned = await membership.fence(partition);
  const position = { sources: {}, at: startAt, seqMax: 60 };
  await owned.commit({ journal: [], outputs: [], checkpoint: [], position });
  await owned.close();
  await membership.leave();

  await bench.start();
  for (const id of ["first", "second", "third"]) await fetchAndClear(bench, a, id);
  await bench.restart();
  await fetchAndClear(bench, a, "fourth");
  const numbers = bench.world.requests.map(({ callId }) => Number(callId.split("/").at(-2)));
  expect(numbers[0]).toBe(61);
  for (const [index, number] of numbers.slice(1).entries())
    expect(number).toBeGreaterThan(numbers[index] ?? Number.NaN);
  const records = await readTopic(bench.log, journalTopic("ledger").name, partitions);
  expect(records.length).toBeLessThan(60);
  await bench.close();
});
