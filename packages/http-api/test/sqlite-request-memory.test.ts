import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { VirtualClock } from "@hybrid/kernel/testing";
import { expect, onTestFinished, test } from "vitest";
import { leaseMs, rememberedMs } from "../src/request-memory.ts";
import { openSqliteRequestMemory } from "../src/sqlite-request-memory.ts";
import { memoryContract } from "./memory-contract.ts";

const place = async () => {
  const folder = await mkdtemp(join(tmpdir(), "hybrid-requests-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const clock = new VirtualClock();
  const path = join(folder, "made", "requests.sqlite");
  const open = (rowsMax?: number) => {
    const memory = openSqliteRequestMemory({ path, clock, ...(rowsMax === undefined ? {} : { rowsMax }) });
    let isOpen = true;
    // A test may close it before the end, to open the file again.
    const close = async (): Promise<void> => {
      if (isOpen) await memory.close();
      isOpen = false;
    };
    onTestFinished(close);
    return { ...memory, close };
  };
  return { clock, open };
};

memoryContract("a file", async () => (await place()).open());

const request = (n: number) => ({ place: `place-${n}`, digest: "d" });

test("the next process knows what was carried out, and carries out at once what was under way", async () => {
  const { open } = await place();
  const before = open();
  await before.take(request(1));
  await before.keep(request(1), "kept");
  await before.take(request(2));
  await before.note("n", "text");
  await before.close();
  const after = open();
  expect(await after.take(request(1))).toEqual({ kind: "done", kept: "kept" });
  expect(await after.take(request(2))).toEqual({ kind: "again" });
  expect(await after.noted("n")).toBe("text");
});

test("a lease ends after two minutes, a memory after a day", async () => {
  const { clock, open } = await place();
  const memory = open();
  await memory.take(request(1));
  clock.advanceBy(leaseMs);
  expect(await memory.take(request(1))).toEqual({ kind: "again" });
  await memory.keep(request(1), "kept");
  await memory.note("n", "text");
  clock.advanceBy(rememberedMs);
  expect(await memory.take(request(1))).toEqual({ kind: "first" });
  expect(await memory.noted("n")).toBeNull();
});

test("of very many the oldest are forgotten", async () => {
  const { clock, open } = await place();
  const memory = open(10);
  for (let n = 0; n < 65; n++) {
    clock.advanceBy(1);
    await memory.keep(request(n), "");
  }
  expect(await memory.take(request(50))).toEqual({ kind: "first" });
  expect(await memory.take(request(64))).toEqual({ kind: "done", kept: "" });
});
