import { checkpointTopic } from "@hybrid/contracts";
import { actorIdOf, ProviderError, partitionOf, plus } from "@hybrid/kernel";
import { afterEach, beforeEach, expect, test } from "vitest";
import { passTime } from "../testing/index.ts";
import { addresses, antics, type Mischief, mischievous, steps } from "./mischief.ts";
import { overwriteCheckpoint } from "./overwrite.ts";
import { neighbours, partitions, Workbench } from "./workbench.ts";

let bench: Workbench;
let mischief: Mischief;

beforeEach(async () => {
  bench = await Workbench.open();
  mischief = {};
});

afterEach(() => bench.close());

const { a } = neighbours();
const home = partitionOf(a, partitions);
const bad = Array.from({ length: 50 }, (_, n) => actorIdOf(`acme/u-bad${n}`)).find(
  (id) => partitionOf(id, partitions) === home,
)!;

type Ledgers = Awaited<ReturnType<Workbench["start"]>>;

const started = async (): Promise<Ledgers> => {
  const service = await bench.start(mischievous(mischief));
  await bench.publish(a, { kind: "add", id: "before", n: 1 });
  await bench.publish(bad, { kind: "add", id: "bad-before", n: 1 });
  await bench.settle();
  return service;
};

/** The neighbour in the same partition works on, and nothing was fenced again. */
const expectCalm = async (service: Ledgers): Promise<void> => {
  await bench.publish(a, { kind: "add", id: "after", n: 1 });
  await bench.settle();
  expect((await service.stateOf(a))?.state.applied).toEqual(["before", "after"]);
  expect((await bench.registry.getSingleMetric("hybrid_commits_failed_total")?.get())?.values).toEqual([]);
};

const appliedByBad = async (service: Ledgers) => (await service.stateOf(bad))?.state.applied;

const retried = async (service: Ledgers): Promise<readonly string[] | undefined> => {
  await bench.order({ kind: "retryParked", actor: bad });
  await bench.settle();
  expect(service.parked()).toEqual([]);
  return appliedByBad(service);
};

test.each(Object.entries(steps))("a machine's %s parks its actor alone, as it was", async (_name, step) => {
  const service = await started();
  mischief.step = step;
  await bench.publish(bad, { kind: "add", id: "2", n: 1 });
  await bench.settle();
  mischief.step = undefined;
  expect(service.parked()).toMatchObject([{ actor: bad, inputs: 1 }]);
  await expectCalm(service);
  expect(await retried(service)).toEqual(["bad-before", "2"]);
});

test.each(Object.entries(addresses))("a map's %s dead-letters its record alone", async (_name, address) => {
  const service = await started();
  mischief.address = address;
  await bench.publish(bad, { kind: "add", id: "2", n: 1 });
  await bench.settle();
  mischief.address = undefined;
  expect(service.parked()).toEqual([]);
  expect(await bench.deadLetters("ledger-orders")).toMatchObject([{ key: bad, originOffset: 2 }]);
  await expectCalm(service);
});

test.each(Object.entries(antics))("a timers function's %s parks its actor alone", async (_name, antic) => {
  const service = await started();
  mischief.timers = antic;
  await bench.publish(bad, { kind: "add", id: "2", n: 1 });
  await bench.settle();
  mischief.timers = undefined;
  expect(service.parked()).toMatchObject([{ actor: bad, inputs: 1 }]);
  await expectCalm(service);
  expect(await retried(service)).toEqual(["bad-before", "2"]);
});

test.each(Object.entries(antics))(
  "what a timer becomes by %s parks its actor alone",
  async (_name, antic) => {
    const service = await started();
    await bench.publish(bad, { kind: "arm", id: "2", name: "bad", inMs: 1_000 });
    await bench.settle();
    mischief.timerFired = antic;
    await passTime(bench.clock, plus(bench.clock.now(), 1_000), [service]);
    mischief.timerFired = undefined;
    expect(service.parked()).toMatchObject([{ actor: bad, inputs: 1 }]);
    await expectCalm(service);
    expect(await retried(service)).toEqual(["bad-before", "2", "bad-fired"]);
  },
);

test.each(Object.entries(antics))(
  "a handler's %s is a failed call, or an input like any other",
  async (_name, antic) => {
    const service = await started();
    mischief.handler = antic;
    await bench.publish(bad, { kind: "fetch", id: "bad-2" });
    await bench.settle();
    expect(service.activity()).toMatchObject({ callsInFlight: 0, callsHeld: 0 });
    expect((await service.stateOf(bad))?.pending).toEqual([]);
    await expectCalm(service);
  },
);

test.each([Number.NaN, Number.POSITIVE_INFINITY, -5, 1e300])(
  "a handler's wish to be tried again in %d ms is a failed call",
  async (retryAfterMs) => {
    const service = await started();
    mischief.handler = () => {
      throw new ProviderError("come again", { code: "throttled", retryable: true, retryAfterMs });
    };
    await bench.publish(bad, { kind: "fetch", id: "bad-2" });
    await bench.settle();
    expect((await service.stateOf(bad))?.pending).toEqual([]);
    expect(service.activity().callsInFlight).toBe(0);
    await expectCalm(service);
  },
);

