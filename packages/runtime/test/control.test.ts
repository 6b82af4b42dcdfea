import { controlTopic } from "@hybrid/contracts";
import { actorIdOf, minutes, orgIdOf, partitionOf, plus } from "@hybrid/kernel";
import { afterEach, beforeEach, expect, test } from "vitest";
import { controlActorOf } from "../src/index.ts";
import { foldJournal, passTime, readJournal, settle } from "../testing/index.ts";
import { type Input, topology } from "./ledger.ts";
import { type LedgerOptions, neighbours, partitions, Workbench } from "./workbench.ts";

let bench: Workbench;

beforeEach(async () => {
  bench = await Workbench.open();
});

afterEach(() => bench.close());

const { a, b, stranger } = neighbours();
const acme = orgIdOf("acme");
const other = actorIdOf("other/u-1");

const fetch = (id: string) => ({ kind: "fetch", id }) as const;

const requested = (): readonly string[] => bench.world.requests.map(({ id }) => id).toSorted();

/** A ledger whose fetches only read. */
const reading: Partial<LedgerOptions> = {
  topology: { ...topology, calls: { fetch: { ...topology.calls.fetch, writes: false } } },
};

test("a paused organisation's calls stay pending and start when it is resumed; others go on", async () => {
  const service = await bench.start();
  await bench.order({ kind: "pauseCalls", org: acme, callKind: null });
  await bench.settle();
  for (const [actor, id] of [
    [a, "1"],
    [stranger, "2"],
    [other, "3"],
  ] as const)
    await bench.publish(actor, fetch(id));
  await passTime(bench.clock, plus(bench.clock.now(), minutes(10)), [service]);
  expect(requested()).toEqual(["3"]);
  expect(service.activity()).toMatchObject({ busy: false, callsHeld: 2, nextTimerAt: null });
  expect(await bench.metric("hybrid_calls_held", { service: "ledger" })).toBe(2);
  expect((await service.stateOf(a))?.pending).toHaveLength(1);
  await bench.order({ kind: "resumeCalls", org: acme, callKind: null });
  await bench.settle();
  expect(requested()).toEqual(["1", "2", "3"]);
  expect(service.activity().callsHeld).toBe(0);
  expect((await service.stateOf(a))?.state.applied).toEqual(["1", "1-ok"]);
});

test("a kind of call can be paused in all organisations, and each pause ends by its own order", async () => {
  const service = await bench.start();
  await bench.order({ kind: "pauseCalls", org: null, callKind: "fetch" });
  await bench.order({ kind: "pauseCalls", org: acme, callKind: "fetch" });
  await bench.settle();
  await bench.publish(a, fetch("1"));
  await bench.publish(other, fetch("2"));
  await bench.settle();
  expect(requested()).toEqual([]);
  await bench.order({ kind: "resumeCalls", org: null, callKind: "fetch" });
  await bench.settle();
  expect(requested()).toEqual(["2"]);
  await bench.order({ kind: "resumeCalls", org: acme, callKind: "fetch" });
  await bench.settle();
  expect(requested()).toEqual(["1", "2"]);
  expect(service.activity().callsHeld).toBe(0);
});

test("a pause takes back calls that wait for their turn; the one in flight goes on", async () => {
  const open: (() => void)[] = [];
  bench.world.answer = () => new Promise((resolve) => open.push(() => resolve("ok")));
  const service = await bench.start({ limits: { callsInFlightMax: 1 } });
  for (const id of ["1", "2", "3"]) await bench.publish(a, fetch(id));
  await settle([service], { waitForCalls: false });
  await bench.order({ kind: "pauseCalls", org: null, callKind: null });
  await settle([service], { waitForCalls: false });
  expect(service.activity()).toMatchObject({ callsInFlight: 1, callsHeld: 2 });
  open.shift()?.();
  await bench.settle();
  expect(requested()).toEqual(["1"]);
  expect((await service.stateOf(a))?.state.applied).toEqual(["1", "2", "3", "1-ok"]);
  bench.world.answer = async () => "ok";
  await bench.order({ kind: "resumeCalls", org: null, callKind: null });
  await bench.settle();
  expect(requested()).toEqual(["1", "2", "3"]);
});

