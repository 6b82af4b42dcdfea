import { actorIdOf } from "@hybrid/kernel";
import { sharedKafka } from "@hybrid/tools/kafka-local";
import { describe, expect, test } from "vitest";
import { type Fate, until, type WorkerFuse } from "../../src/kafka/index.ts";
import { atFrame, endTxn, expectFailover, expectSound, figure, isLong, openStage } from "./faults.ts";

/** The steps of the loop; without HYBRID_LONG the one where most is under way. */
const phases: readonly WorkerFuse["phase"][] = isLong
  ? ["beforeDecode", "afterStep", "beforeAppend", "afterAppend", "beforeCall", "afterCall", "beforeOutcome"]
  : ["afterAppend"];

const wireFaults = [
  ["before it hears that a transaction has ended", endTxn.answer],
  ["before the end of a transaction leaves it", endTxn.request],
] as const;

// Most of the time nothing happens but that a session runs out: several at once cost little more than one.
describe.concurrent("kill -9 of a worker", () => {
  test.for(phases)("at %s breaks no invariant", async (phase, context) => {
    // Goal: I1 to I6 on Kafka when a process dies at this step of the loop, and the failover time.
    // Method: two workers under load, one of which kills itself at its tenth arrival at the step.
    const stage = await openStage(context, { broker: await sharedKafka() });
    stage.feed.start();
    const doomed = stage.start({ fuse: { phase, times: 10, deed: "kill" } });
    stage.start();
    expect(await doomed.ended).toEqual({ code: null, signal: "SIGKILL" });
    await expectFailover(stage, `kill -9 at ${phase}`);
    await expectSound(stage);
  });

  test.for(isLong ? wireFaults : wireFaults.slice(0, 1))(
    "%s breaks no invariant",
    async ([, frame], context) => {
      const stage = await openStage(context, { broker: await sharedKafka() });
      const wire = await stage.openWire();
      stage.feed.start();
      const [doomed] = await stage.startAll({ wirePort: wire.port }, {});
      await atFrame(wire, frame, async (): Promise<Fate> => {
        await doomed?.kill();
        return "drop";
      });
      await expectFailover(stage, `kill -9 at the ${frame.direction} of EndTxn`);
      await expectSound(stage);
    },
  );

  test("one after the other, each started again at once under its instance id, waits for no session", async (context) => {
    // Goal: I1 to I6, and the time until all partitions run, when workers come back to their own places.
    // Method: a session of a minute, three workers under load; each is killed and started again at once.
    const sessionMs = 60_000;
    const times = { sessionMs, transactionMs: 10_000, requestMs: 8_000 };
    const stage = await openStage(context, { broker: await sharedKafka(), times });
    const names = ["pod-1", "pod-2", "pod-3"];
    let workers = await stage.startAll(...names.map((instanceId) => ({ instanceId })));
    stage.feed.start();
    for (const instanceId of names) {
      const given = stage.feed.count;
      await until({ what: "some orders", ms: 10_000 }, () => stage.feed.count > given + 20);
      const doomed = workers.find(({ config }) => config.instanceId === instanceId);
      await doomed?.kill();
      workers = [...workers.filter((each) => each !== doomed), stage.start({ instanceId })];
      const ms = await stage.recovered(sessionMs);
      figure("recovery after kill -9 and start under its instance id", ms);
      expect(ms).toBeLessThan(sessionMs / 2);
    }
    await expectSound(stage);
  });

  test.runIf(isLong)(
    "in a call that is not safe to repeat makes the heir wait for its end",
    async (context) => {
      // Goal: the wait of 30 s after a takeover. Method: the only worker dies while it makes an audit, which
      // the outside draws out; its heir makes it again, no sooner than after the first one's hard deadline.
      const stage = await openStage(context, { broker: await sharedKafka() });
      stage.outside.takesMs = 60_000;
      const [doomed] = await stage.startAll({});
      await stage.feed.give([actorIdOf("acme/u-1"), { kind: "audit", id: "a1" }]);
      await until({ what: "the audit", ms: 10_000 }, () => stage.outside.calls.length === 1);
      await doomed?.kill();
      stage.outside.takesMs = 0;
      await stage.startAll({});
      stage.feed.start({ perSecond: 20 });
      await until({ what: "some more orders", ms: 10_000 }, () => stage.feed.count > 20);
      await expectSound(stage);
      const [before, after] = stage.outside.calls.filter(({ kind }) => kind === "audit");
      expect(after?.callId).toBe(before?.callId);
      expect((after?.startedAt ?? 0) - (before?.startedAt ?? 0)).toBeGreaterThan(30_000);
    },
  );
});
