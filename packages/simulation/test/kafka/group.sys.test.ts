import { instant } from "@hybrid/kernel";
import { openKafkaLog } from "@hybrid/log";
import { sharedKafka } from "@hybrid/tools/kafka-local";
import { expect, test } from "vitest";
import { last, until } from "../../src/kafka/index.ts";
import { expectFailover, expectSound, isLong, openStage } from "./faults.ts";

test("a rolling restart of three workers under load breaks nothing", async (context) => {
  const stage = await openStage(context, { broker: await sharedKafka(), partitions: 6 });
  stage.feed.start({ perSecond: 200 });
  const old = await stage.startAll({}, {}, {});
  for (const worker of old) {
    const given = stage.feed.count;
    expect(await worker.stop()).toEqual({ code: 0, signal: null });
    await expectFailover(stage, `SIGTERM of ${worker.owner}`);
    await stage.startAll({});
    await until({ what: "work", ms: 10_000 }, () => stage.feed.count > given + 100);
  }
  await expectSound(stage);
});

test("a storm of members that join and leave breaks nothing, and everything runs afterwards", async (context) => {
  // Goal: I1 to I5 over many generations. Method: members without a will of their own join every 300 ms, each
  // stays for 300 ms and gives back at once whatever it gets, while two workers work.
  const stage = await openStage(context, { broker: await sharedKafka() });
  stage.feed.start();
  await stage.startAll({}, {});
  const log = await openKafkaLog({
    brokers: [await sharedKafka()],
    clientId: "storm",
    clock: { now: () => instant(Date.now()) },
    sessionTimeoutMs: stage.times.sessionMs,
    rebalanceTimeoutMs: 2 * stage.times.sessionMs,
  });
  context.onTestFinished(() => log.close());
  const endsAt = performance.now() + (isLong ? 10_000 : 2_500);
  while (performance.now() < endsAt) {
    const passing = { assigned: () => undefined, revoked: () => Promise.resolve() };
    const member = await log.join(stage.group, passing);
    await last(300);
    await member.leave();
  }
  await expectFailover(stage, "a rebalance storm");
  await expectSound(stage);
});
