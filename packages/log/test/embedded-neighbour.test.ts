import { statSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { ConfigError, instant } from "@hybrid/kernel";
import { expect, onTestFinished, test } from "vitest";
import { CorruptLogError, LogUnavailableError, openEmbeddedLog } from "../src/index.ts";
import { manualClock, temporaryFolder } from "./embedded-fixture.ts";
import { commitNumber, createWorkTopics, group, joinWhole } from "./workload.ts";

const at = instant(1_800_000_000_000);
const out = { topic: "work-output", partition: 0, key: "acme/u-1", value: new Uint8Array(3), timestamp: at };

/** A log, and another connection on its file, as another process has it. */
const opened = async () => {
  const path = join(temporaryFolder(), "hybrid.log");
  const clock = manualClock(at);
  const warnings: string[] = [];
  const logger = { warn: (_fields: object, message: string) => warnings.push(message) };
  const log = await openEmbeddedLog({ path, clock, logger });
  onTestFinished(() => log.close());
  await createWorkTopics(log);
  const other = new DatabaseSync(path);
  onTestFinished(() => other.close());
  return { log, path, clock, warnings, other };
};

const turns = async (count: number): Promise<void> => {
  for (let turn = 0; turn < count; turn++) await new Promise((resolve) => setImmediate(resolve));
};

test("while another process writes, what is asked for waits in order and the event loop goes on", async () => {
  const { log, other } = await opened();
  const owned = await (await joinWhole(log)).fence(0);
  other.exec("BEGIN IMMEDIATE");
  const order: string[] = [];
  const note = (what: string) => () => void order.push(what);
  const all = [
    log.append([out]).then(note("first")),
    commitNumber(owned, 0).then(note("commit")),
    log.append([out]).then(note("second")),
  ];
  // With the lock waited for in one go, this would not come to its end before all of them were rejected.
  await turns(10);
  const later = log.append([out]).then(note("later"));
  expect(order).toEqual([]);
  other.exec("COMMIT");
  await Promise.all([...all, later]);
  expect(order).toEqual(["first", "commit", "second", "later"]);
});

test("a file that another process is writing to can be opened and read", async () => {
  const { log, path, clock, other } = await opened();
  await log.append([out]);
  other.exec("BEGIN IMMEDIATE");
  const reader = await openEmbeddedLog({ path, clock });
  expect((await reader.offsets("work-output", 0)).end).toBe(1);
  other.exec("COMMIT");
  await reader.close();
});

test("a membership is not confirmed once another process has taken the group, sign or no sign", async () => {
  const { log, clock, other } = await opened();
  const membership = await joinWhole(log);
  clock.advance(1_000);
  expect(membership.lastHeartbeatAt()).toBe(clock.now());
  const before = clock.now();
  other.exec("UPDATE group_holder SET holder = 'another process'");
  clock.advance(60_000);
  // In the same turn: as after a pause of this process, nothing that watches can have told it.
  expect(membership.lastHeartbeatAt()).toBe(before);
});

test("a file in which another process broke something is told, and does not end this process", async () => {
  const { log, other, warnings } = await opened();
  await joinWhole(log);
  other.exec("ALTER TABLE group_holder RENAME TO gone");
  await log.offsets("work-output", 0);
  await turns(3);
  expect(warnings).toContainEqual(expect.stringContaining("could not be read"));
  other.exec("ALTER TABLE gone RENAME TO group_holder");
});

test("nobody is left behind in a group by joining while the log closes", async () => {
  const { log, path, clock } = await opened();
  const sibling = await openEmbeddedLog({ path, clock });
  onTestFinished(() => sibling.close());
  const has = Promise.withResolvers<void>();
  const allowed = Promise.withResolvers<void>();
  const listener = { assigned: () => has.resolve(), revoked: () => allowed.promise };
  await log.join(group, listener);
  await has.promise;
  const early = log.join(group, listener);
  const closing = log.close();
  const late = Promise.allSettled([log.join(group, listener)]);
  await turns(5);
  allowed.resolve();
  await Promise.all([early, closing]);
  expect((await late)[0]).toMatchObject({ reason: expect.any(LogUnavailableError) });
  const heir = await joinWhole(sibling);
  await heir.fence(0);
  await heir.fence(1);
});

test("a service that names another journal or checkpoint than it has is refused, and so is a guest", async () => {
  const { log } = await opened();
  const membership = await joinWhole(log);
  await membership.fence(0);
  await membership.leave();
  const more = ["new-journal", "new-checkpoint"].map((name) => ({ name, partitions: 2, retentionMs: null }));
  await log.createTopics(more.map((topic) => ({ ...topic, cleanup: "delete" as const })));
  const listener = { assigned: () => undefined, revoked: () => Promise.resolve() };
  for (const wrong of [
    { ...group, checkpoint: "new-checkpoint" },
    { ...group, journal: "new-journal" },
    { ...group, service: "guest" },
    { ...group, service: "guest", journal: "new-journal" },
  ]) {
    const refused = log.join(wrong, listener);
    await expect(refused).rejects.toBeInstanceOf(ConfigError);
    await expect(refused).rejects.toThrow(
      /service work keeps .* topic work-journal, partition 0 .* topic work-checkpoint, partition 0/,
    );
  }
  const guest = { ...group, service: "guest", journal: "new-journal", checkpoint: "new-checkpoint" };
  await (await log.join(guest, listener)).leave();
  await (await joinWhole(log)).fence(0);
});

test.skipIf(process.platform === "win32")("nobody but its user can read the log", async () => {
  const { log, path } = await opened();
  await log.append([out]);
  for (const suffix of ["", "-wal", "-shm"]) expect(statSync(path + suffix).mode & 0o077).toBe(0);
});

test("a number that nobody wrote is damage that is named", async () => {
  const { log, path, other } = await opened();
  await log.append([out]);
  other.exec("UPDATE record_4 SET timestamp = 9223372036854775807");
  const request = { topic: "work-output", partition: 0, offset: 0, recordsMax: 1, bytesMax: 1 };
  await expect(log.read(request)).rejects.toBeInstanceOf(CorruptLogError);
  await expect(log.read(request)).rejects.toThrow(path);
});

test("a file that cannot be marked as open is refused by an error of the log", async () => {
  const { log, path, clock, other } = await opened();
  await log.close();
  other.exec("CREATE TRIGGER mark BEFORE UPDATE ON life BEGIN SELECT RAISE(ABORT, 'no'); END");
  await expect(openEmbeddedLog({ path, clock })).rejects.toThrow(`log file ${path}`);
});
