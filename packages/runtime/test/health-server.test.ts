import { partitionOf } from "@hybrid/kernel";
import { type GroupListener, InstanceTakenError, type Log, LogFullError, type Membership } from "@hybrid/log";
import { Registry } from "prom-client";
import { afterEach, beforeEach, expect, test } from "vitest";
import {
  type HealthServer,
  type RunningService,
  runService,
  runtimeMetrics,
  startHealthServer,
} from "../src/index.ts";
import { failingLog } from "./failing-log.ts";
import { topology } from "./ledger.ts";
import { neighbours, partitions, Workbench } from "./workbench.ts";

let bench: Workbench;
let server: HealthServer;
let services: RunningService[];

beforeEach(async () => {
  bench = await Workbench.open();
  services = [];
  server = await startHealthServer({ port: 0, registry: bench.registry, services: () => services });
});

afterEach(async () => {
  await server.close();
  await bench.close();
});

const get = async (path: string) => {
  const response = await fetch(`${server.url}${path}`);
  return { status: response.status, text: await response.text() };
};

const { a, stranger } = neighbours();

test("is ready when every partition runs, and not before there is a service", async () => {
  expect((await get("/readyz")).status).toBe(503);
  services.push(await bench.start());
  expect(await get("/readyz")).toEqual({
    status: 200,
    text: JSON.stringify({ ready: true, notRunning: [], needsPerson: [], withoutPartitions: [] }),
  });
  expect((await get("/healthz")).status).toBe(200);
});

test("says which partition is not ready and why, while the process is healthy", async () => {
  const full = () => new LogFullError("the disk is full");
  services.push(await bench.start({ log: failingLog(bench.log, () => true, full) }));
  await bench.publish(a, { kind: "add", id: "1", n: 1 });
  await bench.settle();
  const { status, text } = await get("/readyz");
  expect(status).toBe(503);
  expect(JSON.parse(text)).toMatchObject({
    ready: false,
    notRunning: [
      { service: "ledger", state: "fencing", reason: expect.stringContaining("the disk is full") },
    ],
  });
  expect((await get("/healthz")).status).toBe(200);
});

test("says which release a partition waits for, and that its records wait, while the process is healthy", async () => {
  const newer = {
    ...topology,
    stateVersion: 3,
    upgrades: { 1: (old: unknown) => old, 2: (old: unknown) => old },
  };
  const first = await bench.start({ topology: newer });
  await bench.publish(a, { kind: "add", id: "1", n: 1 });
  await bench.settle();
  await first.stop();
  bench.running.clear();
  services.push(await bench.start());
  await bench.settle();
  const unknown = Uint8Array.of(0xc3, 0x01, 1, 2, 3, 4, 5, 6, 7, 8);
  await bench.publishRaw(stranger, partitionOf(stranger, partitions), unknown);
  await bench.settle();
  const { status, text } = await get("/readyz");
  expect(status).toBe(503);
  expect(JSON.parse(text)).toMatchObject({
    notRunning: [{ state: "running", reason: expect.stringContaining("upgrade this service") }],
    why: { ledger: [expect.stringMatching(/^partition \d has states of version 3 and waits/)] },
  });
  expect((await get("/healthz")).status).toBe(200);
});

test("is not healthy when a loop has work and makes no progress for a minute", async () => {
  services.push(await bench.start({ observer: { at: () => new Promise(() => undefined) } }));
  bench.clock.advanceBy(3_600_000);
  expect((await get("/healthz")).status).toBe(200);
  await bench.publish(a, { kind: "add", id: "1", n: 1 });
  for (let turn = 0; turn < 50; turn++) await new Promise((resolve) => setImmediate(resolve));
  expect((await get("/healthz")).status).toBe(200);
  bench.clock.advanceBy(60_001);
  const { status, text } = await get("/healthz");
  expect(status).toBe(503);
  expect(JSON.parse(text)).toMatchObject({ healthy: false, stalled: [{ service: "ledger", stalled: true }] });
});

test("serves the figures of every service on one registry", async () => {
  services.push(await bench.start());
  await bench.publish(a, { kind: "arm", id: "1", name: "retry", inMs: 1_000 }, { kind: "fetch", id: "2" });
  await bench.settle();
  const { status, text } = await get("/metrics");
  expect(status).toBe(200);
  for (const line of [
    'hybrid_steps_total{service="ledger"} 3',
    'hybrid_records_total{service="ledger",topic="ledger-orders"} 2',
    'hybrid_calls_total{service="ledger",kind="fetch",result="ok"} 1',
    'hybrid_actors_held{service="ledger"} 1',
    'hybrid_timers_held{service="ledger"} 1',
    'hybrid_partitions{service="ledger",state="running"} 4',
    'hybrid_lag_records{service="ledger"} 0',
  ])
    expect(text).toContain(line);
  expect(text).toMatch(/hybrid_commit_seconds_count\{service="ledger"\} [1-9]/);
  expect(text).toMatch(/hybrid_restore_seconds_count\{service="ledger"\} 4/);
});

