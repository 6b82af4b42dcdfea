import { join } from "node:path";
import { type Log, openEmbeddedLog } from "@hybrid/log";
import { systemScheduler } from "@hybrid/runtime";
import type { Bench, Stage } from "../bench.ts";
import { populate } from "../population.ts";
import { collectGarbage } from "../settled-memory.ts";
import { startSubject, subjectTopology, timelessTopology } from "../subject.ts";

/** Small records: what is not timers shall not drown them. */
const bytesPerActor = 120;

const actorsOf = ({ sized }: Stage): number => sized(1_000_000, 100);

const openLog = ({ folder }: Stage) =>
  openEmbeddedLog({ path: join(folder, "hybrid.log"), clock: systemScheduler() });

const prepare = async (stage: Stage): Promise<void> => {
  stage.say(`writing ${actorsOf(stage)} actors`);
  const log = await openLog(stage);
  await populate(log, actorsOf(stage), bytesPerActor);
  await log.close();
};

interface Restore {
  /** Processor time of the main thread, in microseconds: what else the machine does moves it little. */
  readonly cpuUs: number;
  /** Growth of typed arrays, in bytes; the runtime keeps actors and timers in nothing else. */
  readonly bytes: number;
}

const restoreWith = async (log: Log, topology: typeof subjectTopology): Promise<Restore> => {
  await collectGarbage();
  const before = process.memoryUsage().arrayBuffers;
  const cpuBefore = process.threadCpuUsage();
  const service = await startSubject(log, topology);
  const { user, system } = process.threadCpuUsage(cpuBefore);
  await collectGarbage();
  const bytes = process.memoryUsage().arrayBuffers - before;
  await service.stop();
  return { cpuUs: user + system, bytes };
};

const measure = async (stage: Stage): Promise<void> => {
  const actors = actorsOf(stage);
  const log = await openLog(stage);
  for (let round = 0; round <= stage.rounds; round++) {
    const without = await restoreWith(log, timelessTopology);
    const withTimers = await restoreWith(log, subjectTopology);
    const millis = ({ cpuUs }: Restore): string => (cpuUs / 1_000).toFixed(0);
    stage.say(`round ${round}: ${millis(without)} ms without, ${millis(withTimers)} ms with timers`);
    if (round === 0) continue;
    stage.sample("timers-set", (withTimers.cpuUs - without.cpuUs) / actors);
    stage.sample("timers-memory", (withTimers.bytes - actors * bytesPerActor) / 1_000_000);
  }
  await log.close();
};

/** What timers cost. */
export const timersBench: Bench = {
  name: "timers",
  summary: "1,000,000 timers, one an actor, set in the order in which a restore meets them",
  processes: 1,
  prepare,
  measure,
  figures: [
    {
      name: "timers-set",
      unit: "us",
      goal: { kind: "atMost", value: 1 },
      meaning:
        "processor time that a restore takes for each timer, against one that does not look for timers",
    },
    {
      name: "timers-memory",
      unit: "MB",
      goal: { kind: "atMost", value: 40 },
      meaning: "an upper bound: the due index, together with the index of slots that any actor needs",
    },
  ],
};
