import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  type PeopleSource,
  type PeopleSync,
  peopleFindings,
  peopleSync,
  syncKey,
  syncOrders,
  topicSettings,
  userDirectory,
} from "@hybrid/contracts";
import { directoryHandlers, directoryTexts, directoryTopology, type SourcePorts } from "@hybrid/directory";
import { orgIdOf, partitionOf } from "@hybrid/kernel";
import { type Log, openEmbeddedLog } from "@hybrid/log";
import { runService, runtimeMetrics, seededRandom, systemScheduler } from "@hybrid/runtime";
import { KeyRing, sealHandlers } from "@hybrid/sealing";
import { Registry } from "prom-client";
import { expect, onTestFinished, test } from "vitest";
import { catalog } from "../src/service-list.ts";
import { aliveBytes } from "./scale-memory.ts";
import { forgetfulVault } from "./scale-world.ts";

/** People of the organisation: with HYBRID_SCALE=1 as many as a large one has. */
const people = process.env["HYBRID_SCALE"] === "1" ? 100_000 : 1_000;

const partitions = 8;
const org = orgIdOf("acme");
const tenantId = "10000000-0000-4000-8000-000000000001";
const webexOrg = "20000000-0000-4000-8000-000000000002";
const webex: PeopleSource = { kind: "webex" };
const graph: PeopleSource = { kind: "graph", tenantId };

const uuidOf = (kind: "a" | "b", n: number): string =>
  `${kind}0000000-0000-4000-8000-${String(n).padStart(12, "0")}`;
const numberOf = (uuid: string): number => Number(uuid.slice(-12));

/** One in fifty is wrong in some way. */
const isInvalid = (n: number): boolean => n % 100 === 7;
const isPending = (n: number): boolean => n % 100 === 57;

const page = (start: number, size: number): readonly number[] =>
  Array.from({ length: Math.max(0, Math.min(size, people - start)) }, (_, each) => start + each);

/** Both clouds as numbers; nothing of them is kept. */
const sources = (): SourcePorts => {
  const scimUser = (n: number) => ({
    id: uuidOf("b", n),
    userName: `user${n}@acme.example`,
    active: true,
    emails: [],
    externalId: isInvalid(n) ? "4711" : uuidOf("a", n),
    meta: { lastModified: new Date(Date.UTC(2025, 0, 1) + n * 60_000).toISOString() },
  });
  const person = (n: number) => ({
    id: Buffer.from(`ciscospark://us/PEOPLE/${uuidOf("b", n)}`).toString("base64url"),
    invitePending: isPending(n),
    licenses: [],
  });
  const ports = {
    clock: systemScheduler(),
    graph: {
      users: {
        delta: async ({ link, pageSize }: { readonly link: string | null; readonly pageSize: number }) => {
          const start = link === null ? 0 : Number(link);
          const numbers = page(start, pageSize);
          const end = start + numbers.length;
          return {
            users: numbers.map((n) => ({
              id: uuidOf("a", n),
              mail: `user${n}@acme.example`,
              userType: "Member",
            })),
            removed: [],
            unusable: 0,
            next: { kind: end < people ? "page" : "round", link: String(end) },
          };
        },
      },
      tenants: { listVerifiedDomains: async () => ["acme.example"] },
    },
    webex: {
      getMe: async () => ({
        orgId: Buffer.from(`ciscospark://us/ORGANIZATION/${webexOrg}`).toString("base64url"),
      }),
      getScimUsersPage: async ({ startIndex = 1, count = 100, sortOrder = "ascending" }) => {
        const numbers = page(startIndex - 1, count);
        const shown = sortOrder === "ascending" ? numbers : numbers.map((n) => people - 1 - n);
        const nextIndex = startIndex + numbers.length;
        return { items: shown.map(scimUser), unusable: [], nextIndex: nextIndex > people ? null : nextIndex };
      },
      listPeople: async function* ({ id = "" }: { readonly id?: string }) {
        const uuids = id.split(",").map((each) => Buffer.from(each, "base64url").toString().slice(-36));
        yield { items: uuids.map((uuid) => person(numberOf(uuid))), unusable: [] };
      },
      listLicenses: async function* () {
        yield { items: [], unusable: [] };
      },
      listWorkspaces: async function* () {
        yield { items: [], unusable: [] };
      },
    },
  };
  return ports as unknown as SourcePorts;
};

const recordsIn = async (log: Log, topic: string): Promise<number> => {
  let records = 0;
  for (let partition = 0; partition < partitions; partition++) {
    const { start, end } = await log.offsets(topic, partition);
    records += end - start;
  }
  return records;
};

const reportOf = async (log: Log, source: PeopleSource): Promise<PeopleSync | null> => {
  const key = syncKey(org, source);
  const partition = partitionOf(key, partitions);
  const { end } = await log.offsets(peopleSync.name, partition);
  const from = Math.max(0, end - 20);
  const { records } = await log.read({
    topic: peopleSync.name,
    partition,
    offset: from,
    recordsMax: 20,
    bytesMax: 100_000,
  });
  const last = records.findLast((record) => record.key === key);
  return last?.value ? peopleSync.decode(last.value) : null;
};

