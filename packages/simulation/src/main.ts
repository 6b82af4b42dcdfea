import { parseArgs } from "node:util";
import { simulate } from "./simulate.ts";

const usage =
  "usage: main.ts [--seed N] [--runs M] [--steps S] [--first]   " +
  "(whole numbers; runs are seeds N, N + 1, ...; --first ends with the first seed that fails)";

const say = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

/** Reads a whole number from 1. Throws RangeError naming the option. */
const whole = (name: string, text: string): number => {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value >= 1) return value;
  throw new RangeError(`--${name} must be a whole number from 1, not "${text}". ${usage}`);
};

/** Violations of a failing seed that are shown; the first ones tell the cause. */
const shownMax = 12;

const run = async (seed: number, steps: number): Promise<boolean> => {
  const { violations, events } = await simulate({ seed, steps });
  if (violations.length === 0) return true;
  say(`seed ${seed} fails: ${violations.length} violations in ${events} events`);
  for (const { message } of violations.slice(0, shownMax)) say(`  ${message}`);
  if (violations.length > shownMax) say(`  and ${violations.length - shownMax} more`);
  say(`  again with: --seed ${seed} --steps ${steps}`);
  return false;
};

const main = async (): Promise<void> => {
  const { values } = parseArgs({
    options: {
      seed: { type: "string", default: "1" },
      runs: { type: "string", default: "1" },
      steps: { type: "string", default: "40" },
      first: { type: "boolean", default: false },
    },
  });
  const first = whole("seed", values.seed);
  const runs = whole("runs", values.runs);
  const steps = whole("steps", values.steps);
  const every = Math.max(1, Math.floor(runs / 20));
  const failed: number[] = [];
  let done = 0;
  while (done < runs && !(values.first && failed.length > 0)) {
    const seed = first + done;
    if (!(await run(seed, steps))) failed.push(seed);
    done += 1;
    if (done % every === 0) say(`${done} of ${runs} seeds, ${failed.length} failed`);
  }
  say(`seeds ${first} to ${first + done - 1}: ${done - failed.length} passed, ${failed.length} failed`);
  if (failed.length > 0) process.exitCode = 1;
};

await main();
