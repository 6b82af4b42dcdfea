import { actorIdOf, callDeadlineMsMax, type OrgId, orgOf, plus } from "@hybrid/kernel";
import { VirtualClock } from "@hybrid/kernel/testing";
import { Registry } from "prom-client";
import { expect, test } from "vitest";
import type { CallOrder, Outcome } from "../src/call.ts";
import { type CallOwner, CallRunner } from "../src/calls/call-runner.ts";
import { frameOf, type RawTopology } from "../src/frame.ts";
import { defaultLimits, runtimeMetrics, seededRandom, workingMemory } from "../src/index.ts";
import { catalog, topology } from "./ledger.ts";
import { MemoryLogger } from "./workbench.ts";

const order = { actor: actorIdOf("acme/u-1"), seq: 1, index: 0, order: { kind: "fetch", id: "1" } };

class Owner implements CallOwner {
  readonly partition = 0;
  readonly outcomes: Outcome[] = [];
  readonly waiting: CallOrder[] = [];
  readonly takenBack: CallOrder[] = [];
  deliver(outcome: Outcome): void {
    this.outcomes.push(outcome);
  }
  nextCall(org: OrgId): CallOrder | undefined {
    const first = this.waiting.findIndex(({ actor }) => orgOf(actor) === org);
    return first < 0 ? undefined : this.waiting.splice(first, 1)[0];
  }
  takeBack(call: CallOrder): void {
    this.takenBack.push(call);
  }
  actors(): readonly never[] {
    return [];
  }
}

/** As a partition's gate does it. */
const submit = (runner: CallRunner, calls: readonly CallOrder[], owner: Owner): void => {
  owner.waiting.push(...calls);
  runner.offer(
    calls.map(({ actor }) => orgOf(actor)),
    owner,
  );
};

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
  submit(runner, [order], former);
  await turns();
  runner.abort(former);
  await turns();
  expect(runner.inFlight).toBe(0);
  submit(runner, [order], next);
  submit(runner, [order], next);
  await turns();
  expect(open).toHaveLength(1);
  open[0]?.reject(new Error("aborted"));
  await turns();
  // It waits with its owner again, once, as any other call that may start.
  expect(next.takenBack).toEqual([order]);
  submit(runner, next.takenBack, next);
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
  submit(runner, [order], former);
  await turns();
  clock.advanceBy(4_000);
  runner.abort(former);
  const next = new Owner();
  submit(runner, [order], next);
  clock.advanceBy(callDeadlineMsMax - 4_001);
  await turns();
  expect([open.length, next.takenBack.length]).toEqual([1, 0]);
  clock.advanceBy(1);
  await turns();
  expect(next.takenBack).toEqual([order]);
});

test("what waits for a straggler is withdrawn with its owner, and may be submitted again", async () => {
  const { clock, open, runner } = runnerFor("checkBeforeWrite");
  const [former, next] = [new Owner(), new Owner()];
  submit(runner, [order], former);
  await turns();
  runner.abort(former);
  submit(runner, [order], next);
  runner.withdraw(next);
  clock.advanceBy(callDeadlineMsMax);
  await turns();
  expect([open.length, next.takenBack.length]).toEqual([1, 0]);
  submit(runner, [order], new Owner());
  await turns();
  expect(open).toHaveLength(2);
});

test("a call that may simply be repeated does not wait for its straggler", async () => {
  const { open, runner } = runnerFor("mayRepeat");
  const former = new Owner();
  submit(runner, [order], former);
  await turns();
  runner.abort(former);
  submit(runner, [order], new Owner());
  await turns();
  expect(open).toHaveLength(2);
});

const { callsInFlightMax } = defaultLimits;

/** More than there are slots, of one organisation. */
const many = Array.from({ length: callsInFlightMax + 3 }, (_, n) => ({ ...order, seq: n + 1 }));

test("only calls of the given owner that wait for a straggler are taken back, and only unwanted ones", async () => {
  const { open, runner } = runnerFor("checkBeforeWrite");
  const [former, owner] = [new Owner(), new Owner()];
  const three = many.slice(0, 3);
  submit(runner, three, former);
  await turns();
  runner.abort(former);
  submit(runner, three, owner);
  expect(runner.recall(new Owner(), () => true)).toEqual([]);
  expect(runner.recall(owner, ({ seq }) => seq !== 2).map(({ seq }) => seq)).toEqual([1, 3]);
  for (const handling of open) handling.resolve({ kind: "clear" });
  await turns();
  expect(owner.takenBack.map(({ seq }) => seq)).toEqual([2]);
});

