import { hours, minutes, plus } from "@hybrid/kernel";
import { afterEach, beforeEach, expect, test } from "vitest";
import { foldJournal, passTime, readJournal, settle } from "../testing/index.ts";
import { tailOnlyLog } from "./failing-log.ts";
import { type Input, type Ledger, type Order, orders, topology } from "./ledger.ts";
import { type LedgerOptions, neighbours, partitions, startAt, Workbench } from "./workbench.ts";

let bench: Workbench;

beforeEach(async () => {
  bench = await Workbench.open();
});

afterEach(() => bench.close());

const { a, b } = neighbours();

const add = (id: string): Order => ({ kind: "add", id, n: 1 });

/** A release in which what exploded is noted instead. */
const repaired: Partial<LedgerOptions> = {
  topology: {
    ...topology,
    machine: (state: Ledger, input: Input, now, self) =>
      input.kind === "explode"
        ? { state: { ...state, applied: [...state.applied, "defused"] }, effects: [] }
        : topology.machine(state, input, now, self),
  },
};

const appliedBy = async (service: Awaited<ReturnType<Workbench["start"]>>, actor = a) =>
  (await service.stateOf(actor))?.state.applied;

test("what was kept is applied in order by a repaired release once an operator retries", async () => {
  await bench.start();
  await bench.publish(a, add("1"), { kind: "explode" }, add("2"), { kind: "report", id: "3" });
  await bench.settle();
  const service = await bench.restart(repaired);
  await bench.publish(a, add("4"));
  await bench.settle();
  expect(await appliedBy(service)).toEqual(["1"]);
  expect(service.parked()).toMatchObject([{ actor: a, inputs: 4, since: startAt }]);
  await bench.order({ kind: "retryParked", actor: a });
  await bench.publish(a, add("5"));
  await bench.settle();
  expect(await appliedBy(service)).toEqual(["1", "defused", "2", "3", "4", "5"]);
  expect(service.parked()).toEqual([]);
  expect(await bench.metric("hybrid_inputs_parked", { service: "ledger" })).toBe(0);
  const journal = await readJournal(bench.log, "ledger", partitions);
  const steps = journal.filter(({ input }) => input !== "null");
  expect(steps.map(({ origin }) => origin.offset)).toEqual([0, 1, 2, 3, 4, 5]);
  expect(foldJournal((repaired as LedgerOptions).topology, journal).faults).toEqual([]);
});

test("a retry that fails again keeps the actor parked with everything, and since when it was", async () => {
  const service = await bench.start();
  await bench.publish(a, { kind: "explode" }, add("1"));
  await bench.settle();
  bench.clock.advanceBy(minutes(5));
  await bench.order({ kind: "retryParked", actor: a });
  await bench.settle();
  expect(service.parked()).toMatchObject([{ actor: a, cause: "stepFailed", inputs: 2, since: startAt }]);
  expect(await appliedBy(service)).toEqual([]);
});

test("a retry that fails later on keeps what is left, with the new reason", async () => {
  await bench.start();
  await bench.publish(a, { kind: "explode" }, add("1"), { kind: "emitUndeclared" }, add("2"));
  await bench.settle();
  const service = await bench.restart(repaired);
  await bench.order({ kind: "retryParked", actor: a });
  await bench.settle();
  expect(await appliedBy(service)).toEqual(["defused", "1"]);
  expect(service.parked()).toMatchObject([{ actor: a, cause: "illegalEffect", inputs: 2 }]);
});

test("the first input dropped is a dead letter with its origin, and what is left is applied", async () => {
  const service = await bench.start();
  await bench.publish(a, add("1"), { kind: "explode" }, add("2"));
  await bench.settle();
  await bench.order({ kind: "dropParked", actor: a, all: false });
  await bench.settle();
  expect(service.parked()).toEqual([]);
  expect(await appliedBy(service)).toEqual(["1", "2"]);
  const letters = await bench.deadLetters("ledger");
  expect(letters).toMatchObject([
    { key: a, cause: "dropped", originTopic: orders.name, originOffset: 1, service: "ledger" },
  ]);
  expect(JSON.parse(Buffer.from(letters[0]!.payload!).toString())).toMatchObject({
    to: a,
    input: { kind: "explode" },
  });
  expect(await bench.metric("hybrid_dead_letters_total", { cause: "dropped" })).toBe(1);
});

test("all inputs dropped leave the actor as it was and free", async () => {
  const service = await bench.start();
  await bench.publish(a, { kind: "explode" }, add("1"), add("2"));
  await bench.settle();
  await bench.order({ kind: "dropParked", actor: a, all: true });
  await bench.publish(a, add("3"));
  await bench.settle();
  expect(await appliedBy(service)).toEqual(["3"]);
  const letters = await bench.deadLetters("ledger");
  expect(letters.map(({ originOffset }) => originOffset)).toEqual([0, 1, 2]);
});

test("an order for an actor that is not parked does nothing", async () => {
  const service = await bench.start();
  await bench.publish(a, add("1"));
  await bench.order({ kind: "retryParked", actor: a });
  await bench.order({ kind: "dropParked", actor: b, all: true });
  await bench.settle();
  expect(await appliedBy(service)).toEqual(["1"]);
  expect(await bench.deadLetters("ledger")).toEqual([]);
  expect(await bench.deadLetters("ledger-control")).toEqual([]);
});

