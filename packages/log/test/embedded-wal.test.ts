import { rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { instant } from "@hybrid/kernel";
import { expect, test } from "vitest";
import { type EmbeddedLogSettings, type Log, openEmbeddedLog } from "../src/index.ts";
import { manualClock, temporaryFolder } from "./embedded-fixture.ts";
import { createWorkTopics } from "./workload.ts";

const walPagesMax = 50;
// A thread has to start; on a loaded machine that takes its time.
const slow = { timeout: 20_000 };
const pageBytes = 4_096;

const opened = async (rest: Partial<EmbeddedLogSettings> = {}) => {
  const path = join(temporaryFolder(), "wal.log");
  const log = await openEmbeddedLog({ path, clock: manualClock(), walPagesMax, ...rest });
  await createWorkTopics(log);
  return { path, log };
};

const appendPages = (log: Log, pages: number): Promise<readonly number[]> =>
  log.append(
    Array.from({ length: pages }, () => ({
      topic: "work-output",
      partition: 0,
      key: null,
      value: new Uint8Array(3_000),
      timestamp: instant(1_800_000_000_000),
    })),
  );

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test(
  "what is written reaches the main file while the log is open, and the WAL is used again",
  slow,
  async () => {
    /*
     * Goal: a long run needs neither a WAL that grows for ever nor commits that copy it.
     * Method: append until the main file has grown past five WALs' content; the WAL stays below the size at
     *   which commits would have to copy it, and everything can be read.
     */
    const { path, log } = await opened();
    let appended = 0;
    while (statSync(path).size < 5 * walPagesMax * pageBytes) {
      await appendPages(log, 5);
      appended += 5;
      await turn();
    }
    expect(statSync(`${path}-wal`).size).toBeLessThan(appended * pageBytes);
    expect((await log.offsets("work-output", 0)).end).toBe(appended);
    await log.close();
    expect(statSync(`${path}-wal`, { throwIfNoEntry: false })).toBeUndefined();
  },
);

test("a copier that cannot work is told once, and commits do its work", slow, async () => {
  const warnings: string[] = [];
  const { path, log } = await opened({ logger: { warn: (_, message) => warnings.push(message) } });
  // The open connection keeps the file; the copier's own one does not find it.
  rmSync(path);
  while (warnings.length === 0) {
    await appendPages(log, 5);
    await turn();
  }
  for (let n = 0; n < 40; n++) await appendPages(log, 5);
  expect(warnings).toEqual([expect.stringMatching(/the WAL cannot be copied beside the event loop/)]);
  expect(statSync(path, { throwIfNoEntry: false })).toBeUndefined();
  expect((await log.offsets("work-output", 0)).end).toBeGreaterThan(200);
  await log.close();
});

test("closing waits for a copy that is on its way", slow, async () => {
  const { path, log } = await opened();
  await appendPages(log, 3 * walPagesMax);
  await log.close();
  expect(statSync(path).size).toBeGreaterThan(3 * walPagesMax * 3_000);
  const again = await openEmbeddedLog({ path, clock: manualClock() });
  expect((await again.offsets("work-output", 0)).end).toBe(3 * walPagesMax);
  await again.close();
});

test("a log in memory has nothing to copy", async () => {
  const log = await openEmbeddedLog({ path: ":memory:", clock: manualClock(), walPagesMax: 1 });
  await createWorkTopics(log);
  await appendPages(log, 100);
  expect((await log.offsets("work-output", 0)).end).toBe(100);
  await log.close();
});