test("metrics made twice on one registry are the same ones", () => {
  const registry = new Registry();
  expect(runtimeMetrics(registry)).toBe(runtimeMetrics(registry));
  expect(runtimeMetrics(new Registry())).not.toBe(runtimeMetrics(registry));
});

test("there are figures of partitions for every state, also of services that have not started yet", async () => {
  bench.options({}).metrics.expect("later");
  services.push(await bench.start());
  const { text } = await get("/metrics");
  for (const state of ["assigned", "fencing", "restoring", "running", "draining", "closed"]) {
    expect(text).toContain(`hybrid_partitions{service="later",state="${state}"} 0`);
    expect(text).toContain(`hybrid_partitions{service="ledger",state="${state}"}`);
  }
});

const waiting = (changes: Partial<Membership>): Log => ({
  ...bench.log,
  join: async (group) => {
    const silent = { assigned: () => undefined, revoked: () => Promise.resolve() };
    return { ...(await bench.log.join(group, silent)), ...changes };
  },
});

test("a service without partitions says what it waits for, and which ones need a newer worker", async () => {
  const log = waiting({
    waitsFor: () => "others to join",
    waiting: () => [{ partition: 3, needs: 2, newest: 1 }],
  });
  const service = await runService(bench.options({ log }));
  bench.running.add(service);
  services.push(service);
  const { status, text } = await get("/readyz");
  expect(status).toBe(503);
  expect(JSON.parse(text)).toMatchObject({
    withoutPartitions: ["ledger"],
    why: {
      ledger: [
        "it has no partition and waits for others to join",
        expect.stringMatching(/^partition 3 has states of version 2 and waits for a worker that knows them/),
      ],
    },
  });
});

test("a process whose place another one has taken stays, is not ready, and says who", async () => {
  const taken = new InstanceTakenError("consumer group ledger: another worker has joined as instance pod-1");
  let listener: GroupListener | undefined;
  const log: Log = {
    ...bench.log,
    join: (group, heard, worker) => {
      listener = heard;
      return bench.log.join(group, { assigned: () => undefined, revoked: () => Promise.resolve() }, worker);
    },
  };
  const service = await runService(bench.options({ log }));
  bench.running.add(service);
  services.push(service);
  let isEnded = false;
  service.ended.catch(() => (isEnded = true));
  listener?.ended?.(taken);
  const { status, text } = await get("/readyz");
  expect([status, JSON.parse(text).why, isEnded]).toEqual([503, { ledger: [taken.message] }, false]);
  expect((await get("/healthz")).status).toBe(200);
});

test("a stopped service leaves the gauges", async () => {
  const service = await bench.start();
  await service.stop();
  bench.running.clear();
  expect((await get("/metrics")).text).not.toContain('hybrid_actors_held{service="ledger"}');
});

test("tells operators what is parked and what observe mode keeps back, by service", async () => {
  services.push(await bench.start());
  expect(await get("/parked")).toEqual({ status: 200, text: "[]" });
  const { status, text } = await get("/observed/acme");
  expect(status).toBe(200);
  expect(JSON.parse(text)).toMatchObject([
    { service: "ledger", org: "acme", on: false, calls: {}, latest: [] },
  ]);
  expect((await get("/observed/Not%20One")).status).toBe(400);
});

test("tells operators in which state every partition of this process is", async () => {
  const service = await bench.start();
  services.push(service);
  const { status, text } = await get("/owners");
  expect(status).toBe(200);
  expect(JSON.parse(text)).toEqual(service.status().map((each) => ({ service: service.service, ...each })));
  expect(JSON.parse(text)).toContainEqual(expect.objectContaining({ partition: 0, state: "running" }));
});

test("a process that runs no service of actors on purpose is ready", async () => {
  const alone = await startHealthServer({
    port: 0,
    registry: bench.registry,
    services: () => services,
    servicesExpected: false,
  });
  const answer = await fetch(`${alone.url}/readyz`);
  await alone.close();
  expect(answer.status).toBe(200);
  expect((await get("/readyz")).status).toBe(503);
});
