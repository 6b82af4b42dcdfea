import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  type CalendarHealth,
  calendarHealth,
  type TopicContract,
  type UserState,
  userStatus,
} from "@hybrid/contracts";
import { actorIdOf, instant, partitionOf } from "@hybrid/kernel";
import { VirtualClock } from "@hybrid/kernel/testing";
import { type Log, openEmbeddedLog } from "@hybrid/log";
import { afterEach, beforeEach, expect, test } from "vitest";
import { remarkOf } from "../src/users/people-view.ts";
import { presentUsers } from "../src/users-view.ts";

const partitions = 2;
let folder: string;
let log: Log;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "hybrid-"));
  log = await openEmbeddedLog({ path: join(folder, "log.sqlite"), clock: new VirtualClock() });
});
afterEach(async () => {
  await log.close();
  rmSync(folder, { recursive: true });
});

const create = (names: readonly string[]) =>
  log.createTopics(names.map((name) => ({ name, partitions, cleanup: "compact", retentionMs: null })));

const write = <Value>(topic: TopicContract<Value>, key: string, value: Value) => {
  const partition = partitionOf(actorIdOf(key), partitions);
  return log.append([
    { topic: topic.name, partition, key, value: topic.encode(value), headers: {}, timestamp: instant(0) },
  ]);
};
const status = (user: string, to: UserState, reason: string | null = null) =>
  write(userStatus, `acme/u-${user}`, {
    transition: 1,
    from: "notActivated",
    to,
    cause: "activated",
    reason,
    failures: 0,
    nextTryAt: null,
    subscriptionId: null,
    expiresAt: null,
    tenantId: "t",
    objectId: "o",
    mailAddress: "a@acme.example",
    settings: { webexKeyword: "personalRoom", meetKeyword: "space", language: null },
    at: 0,
  });
const health = (user: string, value: Omit<CalendarHealth, "at">) =>
  write(calendarHealth, `acme/u-${user}`, { ...value, at: 0 });
const since = Date.UTC(2026, 0, 5, 8);

test("an administrator sees since when an Active user's calendar cannot be read, until it can be", async () => {
  await create([userStatus.name, calendarHealth.name]);
  for (const user of ["broken", "mended", "well"]) await status(user, "active");
  await status("error", "error", "outOfScope");
  await health("broken", { unreadableSince: since, code: "unavailable" });
  await health("mended", { unreadableSince: since, code: "unavailable" });
  await health("mended", { unreadableSince: null, code: null });
  await health("error", { unreadableSince: since, code: "outOfScope" });
  const rows = await presentUsers({ log, partitions });
  expect(rows.map((row) => [row.user, remarkOf(row.reason, row)])).toEqual([
    ["acme/u-broken", "calendar not readable since 2026-01-05T08:00 (unavailable)"],
    ["acme/u-error", "outOfScope"],
    ["acme/u-mended", ""],
    ["acme/u-well", ""],
  ]);
});

test("a log of before calendars were told of shows its users all the same", async () => {
  await create([userStatus.name]);
  await status("well", "active");
  expect(await presentUsers({ log, partitions })).toMatchObject([
    { user: "acme/u-well", calendarUnreadable: null },
  ]);
});
