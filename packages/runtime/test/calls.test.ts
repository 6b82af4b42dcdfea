import { ProviderError, plus, seconds } from "@hybrid/kernel";
import { afterEach, beforeEach, expect, test } from "vitest";
import { foldJournal, passTime, readJournal, settle } from "../testing/index.ts";
import { failingLog } from "./failing-log.ts";
import { topology } from "./ledger.ts";
import { neighbours, partitions, startAt, Workbench } from "./workbench.ts";

let bench: Workbench;

beforeEach(async () => {
  bench = await Workbench.open();
});

afterEach(() => bench.close());

const { a, b } = neighbours();

const never = (): Promise<string> => new Promise(() => undefined);

const appliedBy = async (service: Awaited<ReturnType<Workbench["start"]>>) =>
  (await service.stateOf(a))?.state.applied;

test("a call starts after its record is durable, and its outcome comes back as a journaled input (I4)", async () => {
  let journaledAtCall: readonly string[] = [];
  bench.world.answer = async () => {
    const journal = await readJournal(bench.log, "ledger", partitions);
    journaledAtCall = journal.map(({ pending }) => pending.map(({ call }) => call).join());
    return "ok";
  };
  const service = await bench.start();
  await bench.publish(a, { kind: "fetch", id: "1" });
  await bench.settle();
  expect(journaledAtCall).toEqual(['{"kind":"fetch","id":"1"}']);
  expect(bench.world.requests).toEqual([{ callId: `${a}/1/0`, id: "1" }]);
  expect(await appliedBy(service)).toEqual(["1", "1-ok"]);
  expect((await service.stateOf(a))?.pending).toEqual([]);
  const journal = await readJournal(bench.log, "ledger", partitions);
  expect(journal.at(-1)?.origin).toMatchObject({ kind: "outcome", name: `${a}/1/0` });
  expect(foldJournal(topology, journal).faults).toEqual([]);
  expect(await bench.metric("hybrid_calls_total", { kind: "fetch", result: "ok" })).toBe(1);
});

test("a call without outcome is repeated after a restart under the same id, and applied once", async () => {
  bench.world.answer = never;
  const first = await bench.start({ limits: { drainMs: 1_000 } });
  await bench.publish(a, { kind: "fetch", id: "1" });
  await settle([first], { waitForCalls: false });
  expect((await first.stateOf(a))?.pending).toEqual([
    { callId: `${a}/1/0`, call: { kind: "fetch", id: "1" } },
  ]);
  const stopped = first.stop();
  bench.clock.advanceBy(1_000);
  await stopped;
  bench.running.clear();
  bench.world.answer = async () => "late";
  const second = await bench.start();
  await bench.settle();
  expect(bench.world.requests.map(({ callId }) => callId)).toEqual([`${a}/1/0`, `${a}/1/0`]);
  expect(await appliedBy(second)).toEqual(["1", "1-late"]);
});

test("what a provider refused reaches the machine as its code, never earlier than Retry-After says", async () => {
  bench.world.answer = async () => {
    const fault = { code: "throttled", retryable: true, retryAfterMs: 90_000.5, status: 429 } as const;
    throw new ProviderError("slow down", fault);
  };
  const service = await bench.start();
  await bench.publish(a, { kind: "fetch", id: "1" });
  await bench.settle();
  expect(await appliedBy(service)).toEqual(["1", `1-throttled-${startAt + 90_001}`]);
});

test("an unknown error becomes `unexpected`; the log line has its place but not its message", async () => {
  bench.world.answer = async () => {
    throw new TypeError("mailbox of somebody@example.com");
  };
  const service = await bench.start();
  await bench.publish(a, { kind: "fetch", id: "1" });
  await bench.settle();
  expect(await appliedBy(service)).toEqual(["1", "1-unexpected"]);
  const lines = bench.logger.lines.filter(({ level }) => level === "error");
  expect(lines).toHaveLength(1);
  expect(lines[0]?.fields).toMatchObject({ callId: `${a}/1/0`, call: "fetch", error: "TypeError" });
  expect(JSON.stringify(lines)).toContain("calls.test.ts");
  expect(JSON.stringify(lines)).not.toContain("somebody");
});

