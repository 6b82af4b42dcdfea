import { actorIdOf, callDeadlineMsMax } from "@hybrid/kernel";
import { VirtualClock } from "@hybrid/kernel/testing";
import { Registry } from "prom-client";
import { expect, test } from "vitest";
import type { Outcome } from "../src/arrival.ts";
import { type CallOwner, CallRunner } from "../src/call-runner.ts";
import { frameOf, type RawTopology } from "../src/frame.ts";
import { defaultLimits, runtimeMetrics, seededRandom, workingMemory } from "../src/index.ts";
import { catalog, topology } from "./ledger.ts";
import { MemoryLogger } from "./workbench.ts";

const order = { actor: actorIdOf("acme/u-1"), seq: 1, index: 0, order: { kind: "fetch", id: "1" } };

class Owner implements CallOwner {
  readonly partition = 0;
  readonly outcomes: Outcome[] = [];
  deliver(outcome: Outcome): void {
    this.outcomes.push(outcome);
  }
  actors(): readonly never[] {
    return [];
  }
}

/** A runner whose handler does not listen to its signal; each start waits for the test to end it. */
const runnerFor = (repeat: "checkBeforeWrite" | "mayRepeat") => {
  const clock = new VirtualClock();
  const logger = new MemoryLogger();
  const frame = frameOf(
    { ...topology, calls: { fetch: { ...topology.calls.fetch, repeat } } } as unknown as RawTopology,
    catalog,
    {
      partitions: 1,
      limits: defaultLimits,
      memory: workingMemory(defaultLimits),
      scheduler: clock,
      random: seededRandom(1),
      logger,
      metrics: runtimeMetrics(new Registry()),
      observer: undefined,
    },
  );
  const open: PromiseWithResolvers<unknown>[] = [];
  const runner = new CallRunner({
    frame,
    handlers: {
      fetch: () => {
        const handling = Promise.withResolvers<unknown>();
        open.push(handling);
        return handling.promise;
      },
    },
    deadlineTimer: () => () => undefined,
    sessionTimeoutMs: 3_600_000,
    lastHeartbeatAt: () => clock.now(),
  });
  return { clock, logger, open, runner };
};

const turns = async (): Promise<void> => {
  for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve));
};

test("a call that checks before it writes is not repeated beside its own aborted straggler", async () => {
  const { open, runner, logger } = runnerFor("checkBeforeWrite");
  const [former, next] = [new Owner(), new Owner()];
  runner.submit([order], former);
  await turns();
  runner.abort(former);
  await turns();
  expect(runner.inFlight).toBe(0);
  runner.submit([order], next);
  runner.submit([order], next);
  await turns();
  expect(open).toHaveLength(1);
  open[0]?.reject(new Error("aborted"));
  await turns();
  expect(open).toHaveLength(2);
  open[1]?.resolve({ kind: "clear" });
  await turns();
  expect(former.outcomes).toEqual([]);
  const ending = { kind: "ok", json: '{"kind":"clear"}' };
  expect(next.outcomes).toEqual([{ actor: order.actor, seq: 1, index: 0, ending }]);
  expect(logger.lines).toEqual([]);
  expect(runner.inFlightOf(next)).toBe(0);
});

test("a straggler that never ends is waited for until its hard deadline, no longer", async () => {
  const { clock, open, runner } = runnerFor("checkBeforeWrite");
  const former = new Owner();
  runner.submit([order], former);
  await turns();
  clock.advanceBy(4_000);
  runner.abort(former);
  runner.submit([order], new Owner());
  clock.advanceBy(callDeadlineMsMax - 4_001);
  await turns();
  expect(open).toHaveLength(1);
  clock.advanceBy(1);
  await turns();
  expect(open).toHaveLength(2);
});

test("what waits for a straggler is withdrawn like any other waiting call, and may be submitted again", async () => {
  const { clock, open, runner } = runnerFor("checkBeforeWrite");
  const [former, next] = [new Owner(), new Owner()];
  runner.submit([order], former);
  await turns();
  runner.abort(former);
  runner.submit([order], next);
  runner.withdraw(next);
  clock.advanceBy(callDeadlineMsMax);
  await turns();
  expect(open).toHaveLength(1);
  runner.submit([order], new Owner());
  await turns();
  expect(open).toHaveLength(2);
});

test("a call that may simply be repeated does not wait for its straggler", async () => {
  const { open, runner } = runnerFor("mayRepeat");
  const former = new Owner();
  runner.submit([order], former);
  await turns();
  runner.abort(former);
  runner.submit([order], new Owner());
  await turns();
  expect(open).toHaveLength(2);
});

test("only calls of the given owner that still wait are taken back", async () => {
  const { open, runner } = runnerFor("mayRepeat");
  const running = Array.from({ length: defaultLimits.callsInFlightMax }, (_, n) => ({
    ...order,
    seq: n + 1,
  }));
  const waiting = [101, 102, 103].map((seq) => ({ ...order, seq }));
  const owner = new Owner();
  runner.submit([...running, ...waiting], owner);
  await turns();
  expect(runner.recall(new Owner(), () => true)).toEqual([]);
  expect(runner.recall(owner, ({ seq }) => seq !== 102).map(({ seq }) => seq)).toEqual([101, 103]);
  expect([runner.queued, runner.inFlight, open.length]).toEqual([1, 64, 64]);
});

test("a former owner of the same partition touches no call that its successor has submitted", async () => {
  const { open, runner } = runnerFor("mayRepeat");
  const [former, next] = [new Owner(), new Owner()];
  const many = Array.from({ length: defaultLimits.callsInFlightMax + 1 }, (_, n) => ({
    ...order,
    seq: n + 1,
  }));
  runner.submit(many, former);
  await turns();
  for (const call of many) expect(runner.adopt(call, next)).toBe(true);
  runner.withdraw(former);
  runner.abort(former);
  await turns();
  expect([runner.queued, runner.inFlight]).toEqual([1, 64]);
  expect([runner.inFlightOf(former), runner.inFlightOf(next)]).toEqual([0, 64]);
  for (const handling of open) handling.resolve({ kind: "clear" });
  await turns();
  open.at(-1)?.resolve({ kind: "clear" });
  await turns();
  expect([former.outcomes.length, next.outcomes.length]).toEqual([0, many.length]);
});

test("a closed runner starts nothing: what waits is forgotten, what runs is aborted without outcome", async () => {
  const { clock, open, runner } = runnerFor("checkBeforeWrite");
  const [owner, late] = [new Owner(), new Owner()];
  const many = Array.from({ length: defaultLimits.callsInFlightMax + 1 }, (_, n) => ({
    ...order,
    seq: n + 1,
  }));
  runner.submit([order], owner);
  await turns();
  runner.abort(owner);
  runner.submit(many, owner);
  await turns();
  const started = open.length;
  runner.close();
  runner.submit([{ ...order, seq: 1_000 }], late);
  for (const handling of open) handling.resolve({ kind: "clear" });
  clock.advanceBy(callDeadlineMsMax);
  await turns();
  expect([open.length, runner.queued, runner.inFlight]).toEqual([started, 0, 0]);
  expect([...owner.outcomes, ...late.outcomes]).toEqual([]);
});