test("inputs beyond the bound go to the dead letters in order, and none overtakes them", async () => {
  await bench.start({ limits: { parkedInputsMax: 3 } });
  await bench.publish(a, { kind: "explode" }, add("1"), add("2"), add("3"));
  await bench.settle();
  await bench.publish(a, add("4"));
  await bench.settle();
  // With more room than before, a later input must still not stand where an earlier one had none.
  const service = await bench.restart(repaired);
  await bench.publish(a, add("5"));
  await bench.settle();
  expect(service.parked()).toMatchObject([{ actor: a, inputs: 3, overflowed: true }]);
  const letters = await bench.deadLetters(orders.name);
  expect(letters.map(({ cause, originOffset }) => `${cause} ${originOffset}`)).toEqual([
    "parkedFull 3",
    "parkedFull 4",
    "parkedFull 5",
  ]);
  expect(orders.decode(letters[0]!.payload!)).toEqual({ order: add("3") });
  await bench.order({ kind: "retryParked", actor: a });
  await bench.publish(a, add("6"));
  await bench.settle();
  expect(await appliedBy(service)).toEqual(["defused", "1", "2", "6"]);
});

test("an actor's record stays within its bound however large its inputs are", async () => {
  const service = await bench.start();
  await bench.publish(a, { kind: "explode" });
  for (let n = 0; n < 6; n++) await bench.publish(a, add(`${n}-${"x".repeat(200_000)}`));
  await bench.settle();
  expect(service.parked()).toMatchObject([{ inputs: 5, overflowed: true }]);
  expect(await bench.deadLetters(orders.name)).toHaveLength(2);
});

test("a poisonous input for which there is no room at all is a dead letter, and its actor goes on", async () => {
  const service = await bench.start({ limits: { recordBytesMax: 5_000 } });
  await bench.publish(a, { kind: "add", id: "x".repeat(6_000), n: 1 }, add("1"));
  await bench.settle();
  expect(service.parked()).toEqual([]);
  expect(await appliedBy(service)).toEqual(["1"]);
  expect(await bench.deadLetters(orders.name)).toMatchObject([{ cause: "tooLarge", originOffset: 0 }]);
});

test("timers of a parked actor wait, and fire once it is free", async () => {
  await bench.start();
  await bench.publish(a, { kind: "arm", id: "1", name: "retry", inMs: 60_000 }, { kind: "explode" });
  await bench.publish(b, { kind: "arm", id: "2", name: "retry", inMs: 60_000 });
  await bench.settle();
  const service = await bench.restart(repaired);
  await passTime(bench.clock, plus(bench.clock.now(), hours(1)), [service]);
  expect(await appliedBy(service)).toEqual(["1"]);
  expect(await appliedBy(service, b)).toEqual(["2", "retry-fired"]);
  await bench.order({ kind: "retryParked", actor: a });
  await passTime(bench.clock, plus(bench.clock.now(), 1_000), [service]);
  expect(await appliedBy(service)).toEqual(["1", "defused", "retry-fired"]);
});

test("outcomes of a parked actor's calls are kept in order too, failures among them", async () => {
  const open: (() => void)[] = [];
  bench.world.answer = (id) =>
    new Promise((resolve, reject) => {
      open.push(() => (id === "2" ? reject(new Error("no")) : resolve("ok")));
    });
  const first = await bench.start(repaired);
  await bench.publish(a, { kind: "fetch", id: "1" }, { kind: "fetch", id: "2" }, { kind: "emitMisfit" });
  await settle([first], { waitForCalls: false });
  expect((await first.stateOf(a))?.pending).toHaveLength(2);
  for (const end of open) end();
  await bench.publish(a, add("3"));
  await bench.settle();
  expect(first.parked()).toMatchObject([{ inputs: 4 }]);
  expect((await first.stateOf(a))?.pending).toEqual([]);
  await bench.order({ kind: "dropParked", actor: a, all: false });
  await bench.settle();
  expect(bench.world.requests).toHaveLength(2);
  const applied = (await appliedBy(first)) ?? [];
  expect(applied.slice(0, 2)).toEqual(["1", "2"]);
  expect(applied.slice(2).toSorted()).toEqual(["1-ok", "2-unexpected", "3"]);
});

test("a parked actor is found again in the journal's tail alone, or in checkpoint and tail", async () => {
  const first = await bench.start();
  await bench.publish(a, add("1"), { kind: "explode" }, add("2"));
  await bench.publish(b, { kind: "explode" });
  await bench.settle();
  await bench.order({ kind: "dropParked", actor: b, all: true });
  await bench.publish(b, add("b1"), { kind: "explode" }, add("b2"));
  await bench.settle();
  const before = first.parked();
  expect(before.map(({ inputs }) => inputs)).toEqual([2, 2]);
  for (const checkpoints of ["none", "all"] as const) {
    const service = await bench.restart({ ...repaired, log: tailOnlyLog(bench.log, checkpoints) });
    expect(service.parked()).toEqual(before);
  }
  const last = await bench.restart({ ...repaired, log: tailOnlyLog(bench.log, "none") });
  await bench.order({ kind: "retryParked", actor: a });
  await bench.order({ kind: "retryParked", actor: b });
  await bench.settle();
  expect(await appliedBy(last)).toEqual(["1", "defused", "2"]);
  expect(await appliedBy(last, b)).toEqual(["b1", "defused", "b2"]);
});

test("a tail in which a parked input is missing stops the partition instead of losing it", async () => {
  await bench.start();
  await bench.publish(a, { kind: "explode" }, add("2"));
  await bench.settle();
  const lossy = tailOnlyLog(bench.log, "none", (index) => index !== 0);
  const restarted = bench.restart({ log: lossy });
  await Promise.all([
    expect(restarted).rejects.toThrow(`${a} is parked with 2 inputs`),
    settle([...bench.running]).then(() =>
      passTime(bench.clock, plus(bench.clock.now(), 10_000), [...bench.running]),
    ),
  ]);
});
