import { minutes, partitionOf, plus } from "@hybrid/kernel";
import {
  type Commit,
  CommitTimedOutError,
  CommitTooLargeError,
  FencedError,
  LogUnavailableError,
} from "@hybrid/log";
import { afterEach, beforeEach, expect, test } from "vitest";
import { defaultLimits, runService } from "../src/index.ts";
import { foldJournal, passTime, readJournal } from "../testing/index.ts";
import { failingLog, tailOnlyLog } from "./failing-log.ts";
import { type Order, topology } from "./ledger.ts";
import { neighbours, partitions, Workbench } from "./workbench.ts";

let bench: Workbench;

beforeEach(async () => {
  bench = await Workbench.open();
});

afterEach(() => bench.close());

const { a, b } = neighbours();

const adds = (count: number): readonly Order[] =>
  Array.from({ length: count }, (_, n) => ({ kind: "add" as const, id: `${n}`, n: 1 }));

const lengthOf = (list: readonly { readonly value: Uint8Array | null }[]): number =>
  list.reduce((sum, { value }) => sum + (value?.length ?? 0), 0);

const bytesOf = ({ journal, checkpoint, outputs }: Commit): number =>
  lengthOf(journal) + lengthOf(checkpoint) + lengthOf(outputs);

/** A log that notes how large commits are, and refuses with `error` those that `refuses` says. */
const measured = (refuses: (bytes: number) => Error | undefined = () => undefined) => {
  const taken: number[] = [];
  const refused: number[] = [];
  let error: Error | undefined;
  const log = failingLog(
    bench.log,
    (batch) => {
      const bytes = bytesOf(batch);
      error = refuses(bytes);
      (error ? refused : taken).push(bytes);
      return error !== undefined;
    },
    () => error as Error,
  );
  return { log, taken, refused };
};

/** An actor with a large state, and 60 small records for it that no service has read yet. */
const largeStateAndManyRecords = async (bytes: number): Promise<void> => {
  const first = await bench.start();
  await bench.publish(a, { kind: "grow", bytes });
  await bench.settle();
  await first.stop();
  bench.running.clear();
  await bench.publish(a, ...adds(60));
};

/** A small bound, for states of 40 kB. */
const limits = { commitBytesMax: 800_000 };

const bound = () => bench.metric("hybrid_commit_bytes_max", { service: "ledger" });

test("small records of a large actor become several commits, none larger than its bound", async () => {
  await largeStateAndManyRecords(200_000);
  const { log, taken } = measured();
  const service = await bench.start({ log });
  await bench.settle();
  expect((await service.stateOf(a))?.state.total).toBe(60);
  expect(Math.max(...taken)).toBeLessThanOrEqual(defaultLimits.commitBytesMax);
  // Yet each is as large as may be: 60 journal records of 200 kB are 12 MB.
  expect(taken).toHaveLength(2);
});

test("timers of one large actor that fall due together become several commits, each fires once", async () => {
  const { log, taken } = measured();
  const service = await bench.start({ log, limits });
  await bench.publish(a, { kind: "grow", bytes: 40_000 });
  const armed = Array.from({ length: 60 }, (_, n) => ({
    kind: "arm" as const,
    id: `arm ${n}`,
    name: `t${n}`,
    inMs: minutes(1),
  }));
  await bench.publish(a, ...armed);
  await bench.settle();
  taken.length = 0;
  await passTime(bench.clock, plus(bench.clock.now(), minutes(2)), [service]);
  const { state } = (await service.stateOf(a)) ?? {};
  expect(state?.timers).toEqual([]);
  expect(Math.max(...taken)).toBeLessThanOrEqual(limits.commitBytesMax);
  expect(taken.length).toBeGreaterThan(3);
  const fired = (await readJournal(bench.log, "ledger", partitions)).filter(
    ({ origin }) => origin.kind === "timer",
  );
  expect(new Set(fired.map(({ origin }) => origin.name)).size).toBe(60);
  expect(fired).toHaveLength(60);
});

