import { orgIdOf } from "@hybrid/kernel";
import { DueIndex } from "@hybrid/runtime/testing";
import type { Bench, Stage } from "../bench.ts";
import { collectGarbage } from "../settled-memory.ts";

const timersOf = ({ sized }: Stage): number => sized(1_000_000, 1_000);

const startAt = Date.UTC(2026, 0, 5, 8);
const dayMs = 86_400_000;
const org = orgIdOf("acme");

/** Times without an order, all within a day: a stride without a common factor visits each once. */
const dueAtOf = (slot: number, timers: number): number =>
  startAt + Math.floor((((slot * 7_919) % timers) * dayMs) / timers);

interface Cost {
  /** Processor time of the main thread, in microseconds: what else the machine does moves it little. */
  readonly cpuUs: number;
  /** Growth of typed arrays, in bytes; the index keeps timers in nothing else. */
  readonly bytes: number;
}

const fill = async (timers: number): Promise<Cost> => {
  await collectGarbage();
  const before = process.memoryUsage().arrayBuffers;
  const cpuBefore = process.threadCpuUsage();
  const index = new DueIndex();
  for (let slot = 0; slot < timers; slot++) index.set(slot, dueAtOf(slot, timers), org);
  const { user, system } = process.threadCpuUsage(cpuBefore);
  await collectGarbage();
  const bytes = process.memoryUsage().arrayBuffers - before;
  // The index is looked at last, so that it is not garbage before its memory was.
  if (index.size !== timers) throw new Error(`${index.size} timers are held, not ${timers}`);
  return { cpuUs: user + system, bytes };
};

const measure = async (stage: Stage): Promise<void> => {
  const timers = timersOf(stage);
  for (let round = 0; round <= stage.rounds; round++) {
    const { cpuUs, bytes } = await fill(timers);
    stage.say(`round ${round}: ${(cpuUs / 1_000).toFixed(0)} ms for ${timers} timers`);
    // The first round is the compiler's.
    if (round === 0) continue;
    stage.sample("timers-set", cpuUs / timers);
    stage.sample("timers-bytes", bytes / timers);
    stage.sample("timers-memory", bytes / 1_000_000);
  }
};

/** What timers cost. */
export const timersBench: Bench = {
  name: "timers",
  summary:
    "1,000,000 timers, one an actor, set in the due index in an order that has nothing to do with time",
  processes: 1,
  measure,
  figures: [
    {
      name: "timers-set",
      unit: "us",
      goal: { kind: "atMost", value: 1 },
      meaning: "processor time for setting one timer, its place in the index grown for it included",
    },
    {
      name: "timers-bytes",
      unit: "bytes",
      goal: null,
      meaning: "memory for each timer, with the room that the index keeps for more",
    },
    {
      name: "timers-memory",
      unit: "MB",
      goal: { kind: "atMost", value: 40 },
      meaning: "memory of the index when it holds all of them",
    },
  ],
};
