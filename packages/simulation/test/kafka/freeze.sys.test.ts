import { sharedKafka } from "@hybrid/tools/kafka-local";
import { expect, test } from "vitest";
import { type Fate, until } from "../../src/kafka/index.ts";
import { atFrame, endTxn, expectFailover, expectSound, isLong, openStage } from "./faults.ts";

test.runIf(isLong)(
  "a worker that is stopped while idle, longer than its session, is survived",
  async (context) => {
    const stage = await openStage(context, { broker: await sharedKafka() });
    const [sleeper] = await stage.startAll({}, {});
    sleeper?.freeze();
    await expectFailover(stage, "SIGSTOP while idle");
    stage.feed.start();
    await until({ what: "orders for the heir", ms: 10_000 }, () => stage.feed.count > 100);
    sleeper?.thaw();
    await stage.recovered();
    await expectSound(stage);
  },
);

test.runIf(isLong)(
  "a worker that is stopped before its append and wakes as a former owner is refused",
  async (context) => {
    // Goal: I2. Method: the worker stops itself before an append until the others have taken over and worked;
    // then it goes on and appends.
    const stage = await openStage(context, { broker: await sharedKafka() });
    stage.feed.start();
    const sleeper = stage.start({ fuse: { phase: "beforeAppend", times: 10, deed: "freeze" } });
    stage.start();
    await until({ what: "the stop", ms: 30_000 }, () => sleeper.hasBlown);
    sleeper.noteFrozen();
    await expectFailover(stage, "SIGSTOP before an append");
    const given = stage.feed.count;
    await until({ what: "orders for the heir", ms: 10_000 }, () => stage.feed.count > given + 50);
    sleeper.thaw();
    await until(
      { what: "the former owner's share", ms: 30_000 },
      () => (sleeper.status?.owned.length ?? 0) > 0,
    );
    await expectSound(stage);
    const refused = sleeper.events.filter((event) => event.kind === "commitRejected");
    expect(refused.map(({ error }) => error)).toContain("FencedError");
  },
);

test("a worker that is stopped in the middle of a transaction cannot end it any more", async (context) => {
  // Goal: I2 when the last word of a transaction arrives after the takeover. Method: the line holds the end
  // of a transaction back and the worker is stopped; both go on when the heir runs.
  const stage = await openStage(context, { broker: await sharedKafka() });
  const wire = await stage.openWire();
  stage.feed.start();
  const [sleeper] = await stage.startAll({ wirePort: wire.port }, {});
  await atFrame(wire, endTxn.request, async (): Promise<Fate> => {
    sleeper?.freeze();
    await expectFailover(stage, "SIGSTOP in a transaction");
    return "pass";
  });
  sleeper?.thaw();
  await until(
    { what: "the former owner's share", ms: 30_000 },
    () => (sleeper?.status?.owned.length ?? 0) > 0,
  );
  await expectSound(stage);
  const refused = sleeper?.events.filter((event) => event.kind === "commitRejected") ?? [];
  expect(refused.length).toBeGreaterThan(0);
});

test.runIf(isLong)("a worker that is stopped while it makes calls loses none of them", async (context) => {
  const stage = await openStage(context, { broker: await sharedKafka() });
  stage.outside.takesMs = 300;
  stage.feed.start();
  const [sleeper] = await stage.startAll({}, {});
  const under = () =>
    stage.outside.calls.filter(({ owner, endedAt }) => owner === sleeper?.owner && endedAt === null);
  await until({ what: "calls under way", ms: 10_000 }, () => under().length > 2);
  sleeper?.freeze();
  await expectFailover(stage, "SIGSTOP in calls");
  sleeper?.thaw();
  await stage.recovered();
  stage.outside.takesMs = 0;
  await expectSound(stage);
});
