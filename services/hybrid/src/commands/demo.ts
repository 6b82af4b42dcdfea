import { runDemo } from "../demo/run-demo.ts";
import type { PlantedFault } from "../demo/worker-protocol.ts";

/** The flags of `hybrid demo`. */
export interface DemoFlags {
  readonly once: boolean;
  readonly mailboxes: number;
  readonly seed: number;
  readonly killAt?: number;
  readonly keep: boolean;
  readonly json: boolean;
  readonly plant?: PlantedFault;
  readonly log: "embedded" | "kafka";
}

/** `hybrid demo`: the exit code is 1 when an expectation was broken. */
export const demoCommand = async (flags: DemoFlags): Promise<void> => {
  const held = await runDemo({
    mailboxes: flags.mailboxes,
    seed: flags.seed,
    // Somewhere in the middle of the busiest hour.
    killAtRequests: flags.killAt === 0 ? null : (flags.killAt ?? Math.round(flags.mailboxes * 5.2)),
    once: flags.once,
    keepLog: flags.keep,
    json: flags.json,
    plantedFault: flags.plant ?? null,
    log: flags.log,
  });
  if (!held) process.exitCode = 1;
};
