import { adminCommands, type UserDirectoryEntry, userDirectory, userOrderKey } from "@hybrid/contracts";
import { orgIdOf, partitionOf, tenantActor, userActor } from "@hybrid/kernel";
import { VirtualClock } from "@hybrid/kernel/testing";
import type { Log, LogRecord, OutgoingRecord } from "@hybrid/log";
import { expect, test } from "vitest";
import {
  activateTenantCommand,
  deactivateTenantCommand,
  importPeople,
  removeUserCommand,
  toggleUserCommand,
} from "../src/adapters/import-people.ts";
import { readPeople } from "../src/adapters/read-people.ts";

const org = orgIdOf("acme");
const partitions = 4;
const tenantId = "10000000-0000-4000-8000-000000000001";
const objectId = (each: number): string => `a0000000-0000-4000-8000-${String(each).padStart(12, "0")}`;

/** As much of a log as an import needs, with a memory. Pages are small, so that several are needed. */
const logWithMemory = () => {
  const records: LogRecord[] = [];
  const batches: number[] = [];
  const of = (topic: string, partition: number) =>
    records.filter((each) => each.topic === topic && each.partition === partition);
  const log: Pick<Log, "append" | "read" | "offsets"> = {
    append: (given) => {
      batches.push(given.length);
      const offsets = given.map((each) => {
        const offset = of(each.topic, each.partition).length;
        records.push({ ...each, offset });
        return offset;
      });
      return Promise.resolve(offsets);
    },
    read: ({ topic, partition, offset }) => {
      const all = of(topic, partition);
      return Promise.resolve({
        records: all.slice(offset, offset + 2),
        nextOffset: Math.min(offset + 2, all.length),
        endOffset: all.length,
      });
    },
    offsets: (topic, partition) => Promise.resolve({ start: 0, end: of(topic, partition).length }),
  };
  return { log, records, batches };
};

const writingTo = (log: Pick<Log, "append" | "read" | "offsets">) => ({
  org,
  log,
  clock: new VirtualClock(),
  partitions,
});

const list = (...each: readonly (readonly [number, string, string])[]): string =>
  [
    "objectId,tenantId,mailAddress,enabled",
    ...each.map(([id, mail, on]) => `${objectId(id)},${tenantId},${mail},${on}`),
  ].join("\n");

const published = (user: number, over: Partial<UserDirectoryEntry>, of = org): OutgoingRecord => {
  const key = userActor(of, objectId(user));
  const entry: UserDirectoryEntry = {
    version: 1,
    removed: false,
    enabled: true,
    attemptGeneration: 1,
    tenantId,
    objectId: objectId(user),
    mailAddress: `${user}@acme.example`,
    connector: null,
    wanted: true,
    obstacles: [],
    webex: null,
    ...over,
  };
  return {
    topic: userDirectory.name,
    partition: partitionOf(key, partitions),
    key,
    value: userDirectory.encode(entry),
    timestamp: new VirtualClock().now(),
  };
};

test("an import orders every person by key, and reports what it will change", async () => {
  const { log, records } = logWithMemory();
  await log.append([
    published(1, {}),
    published(2, { mailAddress: "old@acme.example" }),
    published(3, {}),
    published(3, { version: 2, removed: true, enabled: false }),
    published(4, {}, orgIdOf("other")),
  ]);
  const people = readPeople(
    list(
      [1, "1@acme.example", "true"],
      [2, "2@acme.example", "true"],
      [3, "3@acme.example", "true"],
      [4, "4@acme.example", "true"],
      [5, "nobody", "true"],
    ),
    "csv",
  );
  const report = await importPeople(people, writingTo(log));
  expect(report).toMatchObject({ created: 2, changed: 1, unchanged: 1, refused: 1, faults: [{ line: 6 }] });
  const orders = records.filter(({ topic }) => topic === adminCommands.name);
  expect(orders.map(({ key }) => key)).toEqual([1, 2, 3, 4].map((each) => userOrderKey(org, objectId(each))));
  for (const { key, partition, value } of orders) {
    expect(partition).toBe(partitionOf(key as never, partitions));
    expect(adminCommands.decode(value!)).toMatchObject({ kind: "putUser", enabled: true });
  }
});

test("a strict import with any fault orders nobody", async () => {
  const { log, records } = logWithMemory();
  const people = readPeople(list([1, "1@acme.example", "true"], [2, "nobody", "true"]), "csv");
  const report = await importPeople(people, { ...writingTo(log), strict: true });
  expect(report).toMatchObject({ created: 0, changed: 0, unchanged: 0, refused: 2 });
  expect(records).toEqual([]);
});

test("a strict import without faults is an import", async () => {
  const { log, records } = logWithMemory();
  await importPeople(readPeople(list([1, "1@acme.example", "false"]), "csv"), {
    ...writingTo(log),
    strict: true,
  });
  expect(records).toHaveLength(1);
});

test("a long list is appended in bounded batches, in order", async () => {
  const { log, records, batches } = logWithMemory();
  const rows = Array.from({ length: 1_201 }, (_, each) => [each, `${each}@acme.example`, "true"] as const);
  const report = await importPeople(readPeople(list(...rows), "csv"), writingTo(log));
  expect(report.created).toBe(1_201);
  expect(batches).toEqual([500, 500, 201]);
  expect(records.at(-1)!.key).toBe(userOrderKey(org, objectId(1_200)));
});

test("ids that would not fit into a clientState are refused", async () => {
  const { log, records } = logWithMemory();
  const header = "userId,objectId,tenantId,mailAddress";
  const text = `${header}\n${"u".repeat(64)},${objectId(1)},${tenantId},a@acme.example`;
  const wide = { ...writingTo(log), org: orgIdOf("o".repeat(36)) };
  const report = await importPeople(readPeople(text, "csv"), wide);
  expect(report).toMatchObject({ created: 0, refused: 1, faults: [{ line: 2, field: "userId" }] });
  expect(records).toEqual([]);
});

test("the orders of an administrator carry their key, partition and content", () => {
  const { log } = logWithMemory();
  const writing = writingTo(log);
  const settings = { webexKeyword: "space", meetKeyword: "space", language: null } as const;
  const orders = [
    toggleUserCommand("1", false, writing),
    removeUserCommand("1", writing),
    activateTenantCommand(tenantId, settings, writing),
    deactivateTenantCommand(tenantId, writing),
  ];
  expect(orders.map(({ key, value }) => [key, adminCommands.decode(value!)])).toMatchObject([
    [userOrderKey(org, "1"), { kind: "toggleUser", enabled: false }],
    [userOrderKey(org, "1"), { kind: "removeUser" }],
    [tenantActor(org, tenantId), { kind: "activateTenant", settings }],
    [tenantActor(org, tenantId), { kind: "deactivateTenant" }],
  ]);
  for (const { key, partition } of orders) expect(partition).toBe(partitionOf(key as never, partitions));
});