test("an outcome of more than 64 KiB, or of nothing, is refused as `unexpected`", async () => {
  bench.world.answer = async () => "x".repeat(65_536);
  const service = await bench.start();
  await bench.publish(a, { kind: "fetch", id: "1" });
  await bench.settle();
  expect(await appliedBy(service)).toEqual(["1", "1-unexpected"]);
  expect(bench.logger.lines.some(({ message }) => message.includes("more than facts"))).toBe(true);
});

test("a call that hangs ends at its deadline on the scheduler's clock, aborted", async () => {
  let signal: AbortSignal | undefined;
  bench.world.answer = (_id, given) => {
    signal = given;
    return never();
  };
  const service = await bench.start();
  await bench.publish(a, { kind: "fetch", id: "1" });
  await settle([service], { waitForCalls: false });
  expect(service.activity()).toMatchObject({ busy: true, waitingForCalls: true, callsInFlight: 1 });
  bench.clock.advanceBy(9_999);
  await settle([service], { waitForCalls: false });
  expect(signal?.aborted).toBe(false);
  bench.clock.advanceBy(1);
  await bench.settle();
  expect(signal?.aborted).toBe(true);
  expect(await appliedBy(service)).toEqual(["1", "1-deadlineExceeded"]);
});

test("a call that hangs ends in real time too, when the scheduler's clock stands still", async () => {
  let expire: () => void = () => undefined;
  bench.world.answer = never;
  const service = await bench.start({
    deadlineTimer: (_ms, run) => {
      expire = run;
      return () => undefined;
    },
  });
  await bench.publish(a, { kind: "fetch", id: "1" });
  await settle([service], { waitForCalls: false });
  expire();
  await bench.settle();
  expect(await appliedBy(service)).toEqual(["1", "1-deadlineExceeded"]);
});

test.each([
  ["older than half the session timeout", 0],
  ["from the future, after the clock was set back", 3_600_000],
])("no call starts on a heartbeat %s; it starts when one comes", async (_age, aheadMs) => {
  let heartbeat = plus(startAt, aheadMs);
  const log = {
    ...bench.log,
    join: async (...given: Parameters<typeof bench.log.join>) => {
      const membership = await bench.log.join(...given);
      return { ...membership, lastHeartbeatAt: () => heartbeat };
    },
  };
  const service = await bench.start({ log, sessionTimeoutMs: 10_000 });
  bench.clock.advanceBy(5_001);
  await bench.publish(a, { kind: "fetch", id: "1" });
  await bench.settle();
  expect(bench.world.requests).toEqual([]);
  heartbeat = bench.clock.now();
  await passTime(bench.clock, plus(bench.clock.now(), 1_000), [service]);
  expect(bench.world.requests).toHaveLength(1);
  expect(await appliedBy(service)).toEqual(["1", "1-ok"]);
});

test("calls in flight are bounded, and organisations are served in turn", async () => {
  const order: string[] = [];
  const open: (() => void)[] = [];
  bench.world.answer = (id) => {
    order.push(id);
    return new Promise((resolve) => open.push(() => resolve("ok")));
  };
  const service = await bench.start({ limits: { callsInFlightMax: 2 } });
  for (let n = 0; n < 20; n++) await bench.publish(`storm/u-${n}`, { kind: "fetch", id: `storm${n}` });
  await settle([service], { waitForCalls: false });
  await bench.publish("calm/u-1", { kind: "fetch", id: "calm" });
  await settle([service], { waitForCalls: false });
  // Its share of the slots is there at once, beside those that the storm holds.
  expect(service.activity().callsInFlight).toBe(3);
  expect(order.at(-1)).toBe("calm");
  for (let n = 0; n < 21; n++) {
    open.shift()?.();
    await settle([service], { waitForCalls: false });
    expect(service.activity().callsInFlight).toBeLessThanOrEqual(2);
  }
  expect(order).toHaveLength(21);
});

