import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { hours, plus } from "@hybrid/kernel";
import { LogFullError, LogUnavailableError } from "@hybrid/log";
import { expect, onTestFinished, test } from "vitest";
import { phases } from "../src/choices.ts";
import { Stage, type Worker } from "../src/index.ts";
import { alice, bob, carol, partitions, publishWork } from "./accounts.ts";

const places = phases.flatMap((phase) => [1, 2, 3].map((times) => [phase, times] as const));

/** Small batches, so that every phase comes often. */
const limits = { recordsPerBatchMax: 2 };

test.each(places)("a process that dies at %s, time %i, breaks no invariant", async (phase, times) => {
  // Goal: I1 to I6 across a crash at every step of the loop.
  // Method: everything of the process freezes for ever at that step; the group finds out after the session
  // timeout and a new process takes over on the same log; the checker looks at the whole history.
  const stage = await Stage.open({ partitions });
  const first = stage.start({ limits, fuse: { phase, times, blow: (self) => self.kill() } });
  await publishWork(stage);
  expect(await stage.until(() => first.gate.dead)).toBe(true);
  stage.start({ limits });
  await stage.settle();
  await publishWork(stage);
  expect(await stage.conclude()).toEqual([]);
});

/** The first one sleeps at the phase; meanwhile a second one takes over and works; then the first wakes. */
const overtake = async (stage: Stage, sleeper: Worker, startSecond: () => Promise<Worker>): Promise<void> => {
  await publishWork(stage);
  expect(await stage.until(() => sleeper.gate.frozen)).toBe(true);
  const second = await startSecond();
  sleeper.expire();
  await stage.settle();
  expect(second.service?.partitionsOwned()).toHaveLength(partitions);
  await publishWork(stage);
  await stage.settle();
  sleeper.thaw();
  await stage.settle();
};

const fencedCommits = (stage: Stage): number =>
  stage.history.events.filter((event) => event.kind === "commitRejected" && event.error === "FencedError")
    .length;

test.each(places)(
  "a second owner that appears at %s, time %i, shuts the first one out",
  async (phase, times) => {
    // Goal: I2 when a second owner appears at any step, with all other invariants.
    // Method: the first owner sleeps there until a second one has done its work, then goes on where it stood.
    const stage = await Stage.open({ partitions });
    const sleeper = stage.start({ limits, fuse: { phase, times, blow: (self) => self.freeze() } });
    await overtake(stage, sleeper, async () => stage.start({ limits }));
    // Asleep before its append it must have been refused; asleep later it had nothing to append.
    const wasToAppend = phase === "beforeAppend" || phase === "afterStep";
    expect(fencedCommits(stage)).toBeGreaterThanOrEqual(wasToAppend ? 1 : 0);
    expect(await stage.conclude()).toEqual([]);
  },
);

test.each(phases)(
  "a second owner on a log of its own appears at %s and shuts the first one out",
  async (phase) => {
    const folder = mkdtempSync(join(tmpdir(), "hybrid-simulation-"));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const path = join(folder, "hybrid.log");
    const stage = await Stage.open({ partitions, path });
    const sleeper = stage.start({ limits, fuse: { phase, times: 1, blow: (self) => self.freeze() } });
    await overtake(stage, sleeper, async () => stage.start({ limits, log: await stage.openAgain(path) }));
    expect(await stage.conclude()).toEqual([]);
  },
);

test("a full disk and failing commits lose nothing and heal by themselves", async () => {
  const stage = await Stage.open({ partitions });
  stage.start({ limits });
  let commits = 0;
  stage.commitFault = () => (++commits % 3 === 0 ? new LogUnavailableError("the log is away") : undefined);
  await publishWork(stage);
  await stage.pass(120_000);
  stage.commitFault = () => new LogFullError("the disk is full");
  await publishWork(stage);
  await stage.pass(120_000);
  expect(stage.workers[0]?.service?.partitionsOwned().length).toBeLessThan(partitions);
  const refused = stage.history.events.filter(({ kind }) => kind === "commitRejected");
  expect(refused.length).toBeGreaterThan(10);
  expect(await stage.conclude()).toEqual([]);
});

test.each([1, -1])(
  "a clock that jumps by %i hours in the middle of the work breaks nothing",
  async (jump) => {
    const stage = await Stage.open({ partitions });
    stage.start({ limits });
    for (let round = 0; round < 3; round++) {
      await publishWork(stage);
      await stage.turns(5);
      stage.clock.jumpTo(plus(stage.clock.now(), hours(jump)));
      await stage.pass(30_000);
    }
    stage.workers[0]?.kill();
    stage.start({ limits });
    await publishWork(stage);
    expect(await stage.conclude()).toEqual([]);
  },
);

test("poison in the middle parks its actor, loses nothing, and keeps the order when it is retried and dropped", async () => {
  // Goal: I3 with parked actors over crashes. Method: two actors are parked, one by an order that becomes
  // possible later; both get more; the owner dies; operators retry the one and drop from the other.
  const stage = await Stage.open({ partitions });
  const first = stage.start({ limits });
  const later = plus(stage.clock.now(), 30_000);
  await stage.order(
    [bob, { kind: "break", id: "poison" }],
    [carol, { kind: "brittle", id: "early", from: later }],
  );
  await publishWork(stage);
  await stage.settle();
  expect(
    first.service
      ?.parked()
      .map(({ actor }) => actor)
      .sort(),
  ).toEqual([bob, carol].sort());
  first.kill();
  const second = stage.start({ limits });
  await stage.pass(60_000);
  await stage.control({ kind: "retryParked", actor: carol });
  await stage.control({ kind: "dropParked", actor: bob, all: false });
  await publishWork(stage);
  await stage.settle();
  expect(second.service?.parked().map(({ actor }) => actor)).toEqual([bob]);
  await stage.control({ kind: "dropParked", actor: bob, all: true });
  await stage.settle();
  expect(second.service?.parked()).toEqual([]);
  expect((await second.service?.stateOf(alice))?.state.steps).toBeGreaterThan(4);
  expect(await stage.conclude()).toEqual([]);
});

test("an account that is closed and used again never gives a call id twice, over a crash either", async () => {
  const stage = await Stage.open({ partitions });
  const first = stage.start();
  for (const round of ["1", "2"]) {
    await stage.order([alice, { kind: "pay", id: `pay ${round}`, cents: 1 }]);
    await stage.settle();
    await stage.order([alice, { kind: "close", id: `close ${round}` }]);
    await stage.settle();
  }
  first.kill({ noticedNow: true });
  stage.start();
  await stage.settle();
  await stage.order([alice, { kind: "pay", id: "pay 3", cents: 1 }]);
  await stage.settle();
  expect([...stage.world.asked.values()]).toEqual([1, 1, 1]);
  expect(await stage.conclude()).toEqual([]);
});

test("a worker that is killed while it sleeps is given up by its group, even when somebody tries to wake it", async () => {
  const stage = await Stage.open();
  const sleeper = stage.start();
  await stage.settle();
  sleeper.freeze();
  sleeper.kill();
  sleeper.thaw();
  stage.start();
  await stage.pass(10_000);
  expect(sleeper.expired).toBe(true);
  expect(await stage.conclude()).toEqual([]);
});