test("pauses and observe mode are journaled and survive a restart (I6)", async () => {
  await bench.start();
  await bench.order({ kind: "pauseCalls", org: acme, callKind: null });
  await bench.order({ kind: "observe", org: orgIdOf("other"), on: true });
  await bench.order({ kind: "pauseCalls", org: acme, callKind: null });
  await bench.settle();
  const second = await bench.restart();
  await bench.publish(a, fetch("1"));
  await bench.publish(other, fetch("2"));
  await bench.settle();
  expect(requested()).toEqual([]);
  expect(second.observed(orgIdOf("other"))).toMatchObject({ on: true, calls: { fetch: 1 } });
  const third = await bench.restart();
  await bench.settle();
  expect(third.activity().callsHeld).toBe(2);
  expect(third.actors("", null, 10)).toEqual([a, other].toSorted());
  await bench.order({ kind: "resumeCalls", org: acme, callKind: null });
  await bench.settle();
  expect(requested()).toEqual(["1"]);
  const journal = await readJournal(bench.log, "ledger", partitions);
  expect(foldJournal(topology, journal).faults).toEqual([]);
  // The order that changed nothing has no record; the three others have one in every partition.
  for (let partition = 0; partition < partitions; partition++) {
    const own = journal.filter(({ actor }) => actor === controlActorOf(partition));
    expect(own.map(({ input }) => (JSON.parse(input) as { kind: string }).kind)).toEqual([
      "pauseCalls",
      "observe",
      "resumeCalls",
    ]);
  }
});

test("in observe mode writing calls are reported and kept, reading ones are made; switched off they are made", async () => {
  const service = await bench.start();
  await bench.order({ kind: "observe", org: acme, on: true });
  await bench.settle();
  for (const [actor, id] of [
    [a, "1"],
    [b, "2"],
    [other, "3"],
  ] as const)
    await bench.publish(actor, fetch(id));
  await bench.settle();
  expect(requested()).toEqual(["3"]);
  const report = service.observed(acme);
  expect(report).toMatchObject({ org: acme, on: true, calls: { fetch: 2 } });
  expect(report.latest.map(({ callId, kind }) => `${callId} ${kind}`).toSorted()).toEqual(
    [a, b].map((actor) => expect.stringMatching(`^${actor}/\\d+/0 fetch$`)),
  );
  expect(JSON.stringify(report)).not.toContain('"id"');
  expect(service.observed(orgIdOf("other"))).toEqual({
    org: "other",
    on: false,
    calls: {},
    latest: [],
  });
  await bench.order({ kind: "observe", org: acme, on: false });
  await bench.settle();
  expect(requested()).toEqual(["1", "2", "3"]);
  expect(service.observed(acme)).toMatchObject({ on: false, calls: {}, latest: [] });
});

test("calls that state that they do not write are made in observe mode", async () => {
  const service = await bench.start(reading);
  await bench.order({ kind: "observe", org: acme, on: true });
  await bench.settle();
  await bench.publish(a, fetch("1"));
  await bench.settle();
  expect((await service.stateOf(a))?.state.applied).toEqual(["1", "1-ok"]);
  expect(service.observed(acme).calls).toEqual({});
});

test("a report names the latest hundred calls and counts all", async () => {
  const service = await bench.start();
  await bench.order({ kind: "observe", org: acme, on: true });
  await bench.settle();
  for (let n = 0; n < 150; n++) await bench.publish(actorIdOf(`acme/u-${n}`), fetch(`${n}`));
  await bench.settle();
  bench.clock.advanceBy(1_000);
  await bench.publish(actorIdOf("acme/u-last"), fetch("last"));
  await bench.settle();
  const { calls, latest } = service.observed(acme);
  expect(calls).toEqual({ fetch: 151 });
  expect(latest).toHaveLength(100);
  expect(latest[0]).toMatchObject({
    callId: expect.stringMatching(/^acme\/u-last\/\d+\/0$/),
    heldAt: bench.clock.now(),
  });
});

