import { execFile } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, onTestFinished } from "vitest";
import { benches } from "../src/catalog.ts";

const main = join(import.meta.dirname, "../src/main.ts");

/** A folder that goes with the test. */
export const folder = (): string => {
  const made = mkdtempSync(join(tmpdir(), "hybrid-bench-test-"));
  onTestFinished(() => rmSync(made, { recursive: true, force: true }));
  return made;
};

/** Runs the command with these arguments. */
export const bench = (...args: readonly string[]) =>
  promisify(execFile)(process.execPath, ["--disable-warning=ExperimentalWarning", main, ...args]);

/** So small that figures say nothing. */
export const tiny = (rounds: number): readonly string[] =>
  `--scale 0.001 --rounds ${rounds} --seconds 0.2`.split(" ");

/** Runs a bench at a small size and looks at every figure. */
export const expectFigures = async (name: string, rounds: number): Promise<void> => {
  const place = folder();
  const { stdout } = await bench(name, "--json", ...tiny(rounds), "--folder", place);
  const figures = JSON.parse(stdout) as readonly { name: string; value: number; samples: number[] }[];
  const { figures: specs } = benches.find((each) => each.name === name)!;
  expect(figures.map((figure) => figure.name)).toEqual(specs.map((spec) => spec.name));
  for (const { value, samples } of figures) {
    expect(Number.isFinite(value)).toBe(true);
    expect(samples.length).toBe(rounds);
  }
  // What a few actors cost drowns in noise; a rate is never nothing.
  const rates = figures.filter((_, index) => specs[index]?.unit.endsWith("/s"));
  for (const { value } of rates) expect(value).toBeGreaterThan(0);
  expect(readdirSync(place)).toEqual([]);
};
