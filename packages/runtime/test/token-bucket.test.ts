import { instant } from "@hybrid/kernel";
import { expect, test } from "vitest";
import { TokenBucket } from "../src/partition/token-bucket.ts";

test("tokens fill at their rate up to the burst, and a clock set back does no harm", () => {
  const start = instant(1_000_000);
  const bucket = new TokenBucket({ perSecond: 10, burst: 5 }, start);
  expect(bucket.available(start)).toBe(5);
  bucket.take(5);
  expect(bucket.available(start)).toBe(0);
  expect(bucket.nextAt(start)).toBe(start + 100);
  expect(bucket.available(instant(start + 250))).toBe(2);
  expect(bucket.available(instant(start - 50_000))).toBe(2);
  expect(bucket.available(instant(start + 60_000))).toBe(5);
});
