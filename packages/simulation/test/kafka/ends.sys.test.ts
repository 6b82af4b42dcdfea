import { sharedKafka, startKafka } from "@hybrid/tools/kafka-local";
import { expect, test } from "vitest";
import { apiKeys } from "../../src/kafka/index.ts";
import { atFrame, expectFailover, expectSound, figure, isLong, openStage } from "./faults.ts";

test.runIf(isLong).for(["hangs", "is gone"] as const)(
  "a worker that is told to end while its broker %s is gone in less than ten seconds",
  async (how, context) => {
    const broker = await startKafka();
    context.onTestFinished(() => broker.stop());
    const stage = await openStage(context, { broker: broker.brokers[0] ?? "" });
    stage.feed.start();
    const [first] = await stage.startAll({}, {});
    if (how === "hangs") await broker.pause();
    else await broker.kill("SIGKILL");
    const startedAt = performance.now();
    const end = await first?.stop();
    const ms = performance.now() - startedAt;
    figure(`SIGTERM while the broker ${how}, code ${end?.code}`, ms);
    expect(ms).toBeLessThan(10_000);
    if (how === "hangs") await broker.resume();
    else await broker.restart();
    await expectFailover(stage, `SIGTERM while the broker ${how}`);
    await expectSound(stage);
  },
);

/** GROUP_AUTHORIZATION_FAILED of the protocol guide. */
const refused = 30;

/** In the answer to a heartbeat: behind length, correlation id and throttle time. */
const errorAt = 12;

test("a worker whom the group refuses for good ends with a code that is not zero", async (context) => {
  // Goal: no silence. Method: the line changes the answer to a heartbeat to the one that brokers give to
  // those who have lost their right to the group.
  const stage = await openStage(context, { broker: await sharedKafka() });
  const wire = await stage.openWire();
  stage.feed.start();
  const [refusedOne] = await stage.startAll({ wirePort: wire.port }, {});
  await atFrame(wire, { direction: "answer", apiKey: apiKeys.heartbeat }, ({ bytes }) => {
    const answer = Buffer.from(bytes);
    answer.writeInt16BE(refused, errorAt);
    return answer;
  });
  expect(await refusedOne?.ended).toEqual({ code: 1, signal: null });
  expect(refusedOne?.said).toContain("grant READ on the group");
  await expectFailover(stage, "a worker whom the group refuses");
  await expectSound(stage);
});
