import { type CommandWriting } from "@hybrid/directory";
import { orgIdOf } from "@hybrid/kernel";
import type { Log } from "@hybrid/log";
import type { DemoOrganisation } from "./organisation.ts";
import type { Progress } from "./progress.ts";
import type { Stage } from "./stage.ts";
import type { DrivenWorld } from "./time-driver.ts";

/** How the demo is played. */
export interface DemoOptions {
  readonly mailboxes: number;
  readonly seed: number;
  /** What is played: the day and chapters, by name. */
  readonly chapters: readonly string[];
  /**
   * One `kill -9` when the simulators have seen this many requests; 0: never; null: one in the middle of the
   * day, and one in each chapter where it says.
   */
  readonly killAtRequests: number | null;
  /** Ends after the play instead of serving on. */
  readonly once: boolean;
  readonly keepLog: boolean;
  /** Prints the end as JSON instead of tables. */
  readonly json: boolean;
  readonly plantedFault: string | null;
  /** What carries the records: a file, or a Kafka broker started for the play. */
  readonly log: "embedded" | "kafka";
}

/** Partitions of every topic of the play. */
export const partitions = 8;

/** Everything of one run. */
export interface Run {
  readonly options: DemoOptions;
  readonly organisation: DemoOrganisation;
  readonly stage: Stage;
  readonly progress: Progress;
  /** The administrator's own connection to the log, in another process than the services. */
  readonly log: Log;
  /** The next `kill -9` comes when the simulators have seen this many requests; null: none is planned. */
  nextKillAt: number | null;
  /** Calls that kills may have cut off before their outcome was durable. */
  cutOffCalls: number;
  /** Steps of the services that run now, and of those that were killed. */
  steps: number;
  stepsBefore: number;
  /** Aborted when the person, or a closed pipe, wants no more. */
  readonly ending: AbortSignal;
  /** Writes of the administrator that are still under way. */
  readonly errands: Set<Promise<unknown>>;
}

/** A moment of the virtual clock as people read it. */
export const virtualTime = (ms: number): string => new Date(ms).toISOString().slice(0, 16).replace("T", " ");

/** Requests under way and ever started in both simulators. */
export const requestsOf = (stage: Stage): { readonly inFlight: number; readonly total: number } => {
  const [graph, webex] = [stage.graph.activity(), stage.webex.activity()];
  return { inFlight: graph.inFlight + webex.inFlight, total: graph.total + webex.total };
};

/** Where the administrator of an organisation writes orders. */
export const administratorOf = ({ log, stage }: Pick<Run, "log" | "stage">, org: string): CommandWriting => ({
  org: orgIdOf(org),
  log,
  clock: stage.clock,
  partitions,
});

/** Time waits until the errand is done. */
export const runErrand = ({ errands }: Pick<Run, "errands">, work: Promise<unknown>): void => {
  const errand: Promise<unknown> = work.finally(() => errands.delete(errand));
  errands.add(errand);
};

/** What the time driver moves and watches; `rested` is called whenever the world has come to rest. */
export const worldOf = (run: Run, rested: () => void = () => undefined): DrivenWorld => {
  const { stage, progress } = run;
  let killing: Promise<void> | null = null;
  return {
    clock: stage.clock,
    simulators: () => {
      const { inFlight, total } = requestsOf(stage);
      return { inFlight: inFlight + run.errands.size, total };
    },
    worker: async () => {
      await killing;
      return stage.worker();
    },
    rested,
    watched: (activity, startedMeanwhile) => {
      run.ending.throwIfAborted();
      if (activity.steps < run.steps) run.stepsBefore += run.steps;
      run.steps = activity.steps;
      const { total } = requestsOf(stage);
      progress.tick(() => `${virtualTime(stage.clock.now())}   ${total} requests`);
      if (run.nextKillAt === null || total < run.nextKillAt) return;
      run.nextKillAt = null;
      run.cutOffCalls += activity.callsInFlight + startedMeanwhile;
      progress.act(
        `kill -9 of the services at ${virtualTime(stage.clock.now())}, in the middle of their work`,
      );
      killing = stage.kill();
    },
  };
};