test("records are applied whatever calls are pending; these start when there is room", async () => {
  const open: (() => void)[] = [];
  bench.world.answer = () => new Promise((resolve) => open.push(() => resolve("ok")));
  const service = await bench.start({ limits: { callsInFlightMax: 1, recordsPerBatchMax: 1 } });
  await bench.publish(a, { kind: "arm", id: "0", name: "retry", inMs: 5_000 });
  for (let n = 1; n <= 10; n++) await bench.publish(a, { kind: "fetch", id: `${n}` });
  await bench.publish(b, { kind: "add", id: "behind", n: 1 });
  await settle([service], { waitForCalls: false });
  expect((await service.stateOf(a))?.pending).toHaveLength(10);
  expect((await service.stateOf(b))?.state.applied).toEqual(["behind"]);
  expect(await service.lag()).toBe(0);
  expect(await bench.metric("hybrid_calls_queued", { service: "ledger" })).toBe(9);
  bench.clock.advanceBy(seconds(5));
  await settle([service], { waitForCalls: false });
  expect((await appliedBy(service))?.at(-1)).toBe("retry-fired");
  bench.world.answer = async () => "ok";
  for (const resolve of open) resolve();
  await bench.settle();
  expect((await service.stateOf(a))?.pending).toEqual([]);
  expect(bench.world.requests.map(({ id }) => id)).toEqual(Array.from({ length: 10 }, (_, n) => `${n + 1}`));
});

test("what waits is started by the next owner, once, in its order, even if another process runs it", async () => {
  const open: (() => void)[] = [];
  bench.world.answer = () => new Promise((resolve) => open.push(() => resolve("ok")));
  let failNext = false;
  const log = failingLog(bench.log, () => failNext);
  const service = await bench.start({ log, limits: { callsInFlightMax: 2 } });
  for (let n = 1; n <= 6; n++) await bench.publish(a, { kind: "fetch", id: `${n}` });
  await settle([service], { waitForCalls: false });
  failNext = true;
  await bench.publish(b, { kind: "add", id: "fails", n: 1 });
  await settle([service], { waitForCalls: false });
  failNext = false;
  bench.clock.advanceBy(1_000);
  await settle([service], { waitForCalls: false });
  expect(service.activity().callsInFlight).toBe(2);
  for (let n = 0; n < 6; n++) {
    open[n]?.();
    await settle([service], { waitForCalls: false });
  }
  await bench.settle();
  expect(bench.world.requests.map(({ id }) => id)).toEqual(["1", "2", "3", "4", "5", "6"]);
  expect((await service.stateOf(a))?.pending).toEqual([]);
});

test("a partition that is fenced again does not double a call that is in flight", async () => {
  const open: (() => void)[] = [];
  bench.world.answer = () => new Promise((resolve) => open.push(() => resolve("ok")));
  let failNext = false;
  const log = failingLog(bench.log, () => failNext);
  const service = await bench.start({ log });
  await bench.publish(a, { kind: "fetch", id: "1" });
  await settle([service], { waitForCalls: false });
  failNext = true;
  await bench.publish(a, { kind: "add", id: "2", n: 1 });
  await settle([service], { waitForCalls: false });
  expect(service.status().filter(({ state }) => state !== "running")).toHaveLength(1);
  failNext = false;
  bench.clock.advanceBy(1_000);
  await settle([service], { waitForCalls: false });
  expect(service.status().every(({ state }) => state === "running")).toBe(true);
  for (const resolve of open) resolve();
  await bench.settle();
  expect(bench.world.requests).toHaveLength(1);
  expect(await appliedBy(service)).toEqual(["1", "2", "1-ok"]);
});
