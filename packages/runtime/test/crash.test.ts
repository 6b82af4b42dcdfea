import { plus } from "@hybrid/kernel";
import fc from "fast-check";
import { expect, test } from "vitest";
import type { Phase, RunningService } from "../src/index.ts";
import { foldJournal, passTime, readJournal, readTopic } from "../testing/index.ts";
import { headlines, type Ledger, type Order, results, topology } from "./ledger.ts";
import { neighbours, Process, partitions, Workbench } from "./workbench.ts";

const phases: readonly Phase[] = [
  "beforeDecode",
  "afterStep",
  "beforeAppend",
  "afterAppend",
  "beforeCall",
  "afterCall",
  "beforeOutcome",
];

const { a, b, stranger } = neighbours();
const actors = [a, b, stranger];

const work: readonly (readonly [string, Order])[] = [
  [a, { kind: "add", id: "a1", n: 1 }],
  [a, { kind: "fetch", id: "a2" }],
  [b, { kind: "forward", id: "b1", to: a }],
  [b, { kind: "announce", id: "b2" }],
  [b, { kind: "post", id: "b3", to: [stranger, a] }],
  [stranger, { kind: "arm", id: "s1", name: "retry", inMs: 60_000 }],
  [stranger, { kind: "report", id: "s2" }],
  [stranger, { kind: "fetch", id: "s3" }],
  [a, { kind: "explode" }],
];

/** Turns of the event loop until the process has died, or has nothing to die of. */
const untilDeath = async (process: Process, turns = 400): Promise<void> => {
  for (let turn = 0; turn < turns && !process.killed; turn++)
    await new Promise((resolve) => setImmediate(resolve));
};

/**
 * Runs the next life once the group has given up the former one; an operator drops what parks actors, input
 * by input.
 */
const comeBack = async (bench: Workbench): Promise<RunningService<Ledger>> => {
  const service = await bench.start();
  await bench.settle();
  for (let round = 0; round < 50; round++) {
    await passTime(bench.clock, plus(bench.clock.now(), 120_000), [service]);
    if (service.parked().length === 0) return service;
    for (const { actor } of service.parked()) await bench.order({ kind: "dropParked", actor, all: false });
  }
  throw new Error("actors stay parked");
};

/** Everything that must hold in the end, whatever happened on the way. */
const expectWhole = async (bench: Workbench, service: RunningService<Ledger>): Promise<void> => {
  const journal = await readJournal(bench.log, "ledger", partitions);
  const folded = foldJournal(topology, journal);
  expect(folded.faults).toEqual([]);
  for (const actor of actors) {
    const view = await service.stateOf(actor);
    expect(view?.state).toEqual(folded.states.get(actor));
    expect(view?.pending ?? []).toEqual([]);
  }
  // I4: a call was made only for an order that is in the journal.
  const ordered = new Set(
    journal.flatMap(({ actor, pending }) => pending.map(({ seq, index }) => `${actor}/${seq}/${index}`)),
  );
  for (const { callId } of bench.world.requests) expect(ordered).toContain(callId);
};

const appliedIn = async (service: RunningService<Ledger>, actor: typeof a) =>
  [...((await service.stateOf(actor))?.state.applied ?? [])].sort();

test.each(phases)(
  "a process that dies at %s leaves nothing lost, doubled or invented behind",
  async (phase) => {
    // Goal: I1, I3, I4, I6 across a crash at every step of the loop.
    // Method: the n-th time that the step is reached, everything of the process freezes for ever; the group
    // gives its partitions to a new one on the same log; the end must be the same as without the crash.
    for (const times of [1, 2, 3]) {
      const bench = await Workbench.open();
      const process = new Process();
      process.fuse = { phase, times };
      await bench.startMortal(process);
      for (const [key, order] of work) await bench.publish(key, order);
      await untilDeath(process);
      await process.bury();
      const service = await comeBack(bench);
      await expectWhole(bench, service);
      expect(await appliedIn(service, a)).toEqual(["a1", "a2", "a2-ok", "b1-told", "b3-posted"]);
      expect(await appliedIn(service, b)).toEqual(["b1", "b2", "b3"]);
      expect(await appliedIn(service, stranger)).toEqual([
        "b3-posted",
        "retry-fired",
        "s1",
        "s2",
        "s3",
        "s3-ok",
      ]);
      expect(await readTopic(bench.log, headlines.name, partitions)).toHaveLength(partitions);
      expect(await readTopic(bench.log, results.name, partitions)).toHaveLength(1);
      const letters = await bench.deadLetters("ledger");
      expect(letters.map(({ cause }) => cause)).toEqual(["dropped"]);
      expect(await service.lag()).toBe(0);
      await bench.close();
    }
  },
);

