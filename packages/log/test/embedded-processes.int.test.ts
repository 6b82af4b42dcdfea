import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { DatabaseSync } from "node:sqlite";
import { instant } from "@hybrid/kernel";
import { expect, onTestFinished, test } from "vitest";
import { FencedError, type Log, LogUnavailableError, type OwnedPartition } from "../src/index.ts";
import { temporaryFolder } from "./embedded-fixture.ts";
import {
  commitNumber,
  createWorkTopics,
  expectedAfter,
  findIn,
  group,
  joinWhole,
  openAt,
} from "./workload.ts";

interface Child {
  readonly process: ChildProcessWithoutNullStreams;
  /** The next line it says. */
  next(): Promise<string>;
  /** Tells it what to do and waits until it says that it is done. */
  tell(order: string): Promise<void>;
}

const start = (role: "commit" | "obey", path: string): Child => {
  const script = join(import.meta.dirname, "child.ts");
  const child = spawn(process.execPath, ["--disable-warning=ExperimentalWarning", script, role, path]);
  onTestFinished(() => void child.kill("SIGKILL"));
  child.stderr.pipe(process.stderr);
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async (): Promise<string> => {
    const line = await lines.next();
    if (line.done === true) throw new Error(`the ${role} process ended`);
    return line.value;
  };
  return {
    process: child,
    next,
    async tell(order) {
      child.stdin.write(`${order}\n`);
      expect(await next()).toBe(order);
    },
  };
};

test("kill -9 in the middle of commits loses nothing that was acknowledged and tears nothing", async () => {
  /*
   * Goal: after a kill at any moment, the log holds whole commits, all acknowledged ones among them (I1).
   * Method: a process commits as fast as it can and says how far it got; it is killed after a varying number
   *   of lines, six times on the same file; the parent then checks journal, output, states and position.
   */
  const path = join(temporaryFolder(), "hybrid.log");
  let before = 0;
  for (const lines of [2, 5, 17, 40, 90, 200]) {
    const child = start("commit", path);
    expect(await child.next()).toBe(`start ${before}`);
    let acknowledged = before;
    for (let line = 0; line < lines; line++) acknowledged = Number((await child.next()).split(" ")[1]);
    child.process.kill("SIGKILL");
    await once(child.process, "exit");
    const log = await openAt(path);
    const found = await findIn(log);
    await log.close();
    expect(found.position).toBeGreaterThanOrEqual(acknowledged);
    expect(found).toEqual(expectedAfter(found.position));
    before = found.position;
  }
  expect(before).toBeGreaterThan(1_000);
});

test("a second process that joins takes the group over; the first is fenced, and gets it back in the end", async () => {
  const path = join(temporaryFolder(), "hybrid.log");
  const log = await openAt(path);
  onTestFinished(() => log.close());
  await createWorkTopics(log);
  const told: string[] = [];
  let heard = Promise.withResolvers<void>();
  const until = async (events: number): Promise<void> => {
    while (told.length < events) {
      await heard.promise;
      heard = Promise.withResolvers();
    }
  };
  const hear = (event: string): void => {
    told.push(event);
    heard.resolve();
  };
  const membership = await log.join(group, {
    assigned: (partition) => hear(`+${partition}`),
    revoked: async (partition) => hear(`-${partition}`),
  });
  await until(2);
  const owned = await membership.fence(0);
  await commitNumber(owned, 0);
  const child = start("obey", path);
  expect(await child.next()).toBe("open");
  await child.tell("join");
  await until(4);
  expect(told).toEqual(["+0", "+1", "-0", "-1"]);
  await expect(membership.fence(0)).rejects.toBeInstanceOf(FencedError);
  await child.tell("commit");
  await expect(commitNumber(owned, 1)).rejects.toBeInstanceOf(FencedError);
  const beat = membership.lastHeartbeatAt();
  expect(membership.lastHeartbeatAt()).toBe(beat);
  await child.tell("leave");
  await until(6);
  expect(told.slice(4)).toEqual(["+0", "+1"]);
  await child.tell("close");
  const again = await membership.fence(0);
  expect(again.epoch).toBeGreaterThan(owned.epoch + 1);
  await commitNumber(again, 2);
  expect(await findIn(log, membership)).toEqual(expectedAfter(3));
});

