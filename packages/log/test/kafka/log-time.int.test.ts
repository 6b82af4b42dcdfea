import { days, instant } from "@hybrid/kernel";
import { expect, test } from "vitest";
import { batch, own, restored, stage, user } from "../../testing/contract/fixture.ts";
import { kafkaDriver } from "./kafka-driver.ts";

/** The broker runs on this machine; its clock and ours read the same, but not at the same moment. */
const slackMs = 1_000;

test("the log's time is the brokers', whatever clock the worker has, and asking changes nothing", async () => {
  /*
   * Goal: a worker with a wrong clock can find out. Method: its clock is a year ahead; the time is asked for
   *   right after the fence, before anything is restored, and between commits; then another owner looks.
   */
  const clock = { now: () => instant(Date.now() + days(365)) };
  const { log, group } = await stage(kafkaDriver({ clock, tailRecordsMax: 2 }), 1);
  const from = Date.now();
  const { player, owned } = await own(log, group);
  const times = [await owned.logTime()];
  await restored(owned);
  for (let n = 0; n < 5; n++) {
    await owned.commit(batch([[user(n), `state ${n}`]], {}));
    const [time] = await Promise.all([
      owned.logTime(),
      owned.commit(batch([[user(10 + n), `state ${n}`]], {})),
    ]);
    times.push(time);
  }
  const to = Date.now();
  for (const time of times) {
    expect(time).toBeGreaterThan(from - slackMs);
    expect(time).toBeLessThan(to + slackMs);
  }
  expect(times.toSorted((one, other) => (one ?? 0) - (other ?? 0))).toEqual(times);
  const next = await player.membership.fence(0);
  expect(Object.keys(await restored(next)).length).toBe(10);
  await expect(owned.logTime()).rejects.toThrow();
  expect(await next.logTime()).toBeGreaterThan(from - slackMs);
});