test.each(phases)(
  "an owner that sleeps at %s and was fenced applies and publishes nothing (I2)",
  async (phase) => {
    // Goal: I2 when a second owner appears at any step of the loop.
    // Method: the first owner sleeps at the step, the group gives its partitions to a second one, which
    // finishes the work; then the first one wakes up and may do whatever it likes. Nothing of it may be seen.
    const bench = await Workbench.open();
    const first = new Process();
    first.fuse = { phase, times: 1 };
    let wake: () => void = () => undefined;
    const asleep = new Promise<void>((resolve) => {
      wake = resolve;
    });
    const sleeper = await bench.startMortal(first, {
      observer: { at: (reached) => (first.at(reached) ? asleep : undefined) },
    });
    await bench.publish(
      a,
      { kind: "add", id: "1", n: 1 },
      { kind: "fetch", id: "2" },
      { kind: "report", id: "3" },
    );
    await untilDeath(first);
    expect(first.killed).toBe(true);
    await first.bury();
    const service = await comeBack(bench);
    const journal = await readJournal(bench.log, "ledger", partitions);
    wake();
    await sleeper.stop();
    await bench.settle();
    expect(await readJournal(bench.log, "ledger", partitions)).toEqual(journal);
    await expectWhole(bench, service);
    expect(await appliedIn(service, a)).toEqual(["1", "2", "2-ok", "3"]);
    expect(await readTopic(bench.log, results.name, partitions)).toHaveLength(1);
    await bench.close();
  },
);

const anyOrder = (id: string): fc.Arbitrary<readonly [string, Order]> =>
  fc.tuple(
    fc.constantFrom<string>(...actors),
    fc.oneof(
      fc.record({
        kind: fc.constant("add" as const),
        id: fc.constant(id),
        n: fc.integer({ min: 1, max: 9 }),
      }),
      fc.constant<Order>({ kind: "fetch", id }),
      fc.constant<Order>({ kind: "forward", id, to: b }),
      fc.constant<Order>({ kind: "post", id, to: [stranger, a, stranger] }),
      fc.constant<Order>({ kind: "arm", id, name: `timer-${id}`, inMs: 1_000 * (1 + id.length) }),
      fc.constant<Order>({ kind: "announce", id }),
      fc.constant<Order>({ kind: "explode" }),
      fc.constant<Order>({ kind: "ignore" }),
    ),
  );

const anyHistory = fc
  .integer({ min: 1, max: 25 })
  .chain((length) => fc.tuple(...Array.from({ length }, (_, n) => anyOrder(`i${n}`))));

/** What every actor must have applied, in any order, whenever crashes happen. */
const expected = (history: readonly (readonly [string, Order])[]): ReadonlyMap<string, readonly string[]> => {
  const applied = new Map<string, string[]>(actors.map((actor) => [actor, []]));
  for (const [key, order] of history) {
    const own = applied.get(key)!;
    if (order.kind === "explode" || order.kind === "ignore" || order.kind === "clear") continue;
    if (!("id" in order)) continue;
    if (order.kind === "forward" && key === stranger) continue;
    own.push(order.id);
    if (order.kind === "fetch") own.push(`${order.id}-ok`);
    if (order.kind === "forward") applied.get(order.to)!.push(`${order.id}-told`);
    if (order.kind === "post") for (const to of order.to) applied.get(to)!.push(`${order.id}-posted`);
    if (order.kind === "arm") own.push(`${order.name}-fired`);
  }
  return new Map([...applied].map(([actor, list]) => [actor, list.sort()]));
};

test("property: whatever comes in and wherever it crashes, each input is applied once or dead-lettered once", async () => {
  // Goal: I1, I3, I4 and I6 over random histories and random places of death.
  // Method: a random history is published in pieces; a chain of processes dies at random steps while working
  // on it; the last one finishes. A model that knows nothing of the loop says what must have been applied.
  const anyDeath = fc.record({ phase: fc.constantFrom(...phases), times: fc.integer({ min: 1, max: 6 }) });
  await fc.assert(
    fc.asyncProperty(anyHistory, fc.array(anyDeath, { maxLength: 3 }), async (history, deaths) => {
      const bench = await Workbench.open();
      const pieces = deaths.length + 1;
      const size = Math.ceil(history.length / pieces);
      for (const [index, death] of deaths.entries()) {
        const process = new Process();
        process.fuse = { ...death };
        await bench.startMortal(process);
        for (const [key, order] of history.slice(index * size, (index + 1) * size))
          await bench.publish(key, order);
        await untilDeath(process, 60);
        await process.bury();
      }
      for (const [key, order] of history.slice(deaths.length * size)) await bench.publish(key, order);
      const service = await comeBack(bench);
      await expectWhole(bench, service);
      for (const [actor, applied] of expected(history))
        expect(await appliedIn(service, actor as typeof a)).toEqual(applied);
      const poison = history.filter(
        ([key, order]) => order.kind === "explode" || (order.kind === "forward" && key === stranger),
      );
      expect(await bench.deadLetters("ledger")).toHaveLength(poison.length);
      expect(await bench.deadLetters("ledger-orders")).toEqual([]);
      const announced = history.filter(([, { kind }]) => kind === "announce").length;
      expect(await readTopic(bench.log, headlines.name, partitions)).toHaveLength(announced * partitions);
      await bench.close();
    }),
    { numRuns: 40 },
  );
}, 60_000);
