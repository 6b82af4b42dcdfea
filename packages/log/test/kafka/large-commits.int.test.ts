import { sharedKafka } from "@hybrid/tools/kafka-local";
import { expect, test } from "vitest";
import { CommitTimedOutError, CommitTooLargeError, FencedError } from "../../src/index.ts";
import { batch, own, record, restored, stage, user, values } from "../../testing/contract/fixture.ts";
import { api, faultyWire } from "./faulty-wire.ts";
import { kafkaDriver } from "./kafka-driver.ts";

const state = (bytes: number): string => "x".repeat(bytes);

test("a commit that the brokers refuse for its size says so, and leaves nothing", async () => {
  const { log, names, group } = await stage(kafkaDriver(), 1);
  const { player, owned } = await own(log, group);
  const outputs = [record(names.output, state(1_500_000))];
  const commit = owned.commit(batch([[user(1), "one"]], { [names.source]: 1 }, { outputs }));
  await expect(commit).rejects.toBeInstanceOf(CommitTooLargeError);
  await expect(commit).rejects.toThrow("max.message.bytes");
  const again = await player.membership.fence(0);
  expect(await restored(again)).toEqual({});
  await again.commit(batch([[user(1), "smaller"]], { [names.source]: 1 }));
  expect(await values(log, group.journal)).toEqual(["smaller"]);
});

test("a commit whose answer does not come has timed out; one after a newer owner is fenced", async () => {
  /*
   * Goal: the two are told apart, so that only the former is made smaller.
   * Method: the answer to what is produced is swallowed; then another owner fences.
   */
  let isDeaf = false;
  const wire = await faultyWire(await sharedKafka(), ({ apiKey, bytes }) =>
    isDeaf && apiKey === api.produce ? "swallow" : bytes,
  );
  const { socketFactory } = wire;
  const { log, group } = await stage(kafkaDriver({ requestTimeoutMs: 1_500, socketFactory }), 1);
  const { player, owned } = await own(log, group);
  isDeaf = true;
  await expect(owned.commit(batch([[user(1), "one"]], {}))).rejects.toBeInstanceOf(CommitTimedOutError);
  isDeaf = false;
  const again = await player.membership.fence(0);
  expect(await restored(again)).toEqual({});
  const newer = await player.membership.fence(0);
  await expect(again.commit(batch([[user(1), "late"]], {}))).rejects.toBeInstanceOf(FencedError);
  await newer.close();
});

test("large states are carried to the checkpoint in bounded pieces, and a restore finds each one's latest", async () => {
  const bounds = { dirtyBytesMax: 2_000_000, restoreBytesMax: 1, idleFlushMs: 60_000 };
  const { log, group } = await stage(kafkaDriver(bounds), 1);
  const { player, owned } = await own(log, group);
  const expected: Record<string, string> = {};
  for (let n = 0; n < 40; n++) {
    const value = `${n}${state(200_000)}`;
    expected[user(n % 25)] = value;
    await owned.commit(batch([[user(n % 25), value]], {}));
    expect(player.membership.heldBytes?.().dirty).toBeLessThan(2_000_000);
  }
  expect(player.membership.heldBytes?.().dirty).toBeGreaterThan(200_000);
  const again = await player.membership.fence(0);
  // Both wait for the one place that restores have together.
  const [states, others] = await Promise.all([restored(again), restored(again)]);
  expect(states).toEqual(expected);
  expect(others).toEqual(expected);
  expect(player.membership.heldBytes?.().restores).toBe(0);
});
