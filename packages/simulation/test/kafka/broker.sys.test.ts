import { type KafkaBroker, startKafka } from "@hybrid/tools/kafka-local";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Stamped } from "../../src/index.ts";
import { type Fate, type KafkaStage, last, until, type WorkerProcess } from "../../src/kafka/index.ts";
import { atFrame, endTxn, expectFailover, expectSound, isLong, openStage } from "./faults.ts";

let broker: KafkaBroker;

beforeAll(async () => {
  broker = await startKafka();
}, 120_000);

afterAll(() => broker.stop());

const address = (): string => broker.brokers[0] ?? "";

/** Everybody has worked again after what happened at `given` orders. */
const expectWork = async (stage: KafkaStage, given: number): Promise<void> => {
  await until({ what: "work after the fault", ms: 60_000 }, () => stage.feed.count > given + 50);
};

test("a broker that is killed and started again loses nothing that was acknowledged", async (context) => {
  const stage = await openStage(context, { broker: address() });
  stage.feed.start();
  await stage.startAll({}, {});
  const given = stage.feed.count;
  await broker.kill("SIGKILL");
  await broker.restart();
  await expectWork(stage, given);
  await expectFailover(stage, "kill -9 of the broker and its restart");
  await expectSound(stage);
});

test(`a broker that is out of reach for ${isLong ? 30 : 8} s is waited for`, async (context) => {
  const stage = await openStage(context, { broker: address() });
  stage.feed.start();
  const [first] = await stage.startAll({}, {});
  await broker.pause();
  await last(isLong ? 30_000 : 8_000);
  await broker.resume();
  const given = stage.feed.count;
  await expectWork(stage, given);
  await expectFailover(stage, "a broker out of reach");
  expect(first?.isAlive).toBe(true);
  await expectSound(stage);
});

/** Whether the journal of a commit is in the log at the end. */
const isThere = (events: readonly Stamped[], commitId: string): boolean => {
  const asked = events.find((event) => event.kind === "commitStarted" && event.commitId === commitId);
  const [first] = asked?.kind === "commitStarted" ? asked.batch.journal : [];
  return events.some(
    (event) =>
      event.kind === "partitionRead" &&
      event.records.some(
        ({ key, value }) =>
          key === first?.key && value && first?.value && Buffer.compare(value, first.value) === 0,
      ),
  );
};

const lostWords = [
  ["when the request has arrived and nobody has heard the answer", endTxn.answer, true],
  ["before the request arrives", endTxn.request, false],
] as const;

test.for(isLong ? lostWords : lostWords.slice(0, 1))(
  "a coordinator that is gone at the end of a transaction, %s, is survived",
  async ([, frame, wasHeard], context) => {
    // Goal: the unknown outcome. Method: the line stops a transaction's end, or its answer, and the broker is
    // killed; what the worker was refused is there or not as the next owner's position says.
    const stage = await openStage(context, { broker: address() });
    const wire = await stage.openWire();
    stage.feed.start();
    const [worker] = await stage.startAll({ wirePort: wire.port });
    await atFrame(wire, frame, async (): Promise<Fate> => {
      await broker.kill("SIGKILL");
      return "drop";
    });
    wire.cut();
    const given = stage.feed.count;
    await broker.restart();
    await expectWork(stage, given);
    await expectFailover(stage, `a coordinator that is gone at the ${frame.direction} of EndTxn`);
    await expectSound(stage);
    const refused = worker?.events.filter((event) => event.kind === "commitRejected") ?? [];
    const unknown = refused.filter((event) => event.unknown).map(({ commitId }) => commitId);
    expect(unknown.map((commitId) => isThere(stage.events(), commitId))).toContain(wasHeard);
  },
);

test.runIf(isLong)(
  "a slow broker is waited for, and a line that is dead with its connections open is given up",
  async (context) => {
    // Goal: delays and half-open connections. Method: every request and answer of one worker takes 50 to
    // 500 ms for a while; then its line dies without a word until the other one has all, and revives.
    const stage = await openStage(context, { broker: address(), times: { sessionMs: 6_000 } });
    const wire = await stage.openWire();
    stage.feed.start({ perSecond: 50 });
    const [slow, other] = await stage.startAll({ wirePort: wire.port }, {});
    const shareOf = (worker?: WorkerProcess): number => worker?.status?.owned.length ?? 0;
    wire.delayMs = [50, 500];
    await last(10_000);
    expect(shareOf(slow)).toBeGreaterThan(0);
    wire.delayMs = [0, 0];
    wire.dead = true;
    await until({ what: "the takeover", ms: 30_000 }, () => shareOf(other) === stage.partitions);
    wire.dead = false;
    await until(
      { what: "the slow worker's share", ms: 30_000 },
      () => stage.isRunning() && shareOf(slow) > 0,
    );
    await expectSound(stage);
  },
);
