import { expect, test } from "vitest";
import { simulate } from "../src/index.ts";

const long = process.env["HYBRID_LONG"] === "1";
const seeds = long ? 1_500 : 60;
const start = 1_000;

test(`${seeds} random lives break no invariant`, async () => {
  const failed: string[] = [];
  for (let seed = start; seed < start + seeds && failed.length < 20; seed++) {
    const { violations } = await simulate({ seed, steps: seed % 3 === 0 ? 120 : 40 });
    for (const { message } of violations) failed.push(`seed ${seed}: ${message}`);
  }
  expect(failed).toEqual([]);
}, 3_000_000);
