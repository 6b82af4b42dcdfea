import { partitionOf, plus } from "@hybrid/kernel";
import { CorruptLogError, type Log, OffsetOutOfRangeError, type OwnedPartition } from "@hybrid/log";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type HealthServer, runService, startHealthServer } from "../src/index.ts";
import { passTime } from "../testing/index.ts";
import { failingLog } from "./failing-log.ts";
import { type LedgerOptions, neighbours, Workbench } from "./workbench.ts";

let bench: Workbench;
let server: HealthServer;

beforeEach(async () => {
  bench = await Workbench.open();
  server = await startHealthServer({
    port: 0,
    registry: bench.registry,
    services: () => [...bench.running],
  });
});

afterEach(async () => {
  await server.close();
  await bench.close();
});

const { a, stranger } = neighbours();
const home = partitionOf(a, 4);

const get = async (path: string) => {
  const response = await fetch(`${server.url}${path}`);
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
};

/** A log whose polls of the home partition fail while `failing` says with what. */
const badReads = (log: Log, failing: () => Error | undefined): Log => ({
  ...log,
  join: async (group, listener) => {
    const membership = await log.join(group, listener);
    return {
      ...membership,
      fence: async (partition) => {
        const owned = await membership.fence(partition);
        if (partition !== home) return owned;
        const poll: OwnedPartition["poll"] = async (...given) => {
          const error = failing();
          if (error) throw error;
          return owned.poll(...given);
        };
        return { ...owned, poll };
      },
    };
  },
});

const started = async (options: Partial<LedgerOptions>) => {
  const service = await runService(bench.options(options));
  bench.running.add(service);
  await bench.publish(a, { kind: "add", id: "1", n: 1 });
  await bench.publish(stranger, { kind: "add", id: "1", n: 1 });
  await bench.settle();
  return service;
};

const pass = (ms: number): Promise<void> =>
  passTime(bench.clock, plus(bench.clock.now(), ms), [...bench.running]);

const levels = (message: RegExp): readonly string[] =>
  bench.logger.lines.filter((line) => message.test(line.message)).map(({ level }) => level);

test("a damaged read is made again, and nobody notices but the log", async () => {
  let left = 2;
  const service = await started({
    log: badReads(bench.log, () =>
      left-- > 0 ? new CorruptLogError("one bit flipped on the wire") : undefined,
    ),
  });
  await pass(5_000);
  expect((await service.stateOf(a))?.state.applied).toEqual(["1"]);
  expect(levels(/fencing again.*one bit flipped/)).toEqual(["error", "error"]);
  expect((await get("/healthz")).status).toBe(200);
});

test.each([
  ["damage", new CorruptLogError("offset 7 of ledger-orders is damaged: restore it from a backup")],
  ["a gap", new OffsetOutOfRangeError("offset 7 of ledger-orders is gone: restore it from a backup")],
])(
  "%s that every read finds stops its partition: restart, and a person is told what to do",
  async (_what, error) => {
    const service = await started({ log: badReads(bench.log, () => error) });
    expect(service.status().find(({ partition }) => partition === home)?.dead).toBe(false);
    expect((await get("/healthz")).status).toBe(200);
    await pass(5_000);
    const dead = { partition: home, dead: true, reason: expect.stringContaining("restore it from a backup") };
    const health = await get("/healthz");
    expect(health).toMatchObject({ status: 503, body: { healthy: false, dead: [dead] } });
    expect(await get("/readyz")).toMatchObject({ status: 503, body: { ready: false, needsPerson: [dead] } });
    await expect(service.failed).rejects.toThrow("restore it from a backup");
    expect((await service.stateOf(stranger))?.state.applied).toEqual(["1"]);
  },
);

test("an error that nobody has foreseen is retried with growing pauses, loudly, and heals", async () => {
  let isBroken = true;
  let commits = 0;
  const log = failingLog(
    bench.log,
    (_batch, { partition }) => partition === home && isBroken && ++commits > 0,
    () => new TypeError("x is not a function"),
  );
  const service = await started({ log });
  await pass(200_000);
  expect(service.status().find(({ partition }) => partition === home)).toMatchObject({
    dead: false,
    reason: expect.stringContaining("x is not a function"),
  });
  expect(commits).toBeGreaterThan(8);
  expect(commits).toBeLessThan(25);
  expect(levels(/fencing again.*x is not a function/)).toEqual(
    Array.from({ length: commits }, () => "error"),
  );
  expect((await get("/healthz")).status).toBe(200);
  await pass(120_000);
  const { status, body } = await get("/healthz");
  expect([status, body["circling"]]).toMatchObject([503, [{ partition: home, circling: true }]]);
  isBroken = false;
  await pass(120_000);
  expect((await service.stateOf(a))?.state.applied).toEqual(["1"]);
  expect((await get("/healthz")).status).toBe(200);
  expect((await get("/readyz")).status).toBe(200);
});
