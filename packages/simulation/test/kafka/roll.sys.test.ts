import { deadLetterTopic } from "@hybrid/contracts";
import { sharedKafka } from "@hybrid/tools/kafka-local";
import { describe, expect, test } from "vitest";
import type { BankRelease } from "../../src/bank/topics.ts";
import { type KafkaStage, kafkaBank, until, type WorkerProcess } from "../../src/kafka/index.ts";
import { expectSound, openStage } from "./faults.ts";

/** Replaces workers one after the other, each by one of another release that has its share first. */
const roll = async (stage: KafkaStage, old: readonly WorkerProcess[], release: BankRelease) => {
  const fresh: WorkerProcess[] = [];
  for (const worker of old) {
    fresh.push(...(await stage.startAll({ release })));
    await worker.stop();
    await stage.recovered();
  }
  return fresh;
};

const deadLettersOf = async ({ log, name, partitions }: KafkaStage): Promise<number> => {
  let count = 0;
  for (const origin of [`${name}-orders`, `${name}-rates`, name])
    for (let partition = 0; partition < partitions; partition++)
      count += (await log.offsets(deadLetterTopic(origin, [name]).name, partition)).end;
  return count;
};

/** Partitions in which a worker has journaled something. */
const writtenBy = ({ events }: WorkerProcess): ReadonlySet<number> =>
  new Set(
    events.flatMap((event) =>
      event.kind === "commitStarted" && event.batch.journal.length > 0 ? [event.partition] : [],
    ),
  );

describe.concurrent("releases", () => {
  test("three workers are rolled to the next release and back under load; nothing is lost, doubled or dead", async (context) => {
    // Goal: I1 to I5 while two releases work side by side. Method: as soon as the first new worker is there,
    // orders are written with the newer schema, and go on so while the older release comes back.
    const stage = await openStage(context, { broker: await sharedKafka(), newest: "next" });
    stage.feed.start();
    const first = await stage.startAll({}, {}, {});
    const pioneers = await roll(stage, first.slice(0, 1), "next");
    await stage.feed.writeAs(kafkaBank(stage.name, "next").topics);
    const given = stage.feed.count;
    await until({ what: "orders of the next release", ms: 30_000 }, () => stage.feed.count > given + 100);
    const second = [...pioneers, ...(await roll(stage, first.slice(1), "next"))];
    const third = await roll(stage, second, "first");
    for (const worker of third) expect(writtenBy(worker).size).toBeGreaterThan(0);
    await expectSound(stage);
    expect(await deadLettersOf(stage)).toBe(0);
  });

  test("partitions with newer states wait for a newer worker; older ones decline them and go on", async (context) => {
    // Goal: a rollback that cannot work does no harm. Method: a worker whose states have a newer version
    // works for a while and leaves older ones alone; later one of its release comes back.
    const stage = await openStage(context, { broker: await sharedKafka(), newest: "nextStates" });
    stage.feed.start({ noPosts: true });
    const older = await stage.startAll({}, {});
    const [newer] = await stage.startAll({ release: "nextStates" });
    const share = () => newer?.status?.owned ?? [];
    await until({ what: "newer states in all of its partitions", ms: 30_000 }, () => {
      const written = newer ? writtenBy(newer) : new Set<number>();
      return share().length > 0 && share().every((partition) => written.has(partition));
    });
    await newer?.stop();
    const taken = newer ? writtenBy(newer) : new Set<number>();
    const held = () => older.flatMap(({ status }) => status?.owned ?? []).toSorted((a, b) => a - b);
    const others = [0, 1, 2, 3].filter((partition) => !taken.has(partition));
    await until({ what: "the other partitions", ms: 30_000 }, () => held().join() === others.join());
    expect(older.every(({ isAlive }) => isAlive)).toBe(true);
    await stage.startAll({ release: "nextStates" });
    await stage.recovered();
    await expectSound(stage);
    expect(await deadLettersOf(stage)).toBe(0);
  });
});