/** Orders a run and waits for its end; `looked` is called while it goes on. */
const runOf = async (
  log: Log,
  source: PeopleSource,
  options: { readonly full: boolean; readonly looked?: (read: number) => void },
): Promise<{ readonly seconds: number; readonly report: PeopleSync }> => {
  const key = syncKey(org, source);
  const before = (await reportOf(log, source))?.run ?? 0;
  const timestamp = systemScheduler().now();
  const value = syncOrders.encode({ full: options.full, go: true, requestedAt: timestamp });
  const startedAt = performance.now();
  await log.append([
    { topic: syncOrders.name, partition: partitionOf(key, partitions), key, value, timestamp },
  ]);
  for (let seenEnd = -1; ; ) {
    const { end } = await log.offsets(peopleSync.name, partitionOf(key, partitions));
    if (end === seenEnd) {
      // The service works in this process: each turn of its loop lets it go on.
      await new Promise((resolve) => {
        setImmediate(resolve);
      });
      continue;
    }
    seenEnd = end;
    const report = await reportOf(log, source);
    if (report && report.run > before) {
      options.looked?.(report.read);
      if (report.phase === "done") return { seconds: (performance.now() - startedAt) / 1_000, report };
      if (report.trouble !== null) throw new Error(report.trouble);
    }
  }
};

const quiet = { debug() {}, info() {}, warn() {}, error() {} };

const open = async () => {
  const folder = await mkdtemp(join(tmpdir(), "hybrid-people-"));
  const log = await openEmbeddedLog({
    path: join(folder, "log.sqlite"),
    clock: systemScheduler(),
    logger: quiet,
  });
  await log.createTopics(catalog.allTopics.map((topic) => topicSettings(topic, partitions)));
  const service = await runService({
    log,
    topics: catalog.allTopics,
    partitions,
    scheduler: systemScheduler(),
    random: seededRandom(1),
    logger: quiet,
    metrics: runtimeMetrics(new Registry()),
    topology: directoryTopology,
    handlers: sealHandlers(directoryHandlers(sources()), directoryTexts),
    keys: new KeyRing({ vault: forgetfulVault, clock: systemScheduler() }),
  });
  onTestFinished(async () => {
    await service.stop();
    await log.close();
    await rm(folder, { recursive: true, force: true });
  });
  await service.ready();
  return log;
};

test("a large organisation is synchronised from both clouds; a second run changes nothing", {
  timeout: 1_800_000,
}, async () => {
  /*
   * Goal: cost and memory of a whole organisation, and that nothing is published twice.
   * Method: the service on its runtime and the embedded log; sources that answer at once and keep nothing.
   */
  const log = await open();
  const heaps: number[] = [];
  let seen = 0;
  const looked = (read: number): void => {
    if (read - seen < people / 10) return;
    seen = read;
    heaps.push(aliveBytes().heap);
  };
  const empty = aliveBytes();
  const first = await runOf(log, graph, { full: false, looked });
  seen = 0;
  const second = await runOf(log, webex, { full: false, looked });
  expect([first.report.read, second.report.read]).toEqual([people, people]);

  const users = await recordsIn(log, userDirectory.name);
  const findings = await recordsIn(log, peopleFindings.name);
  const invalid = page(0, people).filter(isInvalid).length;
  const pending = page(0, people).filter(isPending).length;
  expect(users).toBeGreaterThanOrEqual(people);
  expect(findings).toBeGreaterThanOrEqual(invalid + pending);

  const full = aliveBytes();
  const again = await runOf(log, webex, { full: false });
  const everybody = await runOf(log, webex, { full: true });
  await runOf(log, graph, { full: false });
  expect(again.report.read).toBeLessThanOrEqual(80);
  expect(everybody.report.read).toBe(people);
  expect(await recordsIn(log, userDirectory.name)).toBe(users);
  expect(await recordsIn(log, peopleFindings.name)).toBe(findings);

  const perPerson = (full.buffers - empty.buffers) / people;
  const grown = Math.max(...heaps) - Math.min(...heaps);
  const figures = {
    people,
    graphSeconds: Number(first.seconds.toFixed(1)),
    webexSeconds: Number(second.seconds.toFixed(1)),
    incrementalSeconds: Number(again.seconds.toFixed(2)),
    fullAgainSeconds: Number(everybody.seconds.toFixed(1)),
    bytesPerPerson: Math.round(perPerson),
    heapGrownMiB: Number((grown / 1_048_576).toFixed(1)),
  };
  console.info(JSON.stringify(figures));
  // States of actors are kept encoded: that is all that grows.
  expect(perPerson).toBeLessThan(6_000);
  expect(grown).toBeLessThan(128 * 1_048_576);
});
