import { instant } from "@hybrid/kernel";
import { expect, test } from "vitest";
import { FairQueue } from "../src/call-queue.ts";
import { TokenBucket } from "../src/token-bucket.ts";

test("lines are served in turn, each in its own order", () => {
  const queue = new FairQueue<string>();
  for (const item of ["a1", "a2", "a3", "b1", "c1", "c2"]) queue.push(item.slice(0, 1), item);
  expect(queue.size).toBe(6);
  const order = Array.from({ length: 7 }, () => queue.shift());
  expect(order).toEqual(["a1", "b1", "c1", "a2", "c2", "a3", undefined]);
});

test("taking out leaves the others in order", () => {
  const queue = new FairQueue<string>();
  for (const item of ["a1", "a2", "b1", "a3"]) queue.push(item.slice(0, 1), item);
  expect(queue.remove((item) => item === "a1" || item === "b1")).toEqual(["a1", "b1"]);
  expect([queue.shift(), queue.shift(), queue.shift()]).toEqual(["a2", "a3", undefined]);
  expect(queue.size).toBe(0);
});

test("a long line keeps its order while it is served and filled", () => {
  const queue = new FairQueue<number>();
  let pushed = 0;
  let taken = 0;
  for (let round = 0; round < 5_000; round++) {
    queue.push("storm", pushed++);
    queue.push("storm", pushed++);
    if (queue.shift() !== taken++) throw new Error("out of order");
  }
  expect(queue.size).toBe(5_000);
});

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
