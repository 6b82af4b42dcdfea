import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Part } from "../src/suite/parts.ts";
import { runPart } from "../src/suite/run-part.ts";

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "hybrid-run-part-"));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const script = (name: string, text: string): readonly string[] => {
  writeFileSync(join(root, name), text);
  return ["node", name];
};

const check = (...commands: readonly (readonly string[])[]): Part => ({
  name: "check",
  kind: "check",
  commands,
  deadlineMs: 30_000,
});

const settings = (signal: AbortSignal = new AbortController().signal) => ({
  root,
  environment: process.env,
  signal,
});

const alive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    // The question is asked by failing.
    return false;
  }
};

test("a check passes when all of its commands do, and fails as one when any does not", async () => {
  const good = script("good.mjs", "");
  const bad = script("bad.mjs", "process.exit(3)");
  expect(await runPart(check(good, good), settings())).toMatchObject({ passed: 1, failed: 0 });
  expect(await runPart(check(bad, good), settings())).toMatchObject({
    passed: 0,
    failed: 1,
    failures: [{ name: "node bad.mjs" }],
  });
  expect(await runPart(check(["./no-such-program"]), settings())).toMatchObject({ passed: 0, failed: 1 });
});

test("commands get no input: reading ends at once", async () => {
  const reading = script("read.mjs", "for await (const chunk of process.stdin) process.exit(chunk.length)");
  expect(await runPart(check(reading), settings())).toMatchObject({ passed: 1 });
});

test("a command that does not end is ended at its deadline", async () => {
  const hanging = script("hang.mjs", "setInterval(() => {}, 1000)");
  const outcome = await runPart({ ...check(hanging), deadlineMs: 300 }, settings());
  expect(outcome).toMatchObject({ passed: 0, failed: 1 });
  expect(outcome.seconds).toBeLessThan(20);
});

test("an interruption ends the command and what it started, by their ids", async () => {
  const stop = new AbortController();
  const pids = join(root, "pids");
  const parent = script(
    "parent.mjs",
    `import { spawn } from "node:child_process";
     import { writeFileSync } from "node:fs";
     process.on("SIGTERM", () => {});
     const child = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"], { stdio: "ignore" });
     writeFileSync(${JSON.stringify(pids)}, JSON.stringify([process.pid, child.pid]));
     process.kill(${process.pid}, "SIGUSR2");
     child.on("exit", () => process.exit(0));`,
  );
  const started = new Promise<void>((resolve) => {
    process.once("SIGUSR2", () => resolve());
  });
  const running = runPart(check(parent), settings(stop.signal));
  await started;
  stop.abort();
  await running;
  const [parentId, childId] = JSON.parse(readFileSync(pids, "utf8")) as [number, number];
  expect([alive(parentId), alive(childId)]).toEqual([false, false]);
});

test("a suite without a report counts as one failure", async () => {
  const silent: Part = { ...check(script("silent.mjs", "")), kind: "vitest" };
  expect(await runPart(silent, settings())).toMatchObject({ passed: 0, failed: 1, skipped: [] });
});