test.each([
  ["refused for its size", () => new CommitTooLargeError("more than the brokers take")],
  ["not done in time", () => new CommitTimedOutError("more than the brokers wait for")],
])("a commit that was %s comes again in halves, and later ones grow again", async (_, error) => {
  await largeStateAndManyRecords(40_000);
  let most = 250_000;
  const { log, taken, refused } = measured((bytes) => (bytes > most ? error() : undefined));
  const service = await bench.start({ log, limits });
  await passTime(bench.clock, plus(bench.clock.now(), minutes(1)), [service]);
  expect((await service.stateOf(a))?.state.total).toBe(60);
  expect(refused).toHaveLength(2);
  expect(await bound()).toBeLessThanOrEqual(most);
  most = Number.POSITIVE_INFINITY;
  for (let n = 0; n < 3; n++) {
    await passTime(bench.clock, plus(bench.clock.now(), minutes(10)), [service]);
    await bench.publish(a, ...adds(1));
    await bench.settle();
  }
  expect(await bound()).toBe(limits.commitBytesMax);
  taken.length = 0;
  await bench.publish(a, ...adds(20));
  await bench.settle();
  expect(Math.max(...taken)).toBeGreaterThan(limits.commitBytesMax / 2);
  expect(foldJournal(topology, await readJournal(bench.log, "ledger", partitions)).faults).toEqual([]);
});

test.each([
  ["fenced", () => new FencedError("somebody else owns it")],
  ["refused by a log that is away", () => new LogUnavailableError("no broker answers")],
])("a commit that was %s comes again as it was", async (_, error) => {
  await largeStateAndManyRecords(40_000);
  let refusals = 3;
  const { log, taken, refused } = measured(() => (refusals-- > 0 ? error() : undefined));
  const service = await bench.start({ log, limits });
  await passTime(bench.clock, plus(bench.clock.now(), minutes(1)), [service]);
  expect((await service.stateOf(a))?.state.total).toBe(60);
  expect(refused).toHaveLength(3);
  expect(taken[0]).toBeGreaterThanOrEqual(Math.max(...refused));
});

test("a time-out of a small commit says nothing of its size", async () => {
  let refusals = 3;
  const { log } = measured(() => (refusals-- > 0 ? new CommitTimedOutError("slow brokers") : undefined));
  const service = await bench.start({ log });
  await bench.publish(a, ...adds(3));
  await passTime(bench.clock, plus(bench.clock.now(), minutes(1)), [service]);
  expect((await service.stateOf(a))?.state.total).toBe(3);
  expect(await bound()).toBe(defaultLimits.commitBytesMax);
});

