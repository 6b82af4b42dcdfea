import { existsSync } from "node:fs";
import { afterEach, beforeEach, expect, test } from "vitest";
import { runningIn } from "../../src/kafka-local/background.ts";
import { outputOf } from "../../src/kafka-local/command-output.ts";
import { canRunKafka } from "../../src/kafka-local/index.ts";
import { openRun } from "../../src/kafka-local/shared.ts";

const ability = await canRunKafka();
const names = ["HYBRID_KAFKA", "HYBRID_KAFKA_RUN"] as const;
let before: (string | undefined)[];
beforeEach(() => {
  before = names.map((name) => process.env[name]);
  for (const name of names) delete process.env[name];
});
afterEach(() => {
  for (const [index, name] of names.entries()) {
    const value = before[index];
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  }
});

const module = new URL("../../src/kafka-local/index.ts", import.meta.url).href;
const asked = async (): Promise<string> => {
  const script = `console.log(await (await import(${JSON.stringify(module)})).sharedKafka())`;
  const { text } = await outputOf(process.execPath, ["--input-type=module", "--eval", script]);
  return text.trim();
};

test.skipIf(!ability.ok)("processes of one run share one broker, which the run's end stops", async () => {
  // Goal: the first that asks starts it, everybody gets it. Method: three processes ask at the same time.
  const closeRun = await openRun();
  const home = process.env["HYBRID_KAFKA_RUN"] ?? "";
  try {
    const addresses = await Promise.all([asked(), asked(), asked()]);
    const running = await runningIn(`${home}/run`);
    expect(addresses[0]).toMatch(/^127\.0\.0\.1:\d+$/);
    expect(addresses).toEqual(Array.from({ length: 3 }, () => running?.address));
  } finally {
    await closeRun();
  }
  expect(existsSync(home)).toBe(false);
});

test("a run that nobody asks for a broker starts none", async () => {
  const closeRun = await openRun();
  const home = process.env["HYBRID_KAFKA_RUN"] ?? "";
  expect(existsSync(`${home}/run`)).toBe(false);
  await closeRun();
  expect(existsSync(home)).toBe(false);
});

test("outside of a run the sentence says what to set", async () => {
  expect(await asked()).toContain("set HYBRID_KAFKA to host:port");
});

test("a broker that is given is the one", async () => {
  process.env["HYBRID_KAFKA"] = "elsewhere:9092";
  const closeRun = await openRun();
  expect(process.env["HYBRID_KAFKA_RUN"]).toBeUndefined();
  expect(await asked()).toBe("elsewhere:9092");
  await closeRun();
});
