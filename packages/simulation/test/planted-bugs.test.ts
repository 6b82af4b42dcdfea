import type { Log } from "@hybrid/log";
import { expect, test } from "vitest";
import { Stage, simulate, type Violation, type ViolationKind } from "../src/index.ts";
import { kindsOf, partitions, publishWork } from "./accounts.ts";
import * as planted from "./sabotage.ts";

interface Bug {
  readonly sabotage?: (log: Log) => Log;
  readonly misuse?: (log: Log) => Log;
}

type Run = (bug: Bug) => Promise<readonly Violation[]>;

/** All of the work at once. */
const oneLife: Run = async (bug) => {
  const stage = await Stage.open({ partitions, ...bug });
  await publishWork(stage);
  stage.start();
  return stage.conclude();
};

/** The work by a worker that leaves in good order, and once more by its heir. */
const twoLives: Run = async (bug) => {
  const stage = await Stage.open({ partitions, ...bug });
  const first = stage.start({ limits: { recordsPerBatchMax: 3 } });
  await publishWork(stage);
  await stage.settle();
  first.stop();
  await stage.pass(5_000);
  stage.start({ limits: { recordsPerBatchMax: 3 } });
  await stage.settle();
  await publishWork(stage);
  return stage.conclude();
};

/** The first owner dies when a call is ordered and not yet started. */
const deathBeforeCall: Run = async (bug) => {
  const stage = await Stage.open({ partitions, ...bug });
  const first = stage.start({ fuse: { phase: "beforeCall", times: 1, blow: (self) => self.kill() } });
  await publishWork(stage);
  expect(await stage.until(() => first.gate.dead)).toBe(true);
  return stage.conclude();
};

/** The first owner sleeps before its append until a second one has worked, then wakes and goes on. */
const zombie: Run = async (bug) => {
  const stage = await Stage.open({ partitions, ...bug });
  const first = stage.start({
    fuse: { phase: "beforeAppend", times: 2, blow: (self) => self.freeze() },
    limits: { recordsPerBatchMax: 2 },
  });
  await publishWork(stage);
  expect(await stage.until(() => first.gate.frozen)).toBe(true);
  stage.start();
  first.expire();
  await stage.settle();
  first.thaw();
  return stage.conclude();
};

test.each([
  ["oneLife", oneLife],
  ["twoLives", twoLives],
  ["deathBeforeCall", deathBeforeCall],
  ["zombie", zombie],
] as const)("without a planted bug the workload %s has no violation", async (_name, run) => {
  expect(await run({})).toEqual([]);
});

/** What is wrong, the workload that shows it, the bug, and what the checker must call it. */
const bugs: readonly (readonly [string, Run, Bug, readonly ViolationKind[]])[] = [
  ["skips the fence", zombie, { sabotage: planted.skipTheFence() }, ["fencedWrite"]],
  ["gives every owner the same epoch", twoLives, { sabotage: planted.repeatTheEpoch }, ["epochRepeated"]],
  ["skips the position record", twoLives, { sabotage: planted.skipThePosition }, ["tornBatch", "doubled"]],
  ["applies a record twice", oneLife, { sabotage: planted.pollTwice }, ["doubled"]],
  ["passes a record over", oneLife, { sabotage: planted.pollSkips }, ["lost"]],
  ["gives records in another order", oneLife, { sabotage: planted.pollReversed }, ["reordered"]],
  ["loses the tail of a restore", twoLives, { sabotage: planted.loseTheTail }, ["lostTail"]],
  ["does not keep the checkpoint", twoLives, { sabotage: planted.skipTheCheckpoint }, ["lostTail"]],
  ["acknowledges a commit and loses it", oneLife, { sabotage: planted.sayYesAndDrop(1) }, ["lostTail"]],
  ["alters states on the way", twoLives, { sabotage: planted.alterStates }, ["stateDiffers"]],
  ["refuses a commit and does it", oneLife, { sabotage: planted.sayNoAndDo() }, ["refusedVisible"]],
  ["drops the outputs of a batch", oneLife, { sabotage: planted.dropOutputs }, ["tornBatch"]],
  ["drops the end of a batch", oneLife, { sabotage: planted.dropJournalEnd }, ["tornBatch"]],
  ["writes outputs twice", oneLife, { sabotage: planted.doubleOutputs }, ["outputExtra"]],
  ["adds a record to the journal", oneLife, { sabotage: planted.addToJournal }, ["foreignRecord"]],
  ["forgets calls at a restore", deathBeforeCall, { sabotage: planted.forgetCalls }, ["lostCall"]],
  ["calls before the append", oneLife, { misuse: planted.doNotWaitForCommits }, ["callBeforeRecord"]],
  ["forgets to write outputs", oneLife, { misuse: planted.dropOutputs }, ["outputMissing"]],
  ["writes what no step orders", oneLife, { misuse: planted.doubleOutputs }, ["outputExtra"]],
];

test.each(bugs)("a core that %s is found out", async (_name, run, bug, kinds) => {
  const violations = await run(bug);
  expect(kindsOf(violations)).toEqual(expect.arrayContaining([...kinds]));
  for (const kind of kinds) {
    const found = violations.find((each) => each.kind === kind);
    expect(found?.message).toMatch(new RegExp(`^${found?.invariant} ${kind} \\(partition \\d`));
  }
});

const inRandomLives: readonly (readonly [string, () => Bug, ViolationKind])[] = [
  ["skips the fence", () => ({ sabotage: planted.skipTheFence() }), "fencedWrite"],
  ["skips the position record", () => ({ sabotage: planted.skipThePosition }), "doubled"],
  ["loses the tail of a restore", () => ({ sabotage: planted.loseTheTail }), "lostTail"],
  ["forgets calls at a restore", () => ({ sabotage: planted.forgetCalls }), "lostCall"],
  ["calls before the append", () => ({ misuse: planted.doNotWaitForCommits }), "callBeforeRecord"],
];

test.each(inRandomLives)(
  "the simulation finds a core that %s within twenty seeds",
  async (_name, bug, kind) => {
    let found = false;
    for (let seed = 1; seed <= 20 && !found; seed++)
      found = kindsOf((await simulate({ seed, ...bug() })).violations).includes(kind);
    expect(found).toBe(true);
  },
  30_000,
);
