import type { Log } from "@hybrid/log";
import { sharedKafka } from "@hybrid/tools/kafka-local";
import { describe, expect, type TestContext, test } from "vitest";
import type { Violation, ViolationKind } from "../../src/index.ts";
import { type KafkaStage, until } from "../../src/kafka/index.ts";
import { kindsOf } from "../accounts.ts";
import * as planted from "../sabotage.ts";
import { isLong, openStage } from "./faults.ts";

interface Bug {
  readonly sabotage?: (log: Log) => Log;
  readonly misuse?: (log: Log) => Log;
}

type Run = (context: TestContext, bug: Bug) => Promise<readonly Violation[]>;

/** With a bug it may never come to rest; the wait ends after this time. */
const restMsMax = 3_000;

const conclude = (stage: KafkaStage, bug: Bug): Promise<readonly Violation[]> =>
  stage.conclude(bug.sabotage || bug.misuse ? { restMsMax } : {});

const someWork = async (stage: KafkaStage): Promise<void> => {
  const enough = stage.feed.count + 150;
  stage.feed.start({ perSecond: 200 });
  await until({ what: "the orders", ms: 20_000 }, () => stage.feed.count > enough);
  await stage.feed.stop();
};

const oneLife: Run = async (context, bug) => {
  const stage = await openStage(context, { broker: await sharedKafka() });
  await stage.startLocal({}, bug);
  await someWork(stage);
  return conclude(stage, bug);
};

/** Work by one who leaves in good order, and more by its heir. */
const twoLives: Run = async (context, bug) => {
  const stage = await openStage(context, { broker: await sharedKafka() });
  const first = await stage.startLocal({ limits: { recordsPerBatchMax: 20 } }, bug);
  await stage.recovered();
  await someWork(stage);
  await first.stop();
  await stage.startLocal({}, bug);
  await stage.recovered();
  await someWork(stage);
  return conclude(stage, bug);
};

/** The first owner sleeps before an append until another group's member has worked, and then goes on. */
const zombie: Run = async (context, bug) => {
  const stage = await openStage(context, { broker: await sharedKafka() });
  const awake = Promise.withResolvers<void>();
  let appends = 0;
  const observer = {
    at: (phase: string) => (phase === "beforeAppend" && ++appends >= 10 ? awake.promise : undefined),
  };
  await stage.startLocal({}, { ...bug, observer });
  await someWork(stage);
  await until({ what: "the sleep", ms: 10_000 }, () => appends >= 10);
  const heir = await stage.startLocal({ twin: true }, bug);
  await until({ what: "the heir", ms: 20_000 }, () => heir.status?.owned.length === stage.partitions);
  await someWork(stage);
  const answers = (): number =>
    stage.history.events.filter(
      (event) =>
        (event.kind === "commitAcknowledged" || event.kind === "commitRejected") &&
        event.commitId.startsWith("w1:"),
    ).length;
  const before = answers();
  awake.resolve();
  await until({ what: "the first one's answer", ms: 20_000 }, () => answers() > before);
  await heir.stop();
  return conclude(stage, bug);
};

/** What is wrong, the workload that shows it, the bug, and what the checker must call it. */
const bugs: readonly (readonly [string, Run, Bug, readonly ViolationKind[]])[] = [
  ["skips the fence", zombie, { sabotage: planted.skipTheFence() }, ["fencedWrite"]],
  ["commits without transactions", zombie, { sabotage: planted.commitPlainly }, ["fencedWrite"]],
  ["skips the position record", twoLives, { sabotage: planted.skipThePosition }, ["tornBatch", "doubled"]],
  ["applies a record twice", oneLife, { sabotage: planted.pollTwice }, ["doubled"]],
  ["loses the tail of a restore", twoLives, { sabotage: planted.loseTheTail }, ["lostTail"]],
  ["calls before the append", oneLife, { misuse: planted.doNotWaitForCommits }, ["callBeforeRecord"]],
];

/** The same for the long run. */
const moreBugs: typeof bugs = [
  ["gives every owner the same epoch", twoLives, { sabotage: planted.repeatTheEpoch }, ["epochRepeated"]],
  ["passes a record over", oneLife, { sabotage: planted.pollSkips }, ["lost"]],
  ["acknowledges a commit and loses it", oneLife, { sabotage: planted.sayYesAndDrop(1) }, ["lostTail"]],
  ["drops the outputs of a batch", oneLife, { sabotage: planted.dropOutputs }, ["tornBatch"]],
  ["drops the end of a batch", oneLife, { sabotage: planted.dropJournalEnd }, ["tornBatch"]],
  ["adds a record to the journal", oneLife, { sabotage: planted.addToJournal }, ["foreignRecord"]],
];

// They wait most of their time: several at once take hardly longer than one.
describe.concurrent("on Kafka,", () => {
  test.runIf(isLong).for([
    ["oneLife", oneLife],
    ["twoLives", twoLives],
    ["zombie", zombie],
  ] as const)("without a planted bug the workload %s has no violation", async ([, run], context) => {
    expect(await run(context, {})).toEqual([]);
  });

  test.for(isLong ? [...bugs, ...moreBugs] : bugs)(
    "a core that %s is found out",
    async ([, run, bug, kinds], context) => {
      const violations = await run(context, bug);
      expect(kindsOf(violations)).toEqual(expect.arrayContaining([...kinds]));
      for (const kind of kinds) {
        const found = violations.find((each) => each.kind === kind);
        expect(found?.message).toMatch(new RegExp(`^${found?.invariant} ${kind} \\(`));
      }
    },
  );
});
