import { readFileSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { isDeepStrictEqual } from "node:util";
import { ConfigError } from "@hybrid/kernel";
import { expect, test } from "vitest";
import { CorruptLogError } from "../src/index.ts";
import { temporaryFolder } from "./embedded-fixture.ts";
import {
  commitNumber,
  copyLog,
  createWorkTopics,
  expectedAfter,
  type Found,
  findIn,
  openAt,
  takePartition,
} from "./workload.ts";

const commits = 150;

/** How many places of a file are damaged, one at a time. */
const places = process.env["HYBRID_LONG"] === "1" ? 40 : 20;

// Slots in the order of creation: source, journal, output and checkpoint, two partitions each.
const journalSlot = 2;
const lastOutputSlot = 5;
const checkpointSlot = 6;

/** A log with the workload, as a crash leaves it ("crashed": main file and WAL) or closed in good order. */
const worked = async (
  folder: string,
  end: "closed" | "crashed",
  checkpointsAt: readonly number[] = [],
): Promise<string> => {
  const path = join(folder, "worked.log");
  const log = await openAt(path);
  await createWorkTopics(log);
  const owned = await takePartition(log);
  for (let n = 0; n < commits; n += 2) {
    await Promise.all([commitNumber(owned, n), commitNumber(owned, n + 1)]);
    if (!checkpointsAt.includes(n)) continue;
    const other = new DatabaseSync(path);
    other.exec("PRAGMA wal_checkpoint(PASSIVE)");
    other.close();
  }
  const copy = join(folder, "copy.log");
  if (end === "crashed") copyLog(path, copy);
  await log.close();
  return end === "crashed" ? copy : path;
};

/** Opens what is there: what it holds, or the typed error that says why it cannot be used. */
const outcomeOf = async (path: string): Promise<Found | CorruptLogError | ConfigError> => {
  try {
    const log = await openAt(path);
    try {
      return await findIn(log);
    } finally {
      await log.close();
    }
  } catch (error) {
    if (error instanceof CorruptLogError || error instanceof ConfigError) return error;
    throw error;
  }
};

/** What is wrong with an outcome: an error that does not name the file, or content of no single moment. */
const faultOf = (outcome: Found | Error, path: string, commitsMin = 0): readonly string[] => {
  if (outcome instanceof Error)
    return outcome.message.includes(path) ? [] : [`unclear error: ${outcome.message}`];
  const { position } = outcome;
  if (position < commitsMin) return [`only ${position} commits are left, and no error`];
  return isDeepStrictEqual(outcome, expectedAfter(position)) ? [] : [`torn at position ${position}`];
};

/** Deterministic places all over a range. */
const placesIn = (length: number, count: number): number[] =>
  Array.from({ length: count }, (_, n) => Math.floor(((n * 0.618_033_988_75) % 1) * length));

test("a file that was closed in good order holds everything", async () => {
  const path = await worked(temporaryFolder(), "closed");
  expect(await outcomeOf(path)).toEqual(expectedAfter(commits));
});

test("a file that was left by a crash holds everything", async () => {
  const path = await worked(temporaryFolder(), "crashed");
  expect(await outcomeOf(path)).toEqual(expectedAfter(commits));
});

test.for([
  { checkpointsAt: [], what: "nothing copied to the main file yet" },
  { checkpointsAt: [98], what: "two thirds copied to the main file" },
  { checkpointsAt: [commits - 2], what: "everything copied to the main file" },
  { checkpointsAt: [98, commits - 2], what: "everything copied, in two rounds" },
])(
  "a WAL that is cut off leaves whole commits up to a point, or an error: $what",
  { timeout: 30_000 },
  async ({ checkpointsAt }) => {
    /*
     * Goal: never a torn commit, never a hole, whatever is missing of the WAL.
     * Method: cut at many places; journal, output, states and position must be of the same number of commits.
     */
    const folder = temporaryFolder();
    const path = await worked(folder, "crashed", checkpointsAt);
    const walBytes = readFileSync(`${path}-wal`).length;
    const lengths = new Set<number>();
    const wrong: string[] = [];
    for (const [index, place] of [0, ...placesIn(walBytes, places)].entries()) {
      const cut = join(folder, `cut-${index}.log`);
      copyLog(path, cut);
      truncateSync(`${cut}-wal`, place);
      const outcome = await outcomeOf(cut);
      wrong.push(...faultOf(outcome, cut));
      if (!(outcome instanceof Error)) lengths.add(outcome.position);
    }
    expect(wrong).toEqual([]);
    // Without a checkpoint every cut is simply an earlier moment, so that many moments must have been seen.
    expect(lengths.size).toBeGreaterThan(checkpointsAt.length === 0 ? places / 2 : 0);
  },
);

test("a main file that is cut off is refused by name", async () => {
  const folder = temporaryFolder();
  const path = await worked(folder, "closed");
  const whole = readFileSync(path);
  for (const [index, place] of placesIn(whole.length - 100, 30).entries()) {
    const cut = join(folder, `cut-${index}.log`);
    writeFileSync(cut, whole.subarray(0, place + 100));
    const outcome = await outcomeOf(cut);
    expect(outcome).toBeInstanceOf(CorruptLogError);
    expect((outcome as CorruptLogError).message).toContain(cut);
  }
});

test.for(["closed", "crashed"] as const)(
  "a flipped bit is found or harmless, never believed: %s",
  { timeout: 30_000 },
  async (end) => {
    /*
     * Goal: no flipped bit of the main file or the WAL yields other content than was written.
     * Method: many flips, one at a time. A closed file must hold everything or be refused; after a crash a
     *   flipped WAL may end earlier, at a whole commit.
     */
    const folder = temporaryFolder();
    const path = await worked(folder, end, end === "crashed" ? [74] : []);
    let refused = 0;
    const wrong: string[] = [];
    for (const suffix of end === "crashed" ? ["", "-wal"] : [""]) {
      const whole = readFileSync(path + suffix);
      for (const [index, place] of placesIn(whole.length * 8, places).entries()) {
        const flipped = join(folder, `flip${suffix}-${index}.log`);
        copyLog(path, flipped);
        const damaged = Buffer.from(whole);
        damaged[place >> 3] = (damaged[place >> 3] ?? 0) ^ (1 << (place & 7));
        writeFileSync(flipped + suffix, damaged);
        const outcome = await outcomeOf(flipped);
        if (outcome instanceof Error) refused++;
        const least = suffix === "" ? commits : 0;
        wrong.push(
          ...faultOf(outcome, flipped, least).map((fault) => `bit ${place} of the file${suffix}: ${fault}`),
        );
      }
    }
    expect(wrong).toEqual([]);
    expect(refused).toBeGreaterThan(places / 4);
  },
);

test("a file of something else is refused and left alone", async () => {
  const folder = temporaryFolder();
  const foreign = join(folder, "foreign.db");
  const db = new DatabaseSync(foreign);
  db.exec("CREATE TABLE important (value TEXT); INSERT INTO important VALUES ('kept')");
  db.close();
  const before = readFileSync(foreign);
  await expect(openAt(foreign)).rejects.toThrow(/SQLite file of something else: name another path/);
  expect(readFileSync(foreign).equals(before)).toBe(true);
  const note = join(folder, "note.txt");
  writeFileSync(note, "This is no database, but a note that is longer than a header.".repeat(20));
  await expect(openAt(note)).rejects.toBeInstanceOf(CorruptLogError);
});

test("a file of an older release is refused with what to do, and left alone", async () => {
  const path = join(temporaryFolder(), "older.log");
  await (await openAt(path)).close();
  const db = new DatabaseSync(path);
  db.exec("PRAGMA user_version = 1");
  db.close();
  const before = readFileSync(path);
  const opening = openAt(path);
  await expect(opening).rejects.toBeInstanceOf(ConfigError);
  await expect(opening).rejects.toThrow(/older release \(format 1.*go on with that release, or name another/);
  expect(readFileSync(path).equals(before)).toBe(true);
});

test("a file of a newer release is refused with what to do", async () => {
  const path = join(temporaryFolder(), "newer.log");
  await (await openAt(path)).close();
  const db = new DatabaseSync(path);
  db.exec("PRAGMA user_version = 99");
  db.close();
  const opening = openAt(path);
  await expect(opening).rejects.toBeInstanceOf(ConfigError);
  await expect(opening).rejects.toThrow(/newer release \(format 99.*use it/);
});

test("a record that was changed in the file is named with topic, partition and offset", async () => {
  const path = await worked(temporaryFolder(), "closed");
  const db = new DatabaseSync(path);
  db.exec(`UPDATE record_${lastOutputSlot} SET value = x'00' WHERE id = 146`);
  db.close();
  const log = await openAt(path);
  await expect(findIn(log)).rejects.toThrow(
    /topic work-output, partition 1 .*offset 146: the record fails its check/,
  );
  await log.close();
});

test("a record that is missing in the file is named, not skipped", async () => {
  const path = await worked(temporaryFolder(), "closed");
  const db = new DatabaseSync(path);
  db.exec(`DELETE FROM record_${lastOutputSlot} WHERE id = 146`);
  db.close();
  const log = await openAt(path);
  await expect(findIn(log)).rejects.toThrow(
    /topic work-output, partition 1 .*offset 146: the record is missing/,
  );
  await log.close();
});

test("a damaged file does not keep others from being opened by its name later", async () => {
  const folder = temporaryFolder();
  const path = join(folder, "again.log");
  writeFileSync(path, "no database".repeat(500));
  await expect(openAt(path)).rejects.toBeInstanceOf(CorruptLogError);
  writeFileSync(path, "");
  const log = await openAt(path);
  await createWorkTopics(log);
  expect(await log.topics()).toHaveLength(4);
  await log.close();
});

test.for([
  { table: "owner", from: "older", says: /journal and checkpoint of work, partition 0, differ in age/ },
  {
    table: `checkpoint_${checkpointSlot}`,
    from: "newer",
    says: /journal and checkpoint of work, partition 0, differ in age/,
  },
  {
    table: `record_${journalSlot}`,
    from: "older",
    says: /topic work-journal, partition 0 .* does not hold the records from 0 to/,
  },
])("after a crash, a $table table of another age is refused by name", async ({ table, from, says }) => {
  const folder = temporaryFolder();
  const crashed = join(folder, "crashed.log");
  const other = join(folder, "other.log");
  const log = await openAt(join(folder, "live.log"));
  await createWorkTopics(log);
  const owned = await takePartition(log);
  await commitNumber(owned, 0);
  copyLog(join(folder, "live.log"), from === "older" ? other : crashed);
  await commitNumber(owned, 1);
  copyLog(join(folder, "live.log"), from === "older" ? crashed : other);
  await log.close();
  const db = new DatabaseSync(crashed);
  db.prepare("ATTACH ? AS other").run(other);
  db.exec(`DELETE FROM main.${table}; INSERT INTO main.${table} SELECT * FROM other.${table}`);
  db.close();
  await expect(openAt(crashed)).rejects.toBeInstanceOf(CorruptLogError);
  await expect(openAt(crashed)).rejects.toThrow(says);
});