/** Partition 1 of what the other process appends to, as the source of a service of its own. */
const reader = async (log: Log): Promise<OwnedPartition> => {
  const own = { partitions: 2, retentionMs: null };
  await log.createTopics([
    { ...own, name: "reader-journal", cleanup: "delete" },
    { ...own, name: "reader-checkpoint", cleanup: "compact" },
  ]);
  const has = Promise.withResolvers<void>();
  const topics = { sources: ["work-output"], journal: "reader-journal", checkpoint: "reader-checkpoint" };
  const membership = await log.join(
    { service: "reader", partitions: 2, ...topics },
    {
      assigned: (partition) => partition === 1 && has.resolve(),
      revoked: () => Promise.resolve(),
    },
  );
  await has.promise;
  return membership.fence(1);
};

const one = { recordsMax: 1, bytesMax: 1_000_000 };

test("records that another process appends wake a poll", async () => {
  const path = join(temporaryFolder(), "hybrid.log");
  const log = await openAt(path);
  onTestFinished(() => log.close());
  await createWorkTopics(log);
  const child = start("obey", path);
  expect(await child.next()).toBe("open");
  const owned = await reader(log);
  for (let offset = 0; offset < 20; offset++) {
    const arrived = owned.poll(one, new AbortController().signal);
    await child.tell("append");
    expect(await arrived).toMatchObject([{ offset }]);
    expect((await log.offsets("work-output", 1)).end).toBe(offset + 1);
  }
});

test("a read that notices another process's record first does not keep it from a poll", async () => {
  const path = join(temporaryFolder(), "hybrid.log");
  const log = await openAt(path);
  onTestFinished(() => log.close());
  await createWorkTopics(log);
  const child = start("obey", path);
  expect(await child.next()).toBe("open");
  const owned = await reader(log);
  for (let offset = 0; offset < 20; offset++) {
    const arrival = owned.poll(one, new AbortController().signal);
    const told = child.tell("append");
    const look = async (): Promise<"still waiting"> => {
      await log.offsets("work-output", 0);
      await new Promise((resolve) => setImmediate(resolve));
      return "still waiting";
    };
    while ((await Promise.race([arrival, look()])) === "still waiting");
    await told;
  }
  expect((await log.offsets("work-output", 1)).end).toBe(20);
});

test("a log that another process writes to without a pause opens, every time", async () => {
  const path = join(temporaryFolder(), "hybrid.log");
  const child = start("commit", path);
  expect(await child.next()).toBe("start 0");
  for (let line = 0; line < 20; line++) await child.next();
  for (let opening = 0; opening < 10; opening++) {
    const log = await openAt(path);
    expect((await log.offsets("work-journal", 0)).end).toBeGreaterThan(50);
    await log.close();
  }
});

test("two processes that both commit never tear the file", async () => {
  const path = join(temporaryFolder(), "hybrid.log");
  const log = await openAt(path);
  onTestFinished(() => log.close());
  await createWorkTopics(log);
  const membership = await joinWhole(log);
  const owned = await membership.fence(1);
  const child = start("obey", path);
  expect(await child.next()).toBe("open");
  const appends = async (): Promise<void> => {
    for (let n = 0; n < 100; n++) await child.tell("append");
  };
  const commits = async (): Promise<void> => {
    for (let n = 0; n < 100; n++) await commitNumber(owned, n);
  };
  await Promise.all([appends(), commits()]);
  expect(await log.offsets("work-output", 1)).toEqual({ start: 0, end: 200 });
  const { records } = await log.read({
    topic: "work-output",
    partition: 1,
    offset: 0,
    recordsMax: 300,
    bytesMax: 1e9,
  });
  expect(records.filter(({ key }) => key === null)).toHaveLength(100);
  expect((await log.offsets("work-journal", 1)).end).toBe(100);
});

test("a process that never gives the lock back is named after a while, and nothing was appended", async () => {
  const path = join(temporaryFolder(), "hybrid.log");
  const log = await openAt(path);
  onTestFinished(() => log.close());
  await createWorkTopics(log);
  const other = new DatabaseSync(path);
  onTestFinished(() => other.close());
  const record = { topic: "work-output", partition: 0, key: null, value: null, timestamp: instant(1) };
  other.exec("BEGIN IMMEDIATE");
  const refused = log.append([record]);
  await expect(refused).rejects.toBeInstanceOf(LogUnavailableError);
  await expect(refused).rejects.toThrow(/locked by another process for 6 s; nothing was appended/);
  other.exec("COMMIT");
  expect(await log.append([record])).toEqual([0]);
});
