import { join } from "node:path";
import { calendarChanges, topicSettings } from "@hybrid/contracts";
import { type Commit, type Log, openEmbeddedLog } from "@hybrid/log";
import { systemScheduler } from "@hybrid/runtime";
import { type BareSqlite, openBareSqlite } from "../bare-sqlite.ts";
import type { Bench, Stage } from "../bench.ts";
import { publish } from "../inputs.ts";
import { partitions, startSubject, whenStepped } from "../subject.ts";

const inputsOf = ({ sized }: Stage): number => sized(80_000, 200);
const actorsOf = ({ sized }: Stage): number => sized(20_000, 50);

const publishRound = (log: Log, from: number, stage: Stage): Promise<void> =>
  publish(log, { from, count: inputsOf(stage), actors: actorsOf(stage) });

/** How fast a round went. */
interface Pace {
  readonly perSecond: number;
  /** Processor time of this thread for each input, in microseconds: other work moves it little. */
  readonly cpuUs: number;
}

/** Starts measuring; the returned function ends it. */
const pacing = (): ((inputs: number) => Pace) => {
  const startedAt = performance.now();
  const cpuBefore = process.threadCpuUsage();
  return (inputs) => {
    const { user, system } = process.threadCpuUsage(cpuBefore);
    return {
      perSecond: (1_000 * inputs) / (performance.now() - startedAt),
      cpuUs: (user + system) / inputs,
    };
  };
};

/** Works off a backlog that lies in the log already. */
const ourRound = async (log: Log, stage: Stage): Promise<Pace> => {
  const inputs = inputsOf(stage);
  // From before the start: a partition polls and steps as soon as it runs, before all of them are ready.
  const ended = pacing();
  const service = await startSubject(log);
  await whenStepped(service, (steps) => steps >= inputs);
  const pace = ended(inputs);
  const lag = await service.lag();
  const { steps } = service.activity();
  await service.stop();
  if (lag !== 0 || steps !== inputs) throw new Error(`${steps} of ${inputs} inputs applied, ${lag} left`);
  return pace;
};

/** What passes through the log's commits, up to a number of journal records. */
const capturing = (log: Log, commits: Commit[], journalMax: number): Log => ({
  ...log,
  join: async (...given) => {
    const membership = await log.join(...given);
    let journaled = 0;
    const fence: typeof membership.fence = async (partition) => {
      const owned = await membership.fence(partition);
      return {
        ...owned,
        commit: (batch) => {
          if (journaled < journalMax) commits.push(structuredClone(batch));
          journaled += batch.journal.length;
          return owned.commit(batch);
        },
      };
    };
    return { ...membership, fence };
  },
});

/** Counts through all rounds, so that every value ever written is a new one. */
let bareWrites = 0;

const bareRound = (bare: BareSqlite, commits: readonly Commit[], inputs: number): Pace => {
  const ended = pacing();
  let written = 0;
  while (written < inputs) {
    const commit = commits[bareWrites % commits.length];
    if (!commit) throw new Error("there is no commit to repeat");
    bareWrites += 1;
    bare.write(commit, bareWrites);
    written += commit.journal.length;
  }
  return ended(written);
};

const measure = async (stage: Stage): Promise<void> => {
  const inputs = inputsOf(stage);
  const log = await openEmbeddedLog({ path: join(stage.folder, "hybrid.log"), clock: systemScheduler() });
  await log.createTopics([topicSettings(calendarChanges, partitions)]);
  const bare = openBareSqlite(join(stage.folder, "bare.db"));
  const commits: Commit[] = [];
  await publishRound(log, 0, stage);
  await ourRound(capturing(log, commits, actorsOf(stage)), stage);
  bareRound(bare, commits, inputs);
  const perCommit = commits.reduce((sum, { journal }) => sum + journal.length, 0) / commits.length;
  stage.say(`${commits.length} commits of ${perCommit.toFixed(0)} inputs each are what bare SQLite repeats`);
  for (let round = 1; round <= stage.rounds; round++) {
    await publishRound(log, round * inputs, stage);
    // Before and after ours, so that a disk that gets faster or slower meanwhile favours nobody.
    const first = bareRound(bare, commits, inputs);
    const ours = await ourRound(log, stage);
    const second = bareRound(bare, commits, inputs);
    const theirs = 2 / (1 / first.perSecond + 1 / second.perSecond);
    stage.say(`round ${round}: ${ours.perSecond.toFixed(0)} inputs/s, bare SQLite ${theirs.toFixed(0)}`);
    stage.sample("loop-ratio", ours.perSecond / theirs);
    stage.sample("loop-inputs", ours.perSecond);
    stage.sample("loop-bare", theirs);
    stage.sample("loop-cpu", ours.cpuUs);
    stage.sample("loop-bare-cpu", (first.cpuUs + second.cpuUs) / 2);
  }
  bare.close();
  await log.close();
};

/** How fast inputs pass through journal and checkpoint. */
export const loopBench: Bench = {
  name: "loop",
  summary: "a backlog of inputs through runtime, journal and checkpoint, against bare SQLite's same writes",
  processes: 1,
  measure,
  figures: [
    {
      name: "loop-ratio",
      unit: "ratio",
      goal: { kind: "atLeast", value: 0.4 },
      meaning: "our inputs per second over bare SQLite's in the same round; 0.6 is the aim",
    },
    { name: "loop-inputs", unit: "inputs/s", goal: null, meaning: "inputs read, applied and durable" },
    {
      name: "loop-bare",
      unit: "inputs/s",
      goal: null,
      meaning: "the same rows, transaction by transaction, written by node:sqlite alone",
    },
    { name: "loop-cpu", unit: "us", goal: null, meaning: "processor time of the main thread for each input" },
    { name: "loop-bare-cpu", unit: "us", goal: null, meaning: "the same of bare SQLite" },
  ],
};
