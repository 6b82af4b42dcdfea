import { join } from "node:path";
import { expect, test } from "vitest";
import { benches } from "../src/catalog.ts";
import { bench, expectFigures, folder, tiny } from "./run-bench.ts";

// Those on Kafka start brokers and wait for sessions to end: kafka-benches.sys.test.ts.
const embedded = benches.map(({ name }) => name).filter((name) => !name.startsWith("kafka-"));

test.each(embedded)("%s measures each of its figures, at a small size", async (name) => {
  await expectFigures(name, 2);
});

test("in a pipe every figure is one line of name, value and unit", async () => {
  const { stdout, stderr } = await bench("restore", ...tiny(1), "--folder", folder());
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
  await expect(bench("restore", ...tiny(1), "--folder", missing)).rejects.toMatchObject({
    code: 1,
    stdout: "",
    stderr: expect.stringContaining("ENOENT") as string,
  });
  await expect(bench("lop")).rejects.toMatchObject({
    code: 1,
    stderr: expect.stringContaining('there is no bench "lop"; there are loop, ingest') as string,
  });
});
