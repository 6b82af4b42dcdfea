import type { ControlOrder } from "@hybrid/contracts";
import { plus } from "@hybrid/kernel";
import fc from "fast-check";
import { expect, test } from "vitest";
import type { Phase } from "../src/index.ts";
import { foldJournal, passTime, readJournal } from "../testing/index.ts";
import { type Order, topology } from "./ledger.ts";
import { neighbours, Process, partitions, Workbench } from "./workbench.ts";

const { a, b, stranger } = neighbours();
const actors = [a, b, stranger];

type Move =
  | { readonly kind: "publish"; readonly actor: typeof a; readonly order: "add" | "explode" | "grow" }
  | { readonly kind: "operate"; readonly order: ControlOrder }
  | { readonly kind: "die"; readonly phase: Phase; readonly times: number };

const anyActor = fc.constantFrom(...actors);

const anyMove: fc.Arbitrary<Move> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constant("publish" as const),
      actor: anyActor,
      order: fc.constantFrom("add" as const, "add" as const, "explode" as const, "grow" as const),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant("operate" as const),
      order: fc.oneof(
        fc.record({ kind: fc.constant("retryParked" as const), actor: anyActor }),
        fc.record({ kind: fc.constant("dropParked" as const), actor: anyActor, all: fc.boolean() }),
      ),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant("die" as const),
      phase: fc.constantFrom<Phase>("beforeDecode", "afterStep", "beforeAppend", "afterAppend"),
      times: fc.integer({ min: 1, max: 3 }),
    }),
  },
);

const turns = async (count: number): Promise<void> => {
  for (let turn = 0; turn < count; turn++) await new Promise((resolve) => setImmediate(resolve));
};

/** `grow` is poison of another cause: its record would be too large. */
const orderOf = (kind: "add" | "explode" | "grow", id: string): Order => {
  if (kind === "add") return { kind, id, n: 1 };
  return kind === "grow" ? { kind, bytes: 1_000_000 } : { kind };
};

/** Plays the moves, across deaths; returns what was published, actor by actor. */
const play = async (bench: Workbench, moves: readonly Move[]): Promise<ReadonlyMap<string, string[]>> => {
  const published = new Map<string, string[]>(actors.map((actor) => [actor, []]));
  let process = new Process();
  const limits = { parkedInputsMax: 4, recordsPerBatchMax: 3 };
  await bench.startMortal(process, { limits: { ...limits, drainMs: 1 } });
  for (const move of moves) {
    if (move.kind === "publish") {
      const list = published.get(move.actor)!;
      const id = `${move.order}-${list.length}`;
      list.push(id);
      await bench.publish(move.actor, orderOf(move.order, id));
    } else if (move.kind === "operate") await bench.order(move.order);
    else process.fuse = { phase: move.phase, times: move.times };
    await turns(2);
    if (!process.killed) continue;
    await process.bury();
    process = new Process();
    await bench.startMortal(process, { limits: { ...limits, drainMs: 1 } });
  }
  await turns(10);
  await process.bury();
  return published;
};

/** The numbers in the middle of an actor's list of published ids that its dead letters stand for. */
const deadBy = async (bench: Workbench, actor: string, offsets: ReadonlyMap<number, string>) => {
  const letters = [...(await bench.deadLetters("ledger")), ...(await bench.deadLetters("ledger-orders"))];
  return letters
    .filter(({ key }) => key === actor)
    .map(({ originOffset }) => offsets.get(originOffset) ?? `unknown offset ${originOffset}`);
};

test("property: whatever is poison and whatever operators do, each input is applied in order or dead once (I3)", async () => {
  // Goal: I1 and I3 with parked actors, across random retries, drops and deaths at any step.
  // Method: random moves; in the end a last life drops what is still parked. Applied and dead letters
  // together must be what was published, each once, and what was applied stands in the order of publication.
  await fc.assert(
    fc.asyncProperty(fc.array(anyMove, { minLength: 1, maxLength: 40 }), async (moves) => {
      const bench = await Workbench.open();
      const published = await play(bench, moves);
      const service = await bench.start();
      await passTime(bench.clock, plus(bench.clock.now(), 120_000), [service]);
      for (const { actor } of service.parked()) await bench.order({ kind: "dropParked", actor, all: true });
      await passTime(bench.clock, plus(bench.clock.now(), 1_000), [service]);
      expect(service.parked()).toEqual([]);
      const journal = await readJournal(bench.log, "ledger", partitions);
      expect(foldJournal(topology, journal).faults).toEqual([]);
      const offsets = await bench.orderOffsets();
      for (const [actor, ids] of published) {
        const applied = (await service.stateOf(actor as typeof a))?.state.applied ?? [];
        const places = offsets.get(actor) ?? [];
        const dead = await deadBy(bench, actor, new Map(ids.map((id, n) => [places[n] ?? -1, id])));
        expect([...applied, ...dead].sort()).toEqual([...ids].sort());
        expect(applied).toEqual(ids.filter((id) => applied.includes(id)));
        expect(applied.every((id) => id.startsWith("add"))).toBe(true);
      }
      await bench.close();
    }),
    { numRuns: 40 },
  );
}, 60_000);