test("kept calls do not hold back the records of others, whatever their number", async () => {
  const service = await bench.start({ limits: { recordsPerBatchMax: 1 } });
  await bench.order({ kind: "pauseCalls", org: acme, callKind: null });
  await bench.settle();
  for (let n = 0; n < 5; n++) await bench.publish(a, fetch(`${n}`));
  await bench.publish(b, { kind: "add", id: "behind", n: 1 });
  await bench.settle();
  expect((await service.stateOf(b))?.state.applied).toEqual(["behind"]);
  await bench.order({ kind: "resumeCalls", org: acme, callKind: null });
  await bench.settle();
  expect(requested()).toHaveLength(5);
});

test("a pause is followed in the worst moment: calls hang, and many wait for their turn", async () => {
  bench.world.answer = () => new Promise(() => undefined);
  const limits = { recordsPerBatchMax: 1, recordsQueuedMax: 2, callsInFlightMax: 1 };
  const service = await bench.start({ limits });
  for (let n = 0; n < 20; n++) await bench.publish(a, fetch(`${n}`));
  await settle([service], { waitForCalls: false });
  expect((await service.stateOf(a))?.pending).toHaveLength(20);
  await bench.order({ kind: "pauseCalls", org: acme, callKind: null });
  await settle([service], { waitForCalls: false });
  bench.clock.advanceBy(topology.calls.fetch.deadlineMs ?? 0);
  await settle([service], { waitForCalls: false });
  expect(requested()).toHaveLength(1);
  expect(service.activity().callsHeld).toBe(19);
  bench.world.answer = async () => "ok";
  await bench.order({ kind: "resumeCalls", org: acme, callKind: null });
  await bench.settle();
  expect(requested()).toHaveLength(20);
  expect((await service.stateOf(a))?.pending).toEqual([]);
});

test("orders that say nothing that can be done are dead letters with their reason", async () => {
  const service = await bench.start();
  await bench.order({ kind: "pauseCalls", org: acme, callKind: "bribe" });
  await bench.order({ kind: "observe", org: "Not An Org" as typeof acme, on: true });
  await bench.order({ kind: "retryParked", actor: "nobody" as typeof a });
  await bench.log.append([
    {
      topic: controlTopic("ledger").name,
      partition: 0,
      key: "sys/o",
      value: Buffer.from("not a record"),
      timestamp: bench.clock.now(),
    },
  ]);
  await bench.settle();
  const letters = await bench.deadLetters("ledger-control");
  const causes = letters.map(({ cause }) => cause).toSorted();
  expect(causes).toEqual([...Array(3 * partitions).fill("malformed"), "undecodable"]);
  expect(service.status().every(({ state }) => state === "running")).toBe(true);
  expect(await readJournal(bench.log, "ledger", partitions)).toEqual([]);
});

test("no record and no actor can speak to the actor that journals operators' orders", async () => {
  const control = controlActorOf(partitionOf(a, partitions));
  const service = await bench.start({
    topology: {
      ...topology,
      machine: (state, input, now, self) =>
        input.kind === "ignore"
          ? { state, effects: [{ kind: "tell", to: control, input: { kind: "clear" } as Input }] }
          : topology.machine(state, input, now, self),
    },
  });
  await bench.publish(a, { kind: "ignore" });
  await bench.publishRaw(control, partitionOf(a, partitions), Buffer.from(""));
  await bench.publish(control, { kind: "add", id: "1", n: 1 });
  await bench.settle();
  expect(service.parked()).toMatchObject([{ actor: a, cause: "illegalEffect" }]);
  const letters = await bench.deadLetters("ledger-orders");
  expect(letters.map(({ cause }) => cause).toSorted()).toEqual(["misrouted", "undecodable"]);
  expect(await service.stateOf(control)).toBeUndefined();
});
