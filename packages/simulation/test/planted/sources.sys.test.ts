import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { plantedBugs } from "./bugs.ts";
import { type PlantedSource, plantedVariable } from "./plant.ts";

const main = fileURLToPath(new URL("../../src/main.ts", import.meta.url));
const plant = new URL("plant.ts", import.meta.url).href;

const seedsMax = 200;
const runMsMax = 280_000;

interface Run {
  readonly code: number | null;
  readonly output: string;
}

/** Runs the simulation in a process whose sources have the bug, up to the first seed that fails. */
const simulateWith = (sources: readonly PlantedSource[], runs: number): Promise<Run> => {
  const { promise, resolve, reject } = Promise.withResolvers<Run>();
  const args = ["--disable-warning=ExperimentalWarning", "--import", plant, main];
  const child = spawn(process.execPath, [...args, "--seed", "1", "--runs", String(runs), "--first"], {
    env: { ...process.env, [plantedVariable]: JSON.stringify(sources) },
    stdio: ["ignore", "pipe", "pipe"],
    // A planted bug may make the simulation turn for ever; nothing is left running.
    timeout: runMsMax,
    killSignal: "SIGKILL",
  });
  let output = "";
  child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (output += chunk.toString()));
  child.on("error", reject);
  child.on("close", (code) => resolve({ code, output }));
  return promise;
};

test("without a planted bug the process passes and says so", async () => {
  const { code, output } = await simulateWith([], 3);
  expect(output).toContain("3 passed, 0 failed");
  expect(code).toBe(0);
}, 120_000);

test("a planted bug whose place is gone is a fault of the list, not of the core", async () => {
  const gone = { file: "packages/simulation/src/simulate.ts", find: "no such text", replace: "" };
  const { code, output } = await simulateWith([gone], 1);
  expect(output).toContain("cannot plant into");
  expect(code).not.toBe(0);
}, 120_000);

test.each(plantedBugs)(
  `within ${seedsMax} seeds the simulation finds a core that $name`,
  async ({ sources, kinds }) => {
    const { code, output } = await simulateWith(sources, seedsMax);
    for (const { file } of sources) expect(output).toContain(`planted into ${file}`);
    const found = [...output.matchAll(/^ {2}I\d (\w+)/gm)].map(([, kind]) => kind);
    expect({ output, found: kinds.some((kind) => found.includes(kind)) }).toMatchObject({ found: true });
    expect(code).toBe(1);
  },
  300_000,
);
