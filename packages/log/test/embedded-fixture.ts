import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Cancel, type EpochMs, instant, plus, type Scheduler } from "@hybrid/kernel";
import { onTestFinished } from "vitest";
import { type EmbeddedLogSettings, type Log, openEmbeddedLog } from "../src/index.ts";
import type { OpenedLog } from "../testing/index.ts";

/** A clock that moves only when told to. */
export interface ManualClock extends Scheduler {
  advance(ms: number): void;
}

export const manualClock = (start: EpochMs = instant(1_800_000_000_000)): ManualClock => {
  let now = start;
  const due = new Set<{ readonly dueAt: EpochMs; readonly run: () => void }>();
  return {
    now: () => now,
    at(dueAt, run): Cancel {
      const entry = { dueAt, run };
      due.add(entry);
      return () => due.delete(entry);
    },
    advance(ms) {
      now = plus(now, ms);
      for (const entry of due)
        if (entry.dueAt <= now) {
          due.delete(entry);
          entry.run();
        }
    },
  };
};

/** A folder that goes with the test. */
export const temporaryFolder = (): string => {
  const folder = mkdtempSync(join(tmpdir(), "hybrid-log-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
};

/** Opens logs on one file; destroyed as a whole. */
export const openOnFile = async (settings: Partial<EmbeddedLogSettings> = {}): Promise<OpenedLog> => {
  const folder = mkdtempSync(join(tmpdir(), "hybrid-log-"));
  const open = (): Promise<Log> =>
    openEmbeddedLog({ path: join(folder, "hybrid.log"), clock: manualClock(), ...settings });
  const logs = [await open()];
  const opened = async (): Promise<Log> => {
    const log = await open();
    logs.push(log);
    return log;
  };
  return {
    log: logs[0]!,
    second: opened,
    async reopen() {
      await logs[0]?.close();
      return opened();
    },
    async destroy() {
      for (const log of logs) await log.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
};

/** How many transactions the WAL holds: a frame with a size ends one (sqlite.org/fileformat2.html, 4.1). */
export const transactionsIn = (wal: Buffer): number => {
  const pageBytes = wal.readUInt32BE(8);
  const salt = wal.subarray(16, 24);
  let transactions = 0;
  for (let frame = 32; frame + 24 + pageBytes <= wal.length; frame += 24 + pageBytes)
    if (wal.subarray(frame + 8, frame + 16).equals(salt) && wal.readUInt32BE(frame + 4) > 0) transactions++;
  return transactions;
};
