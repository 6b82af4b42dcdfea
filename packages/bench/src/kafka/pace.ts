/** How fast a backlog was worked off, without the first tenth of it, in which everything starts. */
export interface Pace {
  readonly perSecond: number;
  /** Processor time of this thread for each input, in microseconds: other work moves it little. */
  readonly cpuUs: number;
}

/** What a process tells that works backlogs off. */
export type LoopMessage =
  | { readonly kind: "ready" }
  /** The bare loop reads now. */
  | { readonly kind: "running" }
  | { readonly kind: "worked"; readonly pace: Pace };

/** Watches how much is done. */
export interface PaceKeeper {
  /** Says how many inputs are done by now; true when all are. */
  done(count: number): boolean;
  /** Only after all are done. */
  pace(): Pace;
}

/** Keeps the pace of `inputs` inputs. */
export const keepPace = (inputs: number): PaceKeeper => {
  let start: { readonly at: number; readonly cpu: NodeJS.CpuUsage; readonly count: number } | undefined;
  let pace: Pace | undefined;
  return {
    done(count) {
      if (!start && count >= inputs / 10)
        start = { at: performance.now(), cpu: process.threadCpuUsage(), count };
      if (count < inputs || !start) return false;
      if (!pace) {
        const { user, system } = process.threadCpuUsage(start.cpu);
        const measured = Math.max(1, count - start.count);
        pace = {
          perSecond: (1_000 * measured) / (performance.now() - start.at),
          cpuUs: (user + system) / measured,
        };
      }
      return true;
    },
    pace() {
      if (!pace) throw new Error("the pace is known only at the end");
      return pace;
    },
  };
};
