import { join } from "node:path";
import { openEmbeddedLog } from "@hybrid/log";
import { systemScheduler } from "@hybrid/runtime";
import type { Bench, Stage } from "../bench.ts";
import { fenceAll, populate } from "../population.ts";
import { startSubject } from "../subject.ts";

const bytesPerActor = 200;

const actorsOf = ({ sized }: Stage): number => sized(400_000, 100);

const openLog = ({ folder }: Stage) =>
  openEmbeddedLog({ path: join(folder, "hybrid.log"), clock: systemScheduler() });

const prepare = async (stage: Stage): Promise<void> => {
  stage.say(`writing ${actorsOf(stage)} actors`);
  const log = await openLog(stage);
  await populate(log, actorsOf(stage), bytesPerActor);
  await log.close();
};

const measure = async (stage: Stage): Promise<void> => {
  const actors = actorsOf(stage);
  const log = await openLog(stage);
  const startedAt = performance.now();
  const service = await startSubject(log);
  stage.sample("restore-runtime", (1_000 * actors) / (performance.now() - startedAt));
  const held = service.actors("", null, actors + 1).length;
  if (held !== actors) throw new Error(`${held} actors were restored, not ${actors}`);
  await service.stop();
  const { owned, leave } = await fenceAll(log);
  const readFrom = performance.now();
  let read = 0;
  for (const partition of owned) for await (const records of partition.restore()) read += records.length;
  stage.sample("restore-log", (1_000 * read) / (performance.now() - readFrom));
  if (read !== actors) throw new Error(`${read} actors were read, not ${actors}`);
  await leave();
  await log.close();
};

/** How fast actors come back at a start. */
export const restoreBench: Bench = {
  name: "restore",
  summary: "a fresh process restores 400,000 idle actors of 200 encoded bytes with a timer each",
  processes: 5,
  prepare,
  measure,
  figures: [
    {
      name: "restore-runtime",
      unit: "actors/s",
      goal: { kind: "atLeast", value: 200_000 },
      meaning: "from the start of the service until every partition runs: read, decoded, timers set",
    },
    {
      name: "restore-log",
      unit: "actors/s",
      goal: null,
      meaning: "the log's part alone: reading the checkpoint and checking every row",
    },
  ],
};
