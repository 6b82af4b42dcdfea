import type { Deed } from "./deeds.ts";
import { Director } from "./director.ts";
import { Stage, type StageOptions } from "./stage.ts";
import type { Violation } from "./violation.ts";

/** What a simulation is made of; everything else follows from the seed. */
export interface SimulationOptions extends Pick<StageOptions, "sabotage" | "misuse" | "history"> {
  readonly seed: number;
  /** Things that are done to the system; 40 when left out. */
  readonly steps?: number;
  /** Workers that live at the same time, at most; 3 when left out. */
  readonly workersMax?: number;
  /** 4 when left out. */
  readonly partitions?: number;
}

/** How often something happened in a simulation. */
export type SimulationCounts = Readonly<
  Record<Deed | "commits" | "commitsRefused" | "commitsOpen" | "calls", number>
>;

/** What a simulation came to. */
export interface SimulationResult {
  readonly seed: number;
  readonly violations: readonly Violation[];
  readonly counts: SimulationCounts;
  /** Events of the history. */
  readonly events: number;
}

const countsOf = (stage: Stage, director: Director): SimulationCounts => {
  const of = (kind: string): number => stage.history.events.filter((event) => event.kind === kind).length;
  const commits = of("commitStarted");
  const commitsRefused = of("commitRejected");
  return {
    ...director.counts,
    commits,
    commitsRefused,
    commitsOpen: commits - commitsRefused - of("commitAcknowledged"),
    calls: of("callStarted"),
  };
};

/**
 * Runs the bank through a random life: records, crashes at every step of the loop, processes that sleep and
 * wake, joins, leaves, failing commits, jumps of the clock, slow and failing calls, poison. Then takes all
 * faults away, lets it come to rest, and checks the history. The seed decides everything.
 */
export const simulate = async (options: SimulationOptions): Promise<SimulationResult> => {
  const { seed, steps = 40, workersMax = 3, partitions = 4, ...rest } = options;
  const stage = await Stage.open({ seed, partitions, ...rest });
  const director = new Director(stage, stage.random(), workersMax);
  director.join();
  for (let step = 0; step < steps; step++) await director.step();
  // What it leaves behind must not be mended by a later owner.
  if (seed % 4 === 0) await director.bounce();
  const violations = await stage.conclude();
  return { seed, violations, counts: countsOf(stage, director), events: stage.history.events.length };
};