test("a former owner of the same partition touches no call that its successor has adopted or keeps", async () => {
  const { open, runner } = runnerFor("mayRepeat");
  const [former, next] = [new Owner(), new Owner()];
  submit(runner, many, former);
  await turns();
  expect(runner.adopt(next, ({ actor }) => actor !== order.actor).size).toBe(0);
  expect(runner.adopt(next, ({ actor }) => actor === order.actor).size).toBe(callsInFlightMax);
  submit(runner, former.waiting, next);
  runner.withdraw(former);
  runner.abort(former);
  await turns();
  expect([runner.isWaiting, runner.inFlight]).toEqual([true, callsInFlightMax]);
  expect([runner.inFlightOf(former), runner.inFlightOf(next)]).toEqual([0, callsInFlightMax]);
  for (let at = 0; at < open.length; at++) {
    open[at]?.resolve({ kind: "clear" });
    await turns();
  }
  expect([former.outcomes.length, next.outcomes.length]).toEqual([0, many.length]);
  expect([runner.isWaiting, runner.inFlight]).toEqual([false, 0]);
});

test("a closed runner starts nothing: what waits is forgotten, what runs is aborted without outcome", async () => {
  const { clock, open, runner } = runnerFor("checkBeforeWrite");
  const [owner, late] = [new Owner(), new Owner()];
  submit(runner, [order], owner);
  await turns();
  runner.abort(owner);
  submit(runner, many, owner);
  await turns();
  const started = open.length;
  runner.close();
  submit(runner, [{ ...order, seq: 1_000 }], late);
  for (const handling of open) handling.resolve({ kind: "clear" });
  clock.advanceBy(callDeadlineMsMax);
  await turns();
  expect([open.length, runner.inFlight, late.waiting.length]).toEqual([started, 0, 1]);
  expect([...owner.outcomes, ...late.outcomes]).toEqual([]);
});

const overdue = {
  kind: "failed",
  failure: { code: "deadlineExceeded", retryable: true, retryAt: null, status: null },
};

test("a late call that checks before it writes ends when its handler has, so that no retry runs beside it", async () => {
  const { clock, open, runner, logger } = runnerFor("checkBeforeWrite");
  const owner = new Owner();
  submit(runner, [order], owner);
  await turns();
  clock.advanceBy(10_000);
  await turns();
  expect([owner.outcomes.length, runner.inFlightOf(owner)]).toEqual([0, 1]);
  clock.advanceBy(5_000);
  open[0]?.resolve({ kind: "clear" });
  await turns();
  expect(owner.outcomes).toEqual([{ actor: order.actor, seq: 1, index: 0, ending: overdue }]);
  expect([runner.inFlight, logger.lines.length]).toEqual([0, 0]);
});

test("a handler that never ends holds its late call up for one hard deadline more, and is named", async () => {
  const { clock, runner, logger } = runnerFor("checkBeforeWrite");
  const owner = new Owner();
  submit(runner, [order], owner);
  await turns();
  clock.advanceBy(10_000);
  await turns();
  clock.advanceBy(callDeadlineMsMax - 1);
  await turns();
  expect(owner.outcomes).toEqual([]);
  clock.advanceBy(1);
  await turns();
  expect(owner.outcomes).toEqual([{ actor: order.actor, seq: 1, index: 0, ending: overdue }]);
  expect(logger.lines).toMatchObject([{ level: "error", fields: { callId: "acme/u-1/1/0", call: "fetch" } }]);
});

test("a late call that may simply be repeated ends at its deadline", async () => {
  const { clock, runner } = runnerFor("mayRepeat");
  const owner = new Owner();
  submit(runner, [order], owner);
  await turns();
  clock.advanceBy(10_000);
  await turns();
  expect(owner.outcomes).toEqual([{ actor: order.actor, seq: 1, index: 0, ending: overdue }]);
});

test("a clock that jumps forward does not let a call run beside its straggler", async () => {
  const { clock, open, runner } = runnerFor("checkBeforeWrite");
  const [former, next] = [new Owner(), new Owner()];
  submit(runner, [order], former);
  await turns();
  runner.abort(former);
  submit(runner, [order], next);
  clock.jumpTo(plus(clock.now(), callDeadlineMsMax));
  clock.advanceBy(0);
  await turns();
  expect([open.length, next.takenBack.length]).toEqual([1, 0]);
  clock.advanceBy(callDeadlineMsMax);
  await turns();
  expect(next.takenBack).toEqual([order]);
});
