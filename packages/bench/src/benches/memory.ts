import { join } from "node:path";
import { openEmbeddedLog } from "@hybrid/log";
import { systemScheduler } from "@hybrid/runtime";
import type { Bench, Stage } from "../bench.ts";
import { populate } from "../population.ts";
import { collectGarbage } from "../settled-memory.ts";
import { startSubject } from "../subject.ts";

const bytesPerActor = 200;
const goalMegabytes = 700;

const actorsOf = ({ sized }: Stage): number => sized(1_000_000, 100);

const openLog = ({ folder }: Stage) =>
  openEmbeddedLog({ path: join(folder, "hybrid.log"), clock: systemScheduler() });

const prepare = async (stage: Stage): Promise<void> => {
  stage.say(`writing ${actorsOf(stage)} actors`);
  const log = await openLog(stage);
  await populate(log, actorsOf(stage), bytesPerActor);
  await log.close();
};

const megabytes = (bytes: number): number => bytes / 1_000_000;

const measure = async (stage: Stage): Promise<void> => {
  const log = await openLog(stage);
  await collectGarbage();
  const before = process.memoryUsage.rss();
  const service = await startSubject(log);
  await collectGarbage();
  const after = process.memoryUsage.rss();
  stage.sample("memory-growth", megabytes(after - before));
  stage.sample("memory-rss", megabytes(after));
  // maxRSS is counted in units of 1,024 bytes (getrusage(2)).
  stage.sample("memory-peak", megabytes(process.resourceUsage().maxRSS * 1_024));
  const held = service.actors("", null, actorsOf(stage) + 1).length;
  if (held !== actorsOf(stage)) throw new Error(`${held} actors were held, not ${actorsOf(stage)}`);
  await service.stop();
  await log.close();
};

const goal = { kind: "atMost", value: goalMegabytes } as const;

/** What idle actors cost. */
export const memoryBench: Bench = {
  name: "memory",
  summary: "1,000,000 idle actors of 200 encoded bytes, held by the runtime, with a timer each",
  processes: 3,
  prepare,
  measure,
  figures: [
    {
      name: "memory-growth",
      unit: "MB",
      goal,
      meaning: "growth of the process's resident memory by restoring them, after garbage was collected",
    },
    { name: "memory-rss", unit: "MB", goal, meaning: "resident memory of the whole process then" },
    {
      name: "memory-peak",
      unit: "MB",
      goal: null,
      meaning: "the most that was ever resident, with the garbage of the restore",
    },
  ],
};
