import { parseArgs } from "node:util";
import { ConfigError } from "@hybrid/kernel";

/** What a person asked for. */
export interface BenchOptions {
  /** Names of benches; empty means all. */
  readonly names: readonly string[];
  readonly list: boolean;
  readonly json: boolean;
  readonly help: boolean;
  /** Factor on every size, above 0 and at most 1. */
  readonly scale: number;
  readonly rounds: number;
  readonly roundSeconds: number;
  /** Where the log files are made; null: the system's folder for temporary files. */
  readonly folder: string | null;
  /** Where every process leaves a CPU profile; null: nowhere. */
  readonly profile: string | null;
}

/** The text behind `--help`. */
export const usage = `pnpm bench [name ...]: a line per figure, "name value unit"; without a name all of them

  --list           name the benches and what each figure says
  --json           figures as one JSON array, with samples, spread and goals
  --scale <n>      factor on all sizes, above 0 and at most 1 (1); figures of less than 1 say little
  --rounds <n>     measured rounds, or processes that measure once each, 1 to 50 (5)
  --seconds <n>    length of a round under load, 0.1 to 60 (3)
  --folder <path>  where log files are made: choose a disk, not memory (the folder for temporary files)
  --profile <path> leave a CPU profile of every process in this folder
`;

const between = (
  faults: string[],
  name: string,
  given: string,
  bounds: readonly [number, number],
): number => {
  const value = Number(given);
  const [least, most] = bounds;
  if (given.trim() === "" || !(value >= least && value <= most))
    faults.push(`--${name} is "${given}"; it must be ${least} to ${most}`);
  return value;
};

const parse = (args: readonly string[]) =>
  parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      list: { type: "boolean", default: false },
      json: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
      scale: { type: "string", default: "1" },
      rounds: { type: "string", default: "5" },
      seconds: { type: "string", default: "3" },
      folder: { type: "string" },
      profile: { type: "string" },
    },
  });

const parsed = (args: readonly string[]): ReturnType<typeof parse> => {
  try {
    return parse(args);
  } catch (error) {
    throw new ConfigError("pnpm bench", [error instanceof Error ? error.message : String(error)]);
  }
};

/** Reads the command line. Throws ConfigError naming every fault, with the benches that there are. */
export const readOptions = (args: readonly string[], known: readonly string[]): BenchOptions => {
  const { values, positionals } = parsed(args);
  const faults = positionals
    .filter((name) => !known.includes(name))
    .map((name) => `there is no bench "${name}"; there are ${known.join(", ")}`);
  const scale = between(faults, "scale", values.scale, [0.0001, 1]);
  const rounds = between(faults, "rounds", values.rounds, [1, 50]);
  if (!Number.isInteger(rounds)) faults.push(`--rounds is "${values.rounds}"; it must be a whole number`);
  const roundSeconds = between(faults, "seconds", values.seconds, [0.1, 60]);
  if (faults.length > 0) throw new ConfigError("pnpm bench", faults);
  const { list, json, help, folder = null, profile = null } = values;
  return { names: [...new Set(positionals)], list, json, help, scale, rounds, roundSeconds, folder, profile };
};