test.each(Object.entries(antics))(
  "what a failed call becomes by %s parks its actor alone",
  async (_name, antic) => {
    const service = await started();
    mischief.handler = antics["throws"];
    mischief.callFailed = antic;
    await bench.publish(bad, { kind: "fetch", id: "bad-2" });
    await bench.settle();
    mischief.callFailed = undefined;
    expect(service.parked()).toMatchObject([{ actor: bad, inputs: 1 }]);
    await expectCalm(service);
    expect((await retried(service))?.at(-1)).toBe("bad-2-unexpected");
  },
);

test.each(Object.entries(antics))("a codec's %s parks the actor that emits", async (_name, antic) => {
  const service = await started();
  mischief.encode = antic;
  await bench.publish(bad, { kind: "report", id: "2" });
  await bench.settle();
  mischief.encode = undefined;
  expect(service.parked()).toMatchObject([{ actor: bad, cause: "illegalEffect", inputs: 1 }]);
  await expectCalm(service);
  expect(await retried(service)).toEqual(["bad-before", "2"]);
});

test("what a machine does to a state before it fails is undone before the next input of the same batch", async () => {
  const service = await started();
  let failures = 2;
  const step = () => {
    failures -= 1;
    if (failures === 0) mischief.step = undefined;
    return undefined;
  };
  mischief.step = step;
  await bench.publish(bad, { kind: "add", id: "2", n: 1 }, { kind: "add", id: "3", n: 1 });
  await bench.settle();
  await bench.order({ kind: "dropParked", actor: bad, all: false });
  await bench.settle();
  expect(service.parked()).toMatchObject([{ actor: bad, inputs: 1 }]);
  failures = 1;
  mischief.step = step;
  await Promise.all([
    bench.order({ kind: "retryParked", actor: bad }),
    bench.order({ kind: "retryParked", actor: bad }),
  ]);
  await bench.settle();
  expect(await appliedByBad(service)).toEqual(["bad-before", "3"]);
});

test("a tell that is none parks who tells, not who is told", async () => {
  const service = await started();
  mischief.step = () => ({
    state: { total: 0, applied: ["bad"], timers: [] },
    effects: [{ kind: "tell", to: a, input: { n: 1n } }],
  });
  await bench.publish(bad, { kind: "add", id: "2", n: 1 });
  await bench.settle();
  expect(service.parked()).toMatchObject([{ actor: bad, cause: "illegalEffect" }]);
  await expectCalm(service);
});

test("what is told is the receiver's own: what it does to it does not reach the teller's state", async () => {
  const shared = { kind: "add", id: "shared", n: 1 } as const;
  const service = await bench.start({
    ...mischievous({}),
    topology: {
      ...mischievous({}).topology,
      machine(state, input, now, self) {
        if (self === a)
          return {
            state: { ...state, shared } as typeof state,
            effects: [{ kind: "tell", to: bad, input: shared }],
          };
        Object.assign(input, { id: "spoilt" });
        return mischievous({}).topology.machine(state, input, now, self);
      },
    },
  });
  await bench.publish(a, { kind: "add", id: "1", n: 1 });
  await bench.settle();
  expect(await appliedByBad(service)).toEqual(["spoilt"]);
  expect(shared.id).toBe("shared");
});

test.each(Object.entries(antics))(
  "an upgrade's %s holds its actor back, keeps what comes for it, and a better release takes it up",
  async (_name, antic) => {
    const first = await started();
    await bench.publish(bad, { kind: "arm", id: "2", name: "later", inMs: 60_000 });
    await bench.settle();
    await first.stop();
    bench.running.clear();
    mischief.upgrade = antic;
    const second = await bench.start(mischievous(mischief, 2));
    expect(second.parked()).toMatchObject([{ actor: bad, cause: "unreadable", inputs: 0 }]);
    await passTime(bench.clock, plus(bench.clock.now(), 120_000), [second]);
    await bench.publish(bad, { kind: "add", id: "3", n: 1 });
    await expectCalm(second);
    expect(second.parked()).toMatchObject([{ actor: bad, inputs: 1 }]);
    await bench.restart(mischievous(mischief, 2));
    mischief.upgrade = undefined;
    const third = await bench.restart(mischievous(mischief, 2));
    expect(await retried(third)).toEqual(["bad-before", "2", "3", "later-fired"]);
  },
);

test("a stored state that is no JSON holds its actor back alone", async () => {
  const first = await started();
  await first.stop();
  bench.running.clear();
  const atRest = { seq: 1, at: 0, stateVersion: 1, pending: [], suppressed: [], parked: null };
  await overwriteCheckpoint(bench, bad, checkpointTopic("ledger").encode({ ...atRest, state: "{" }));
  const second = await bench.start(mischievous({}));
  expect(second.parked()).toMatchObject([{ actor: bad, cause: "unreadable", inputs: 0 }]);
  await bench.publish(bad, { kind: "add", id: "2", n: 1 });
  await expectCalm(second);
  await bench.order({ kind: "dropParked", actor: bad, all: true });
  await bench.settle();
  expect(await bench.deadLetters("ledger")).toMatchObject([{ key: bad, cause: "dropped" }]);
  expect(second.parked()).toMatchObject([{ actor: bad, cause: "unreadable", inputs: 0 }]);
});
