import { sharedKafka } from "@hybrid/tools/kafka-local";
import { describe, expect, test } from "vitest";
import { type Fate, last, until } from "../../src/kafka/index.ts";
import { apiKeys } from "../../src/kafka/wire.ts";
import { atFrame, expectFailover, expectSound, figure, isLong, openStage } from "./faults.ts";

// They wait most of their time: all at once take hardly longer than one.
describe.concurrent("owners", () => {
  test("two workers that both believe to own every partition shut each other out", async (context) => {
    // Goal: I2 with two owners at once. Method: the second worker is in a group of its own on the same
    // topics, so that it fences what the first one has and goes on having.
    const stage = await openStage(context, { broker: await sharedKafka() });
    stage.feed.start();
    const [first] = await stage.startAll({});
    const twin = stage.start({ twin: true });
    const fenced = () =>
      first?.events.filter(
        ({ kind, ...event }) =>
          kind === "commitRejected" && "error" in event && event.error === "FencedError",
      ).length ?? 0;
    await until({ what: "refused commits", ms: 30_000 }, () => fenced() >= (isLong ? 12 : 4));
    await twin.stop();
    await expectFailover(stage, "a second owner");
    await expectSound(stage);
    const epochs = stage.events().flatMap((event) => (event.kind === "fenced" ? [event.epoch] : []));
    expect(Math.max(...epochs)).toBeGreaterThan(2);
  });

  test("a transaction that times out while the event loop stands still is made again, once", async (context) => {
    // Goal: a stalled worker keeps its membership and loses its transaction. Method: the answer to a produce
    // request is held back until the worker has begun to do nothing else; the broker aborts the transaction.
    const times = { sessionMs: 30_000, transactionMs: isLong ? 3_000 : 1_000 };
    const stage = await openStage(context, { broker: await sharedKafka(), times });
    const wire = await stage.openWire();
    stage.feed.start();
    const [worker] = await stage.startAll({ wirePort: wire.port });
    const stallMs = isLong ? 12_000 : 3_500;
    await atFrame(wire, { direction: "answer", apiKey: apiKeys.produce }, async (): Promise<Fate> => {
      worker?.order({ kind: "stall", ms: stallMs });
      await last(500);
      return "pass";
    });
    await last(stallMs);
    await expectFailover(stage, "a transaction that timed out");
    await expectSound(stage);
    const refused = worker?.events.filter((event) => event.kind === "commitRejected") ?? [];
    expect(refused.length).toBeGreaterThan(0);
  });

  test.runIf(isLong)(
    "a worker that does nothing else for 12 s in a step loses its session and breaks nothing",
    async (context) => {
      const stage = await openStage(context, { broker: await sharedKafka() });
      stage.feed.start();
      const stalled = stage.start({
        fuse: { phase: "afterStep", times: 10, deed: "stall", stallMs: 12_000 },
      });
      const other = stage.start();
      await until({ what: "the stall", ms: 30_000 }, () => stalled.hasBlown);
      const tookMs = await until(
        { what: "the takeover", ms: 40_000 },
        () => other.status?.owned.length === stage.partitions,
      );
      figure("recovery after a stall in a step", tookMs);
      const shareOf = (): number => stalled.status?.owned.length ?? 0;
      await until(
        { what: "the stalled worker's share", ms: 60_000 },
        () => stage.isRunning() && shareOf() > 0,
      );
      await expectSound(stage);
    },
  );
});
