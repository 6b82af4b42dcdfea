import { actorIdOf } from "@hybrid/kernel";
import type { LogRecord, OwnedPartition } from "@hybrid/log";
import { expect, test } from "vitest";
import { defaultLimits } from "../src/index.ts";
import { RecordQueue } from "../src/partition/record-queue.ts";
import { SharedMemory } from "../src/process/memory-share.ts";
import { HotActors } from "../src/step/hot-actors.ts";
import { actorOf } from "./actor-of.ts";

const turns = async (): Promise<void> => {
  for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
};

test("what many hold together stays within the memory that they share, while some come and go", () => {
  const memory = new SharedMemory(60_000);
  const all: HotActors[] = [];
  const leave: (() => void)[] = [];
  for (let holder = 0; holder < 10; holder++) {
    const hot = new HotActors();
    all.push(hot);
    leave.push(memory.join(hot));
    for (let slot = 0; slot < 1_000; slot++) hot.keep(slot, actorOf(100));
    expect(all.reduce((sum, { bytes }) => sum + bytes, 0)).toBeLessThanOrEqual(60_000);
    expect(hot.size).toBeGreaterThan(0);
  }
  for (const each of leave.slice(1)) each();
  // Who is left alone may hold all of it again.
  for (let slot = 0; slot < 1_000; slot++) all[0]?.keep(slot, actorOf(100));
  expect(all[0]?.bytes).toBeGreaterThan(59_000);
  expect(all[0]?.bytes).toBeLessThanOrEqual(60_000);
});

test("an actor's ordered calls count as well as its state", () => {
  const hot = new HotActors();
  const pending = [{ seq: 1, index: 0, call: "x".repeat(1_000) }];
  hot.keep(0, actorOf(100, { pending }));
  expect(hot.bytes).toBeGreaterThan(1_100);
});

test("no more records are polled than the share of the memory allows, and a larger one passes alone", async () => {
  const asked: number[] = [];
  let offset = 0;
  let size = 1_000;
  const record = (): LogRecord => ({
    topic: "orders",
    partition: 0,
    key: actorIdOf("acme/u-1"),
    value: new Uint8Array(size),
    timestamp: 0 as LogRecord["timestamp"],
    offset: offset++,
  });
  const owned = {
    poll: async ({ bytesMax }: { readonly bytesMax: number }) => {
      asked.push(bytesMax);
      return [record()];
    },
  } as unknown as OwnedPartition;
  const queue = new RecordQueue({
    limits: { ...defaultLimits, recordsQueuedMax: 1_000_000 },
    arrived: () => undefined,
    ordersTopic: "control",
  });
  const memory = new SharedMemory(20_000);
  memory.join(queue);
  memory.join({ mayHold: () => undefined });
  queue.start(owned);
  await turns();
  expect(queue.bytes).toBeGreaterThan(8_000);
  expect(queue.bytes).toBeLessThan(12_000);
  expect(Math.max(...asked)).toBeLessThanOrEqual(10_000);
  size = 50_000;
  queue.begin();
  const seen: (number | undefined)[] = [];
  for (let turn = 0; turn < 12; turn++) {
    seen.push(queue.next()?.offset);
    queue.nudge();
    await turns();
  }
  expect(seen).toEqual(Array.from({ length: 12 }, (_, n) => n));
  expect(queue.size).toBe(1);
  await queue.end();
  expect(queue.bytes).toBe(0);
});
