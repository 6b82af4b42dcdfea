// `pnpm bench [name]`: figures go to standard output, everything for the person who waits to standard error.
import { ConfigError } from "@hybrid/kernel";
import type { Bench } from "./bench.ts";
import { benches } from "./catalog.ts";
import { conduct } from "./conduct.ts";
import { type Figure, personLine, plainLine } from "./figures.ts";
import { type BenchOptions, readOptions, usage } from "./options.ts";

const out = (text: string): void => {
  process.stdout.write(`${text}\n`);
};

const say = (text: string): void => {
  process.stderr.write(`${text}\n`);
};

const listText = ({ name, summary, figures }: Bench): string =>
  [`${name}: ${summary}`, ...figures.map((each) => `  ${each.name} (${each.unit}): ${each.meaning}`)].join(
    "\n",
  );

const runAll = async (chosen: readonly Bench[], options: BenchOptions): Promise<void> => {
  const stopped = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => stopped.abort());
  const all: Figure[] = [];
  const line = process.stdout.isTTY ? personLine : plainLine;
  for (const bench of chosen) {
    const figures = await conduct(bench, { options, say, signal: stopped.signal });
    all.push(...figures);
    if (!options.json) for (const figure of figures) out(line(figure));
    // In a pipe a person may still be watching the other stream.
    if (!process.stdout.isTTY) for (const figure of figures) say(`  ${personLine(figure)}`);
  }
  if (options.json) out(JSON.stringify(all, null, 2));
};

const main = async (): Promise<void> => {
  const options = readOptions(
    process.argv.slice(2),
    benches.map(({ name }) => name),
  );
  if (options.help) return out(usage);
  const chosen = benches.filter(({ name }) => options.names.length === 0 || options.names.includes(name));
  if (options.list) return out(chosen.map(listText).join("\n"));
  await runAll(chosen, options);
};

try {
  await main();
} catch (error) {
  const known = error instanceof ConfigError || !(error instanceof Error);
  say(known ? String(error) : (error.stack ?? error.message));
  process.exitCode = 1;
}
