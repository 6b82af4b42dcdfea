import { expect, test } from "vitest";
import { eventLine, History, simulate } from "../src/index.ts";

const seeds = process.env["HYBRID_LONG"] === "1" ? 50 : 20;

test("a random life under all faults breaks no invariant", async () => {
  // Goal: I1 to I6 over crashes, sleepers, failing commits, jumping clocks, poison and operators' orders.
  // Method: seeds; the failing ones are named with their violations. The long run is simulate.sys.test.ts.
  const failed: string[] = [];
  const seen = new Map<string, number>();
  for (let seed = 1; seed <= seeds; seed++) {
    const { violations, counts } = await simulate({ seed, steps: 30 });
    for (const { message } of violations) failed.push(`seed ${seed}: ${message}`);
    for (const [what, count] of Object.entries(counts)) seen.set(what, (seen.get(what) ?? 0) + count);
  }
  expect(failed).toEqual([]);
  // Every fault took place; a simulation in which nothing happens proves nothing.
  for (const [what, count] of seen) expect(`${what}: ${count > 0}`).toBe(`${what}: true`);
}, 60_000);

test("a seed decides everything: the same history again, and another one for another seed", async () => {
  const lines = async (seed: number): Promise<readonly string[]> => {
    const found: string[] = [];
    const history = new History({ sink: (event) => found.push(eventLine(event)) });
    await simulate({ seed, steps: 25, history });
    return found;
  };
  const first = await lines(7);
  expect(first.length).toBeGreaterThan(50);
  expect(await lines(7)).toEqual(first);
  expect(await lines(8)).not.toEqual(first);
});