test("the step that makes a state larger than its bound parks the actor, with both figures in words", async () => {
  const service = await bench.start();
  const bytes = defaultLimits.stateBytesMax;
  await bench.publish(a, { kind: "grow", bytes: bytes - 1_000 }, { kind: "grow", bytes: 1_000 });
  await bench.publish(b, ...adds(1));
  await bench.settle();
  expect((await service.stateOf(a))?.state.applied).toHaveLength(1);
  expect(service.parked()).toMatchObject([{ actor: a, cause: "tooLarge", inputs: 1 }]);
  expect(service.parked()[0]?.reason).toMatch(/would have 52\d{4} bytes, an actor's may have 524288/);
  expect((await service.stateOf(b))?.state.total).toBe(1);
});

test("bytes of a state are counted, not characters; one that is too large already may shrink", async () => {
  const before = await bench.start();
  await bench.publish(a, { kind: "add", id: "€".repeat(600), n: 1 });
  await bench.settle();
  await before.stop();
  bench.running.clear();
  const shrinking = {
    ...topology,
    machine: ((state, input, now, self) =>
      input.kind === "ignore"
        ? { state: { ...state, applied: state.applied.map((text) => text.slice(50)) }, effects: [] }
        : topology.machine(state, input, now, self)) as typeof topology.machine,
  };
  const service = await bench.start({ limits: { stateBytesMax: 1_000 }, topology: shrinking });
  await bench.publish(a, { kind: "ignore" });
  await bench.settle();
  expect((await service.stateOf(a))?.state.applied[0]).toHaveLength(550);
  expect(service.parked()).toEqual([]);
  await bench.publish(a, ...adds(1));
  await bench.publish(b, { kind: "add", id: "€".repeat(330), n: 1 });
  await bench.settle();
  expect(service.parked()).toMatchObject([{ actor: a }, { actor: b }]);
});

test("a step that emits more at once than a commit may have parks its actor", async () => {
  const service = await bench.start({ limits: { commitBytesMax: 20_000 } });
  // One record in each partition, each with the id.
  await bench.publish(a, { kind: "announce", id: "x".repeat(6_000) });
  await bench.settle();
  expect(service.parked()).toMatchObject([{ actor: a, cause: "tooLarge" }]);
});

test("actors that tell each other more than a commit may have are stopped, and nobody else is", async () => {
  const { log, taken } = measured();
  const service = await bench.start({ log, limits: { commitBytesMax: 100_000 } });
  await bench.publish(a, { kind: "pingPong", to: b });
  await bench.publish(b, ...adds(1));
  await bench.settle();
  expect(Math.max(...taken)).toBeLessThanOrEqual(200_000);
  const letters = await bench.deadLetters("ledger");
  expect(letters).toMatchObject([{ cause: "tooManyTells" }]);
  expect((await service.stateOf(b))?.state.total).toBe(1);
});

test("a parked actor's inputs are retried in as many commits as they need", async () => {
  let broken = true;
  const { log, taken } = measured();
  const service = await bench.start({
    log,
    limits: { commitBytesMax: 100_000 },
    topology: {
      ...topology,
      machine: (state, input, now, self) => {
        if (broken) throw new Error("the machine has a bug");
        return topology.machine(state, input, now, self);
      },
    },
  });
  await bench.publish(a, { kind: "grow", bytes: 10_000 }, ...adds(50));
  await bench.settle();
  expect(service.parked()).toMatchObject([{ actor: a, inputs: 51 }]);
  broken = false;
  await bench.order({ kind: "retryParked", actor: a });
  await bench.settle();
  expect(service.parked()).toEqual([]);
  expect((await service.stateOf(a))?.state.total).toBe(50);
  expect(Math.max(...taken)).toBeLessThanOrEqual(150_000);
  expect(foldJournal(topology, await readJournal(bench.log, "ledger", partitions)).faults).toEqual([]);
});

test("no kind of input keeps another waiting when a commit has room for little", async () => {
  // Goal: large states and a small bound. Method: timers that come back at once and never end fill every
  // batch, and a record must come through all the same.
  const again = (state: typeof topology.initial, now: number) => ({
    state: { ...state, timers: [{ name: "again", dueAt: plus(now as never, 1) }] },
    effects: [],
  });
  const service = await bench.start({
    limits: { commitBytesMax: 10_000 },
    topology: {
      ...topology,
      machine: (state, input, now, self) =>
        input.kind === "fired" ? again(state, now) : topology.machine(state, input, now, self),
    },
  });
  await bench.publish(a, { kind: "grow", bytes: 20_000 }, { kind: "arm", id: "1", name: "again", inMs: 1 });
  await bench.settle();
  await bench.publish(b, ...adds(1));
  for (let n = 0; n < 10; n++) {
    bench.clock.advanceBy(1);
    await bench.settle();
  }
  expect((await service.stateOf(b))?.state.total).toBe(1);
});

test("a restore that has much to bring up to date does so in commits within the bound", async () => {
  const first = await bench.start();
  const actors = Array.from({ length: 200 }, (_, n) => `acme/u-many-${n}`).filter(
    (id) => partitionOf(id as typeof a, partitions) === partitionOf(a, partitions),
  );
  expect(actors.length).toBeGreaterThan(30);
  for (const id of actors) await bench.publish(id, { kind: "grow", bytes: 10_000 });
  await bench.settle();
  await first.stop();
  bench.running.clear();
  let most = Number.POSITIVE_INFINITY;
  const { log, taken, refused } = measured((bytes) =>
    bytes > most ? new CommitTooLargeError("too large") : undefined,
  );
  const options = { log: tailOnlyLog(log, "none"), limits: { commitBytesMax: 100_000 } };
  const second = await bench.start(options);
  await bench.settle();
  expect(taken.length).toBeGreaterThan(3);
  expect(Math.max(...taken)).toBeLessThanOrEqual(100_000);
  await second.stop();
  bench.running.clear();
  most = 70_000;
  const third = await runService(bench.options(options));
  bench.running.add(third);
  await passTime(bench.clock, plus(bench.clock.now(), minutes(1)), [third]);
  expect(refused).toHaveLength(1);
  expect(third.status().every(({ state }) => state === "running")).toBe(true);
});
