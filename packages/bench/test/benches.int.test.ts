import { execFile } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, onTestFinished, test } from "vitest";
import { benches } from "../src/catalog.ts";

const main = join(import.meta.dirname, "../src/main.ts");

const folder = (): string => {
  const made = mkdtempSync(join(tmpdir(), "hybrid-bench-test-"));
  onTestFinished(() => rmSync(made, { recursive: true, force: true }));
  return made;
};

const bench = (...args: readonly string[]) =>
  promisify(execFile)(process.execPath, ["--disable-warning=ExperimentalWarning", main, ...args]);

const tiny = ["--scale", "0.001", "--rounds", "2", "--seconds", "0.2"];

test.each(benches.map(({ name }) => name))(
  "%s measures each of its figures, at a small size",
  async (name) => {
    const place = folder();
    const { stdout } = await bench(name, "--json", ...tiny, "--folder", place);
    const figures = JSON.parse(stdout) as readonly { name: string; value: number; samples: number[] }[];
    const { figures: specs } = benches.find((each) => each.name === name)!;
    expect(figures.map((figure) => figure.name)).toEqual(specs.map((spec) => spec.name));
    for (const { value, samples } of figures) {
      expect(Number.isFinite(value)).toBe(true);
      expect(samples.length).toBe(2);
    }
    // What a few actors cost drowns in noise; a rate is never nothing.
    const rates = figures.filter((_, index) => specs[index]?.unit.endsWith("/s"));
    for (const { value } of rates) expect(value).toBeGreaterThan(0);
    expect(readdirSync(place)).toEqual([]);
  },
);

test("in a pipe every figure is one line of name, value and unit", async () => {
  const { stdout, stderr } = await bench("restore", ...tiny, "--rounds", "1", "--folder", folder());
  expect(stdout).toMatch(/^restore-runtime \d\S* actors\/s\nrestore-log \d\S* actors\/s\n$/);
  expect(stderr).toContain("goal >= 200000");
});

test("the list names every bench and figure without running one", async () => {
  const { stdout } = await bench("--list");
  for (const { name, figures } of benches) {
    expect(stdout).toContain(`${name}: `);
    for (const figure of figures) expect(stdout).toContain(`  ${figure.name} (${figure.unit}): `);
  }
});

test("a bench that cannot run ends with a code and says why", async () => {
  const missing = join(folder(), "missing");
  await expect(bench("restore", ...tiny, "--folder", missing)).rejects.toMatchObject({
    code: 1,
    stdout: "",
    stderr: expect.stringContaining("ENOENT") as string,
  });
  await expect(bench("lop")).rejects.toMatchObject({
    code: 1,
    stderr: expect.stringContaining('there is no bench "lop"; there are loop, ingest') as string,
  });
});
