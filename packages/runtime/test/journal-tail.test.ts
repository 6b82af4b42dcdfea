import type { Parked, ParkedInput, Parking } from "@hybrid/contracts";
import { actorIdOf } from "@hybrid/kernel";
import fc from "fast-check";
import { Registry } from "prom-client";
import { expect, test } from "vitest";
import { frameOf, type RawTopology } from "../src/frame.ts";
import { defaultLimits, runtimeMetrics, seededRandom, workingMemory } from "../src/index.ts";
import { JournalTail } from "../src/partition/journal-tail.ts";
import { parkingOf } from "../src/step/parking.ts";
import { encodeActor } from "../src/store/actor-codec.ts";
import { catalog, topology } from "./ledger.ts";
import { MemoryLogger, startAt, Workbench } from "./workbench.ts";

const bench = await Workbench.open();
const frame = frameOf(topology as unknown as RawTopology, catalog, {
  partitions: 4,
  limits: defaultLimits,
  memory: workingMemory(defaultLimits),
  scheduler: bench.clock,
  random: seededRandom(1),
  logger: new MemoryLogger(),
  metrics: runtimeMetrics(new Registry()),
  observer: undefined,
});
await bench.close();

const id = actorIdOf("acme/u-1");
const origin = { kind: "record", name: "ledger-orders", partition: 0, offset: 1 } as const;
const stateOf = (fill: string): string => JSON.stringify({ total: 0, applied: [fill], timers: [] });

const recordOf = (seq: number, fill: string, parking: Parking | null): Uint8Array =>
  frame.write.journal({
    seq,
    at: startAt,
    stateVersion: 1,
    origin,
    input: "null",
    state: stateOf(fill),
    effects: "[]",
    pending: [],
    suppressed: [],
    parking,
  });

type Move = "keep" | "take" | "clear";

/** What a journal says of an actor that is parked, gets inputs, is retried and freed; and it at each time. */
const story = (moves: readonly Move[]) => {
  let parked: Parked | null = null;
  const records: Uint8Array[] = [];
  const states: (Parked | null)[] = [];
  for (const [n, move] of moves.entries()) {
    const before: Parked | null = parked;
    const kept: ParkedInput | null =
      move === "keep" ? { origin, form: "input", payload: `"${n}"`, keptAt: startAt, version: 1 } : null;
    const taken =
      move === "clear" ? (before?.inputs.length ?? 0) : Number(move === "take" && before !== null);
    const inputs: readonly ParkedInput[] = [...(before?.inputs ?? []).slice(taken), ...(kept ? [kept] : [])];
    const why = { cause: "stepFailed", reason: "it threw", since: startAt, overflowed: false };
    parked = inputs.length === 0 ? null : { ...why, inputs };
    records.push(recordOf(n + 1, `${n}`, parkingOf(before, parked, { taken, kept })));
    states.push(parked);
  }
  return { records, states };
};

test("property: reduced or not, a tail leaves its actor the same, on top of whatever checkpoint", () => {
  const anyMoves = fc.array(fc.constantFrom<Move>("keep", "keep", "keep", "take", "clear"), { minLength: 1 });
  fc.assert(
    fc.property(anyMoves, fc.nat(), (moves, behind) => {
      const { records, states } = story(moves);
      // The checkpoint says what some record of the journal has said, or nothing.
      const known = behind % (records.length + 1);
      const parked = states[known - 1] ?? null;
      const held = { seq: known, stateVersion: 1, stateJson: stateOf(`${known - 1}`), parked };
      const base =
        known === 0
          ? undefined
          : (encodeActor(frame, { ...held, pending: [], suppressed: [] }, startAt) ?? undefined);
      const whole = new JournalTail(frame);
      const reduced = new JournalTail(frame, 1);
      for (const record of records) {
        whole.add(id, record);
        reduced.add(id, record);
      }
      expect(whole.replay(id, base).parked).toEqual(states.at(-1));
      expect(reduced.replay(id, base)).toEqual(whole.replay(id, base));
    }),
  );
});

test("a long tail of few large actors takes the memory of their last records", () => {
  const tail = new JournalTail(frame, 1_000_000);
  let most = 0;
  for (let seq = 1; seq <= 300; seq++) {
    tail.add(actorIdOf(`acme/u-${seq % 3}`), recordOf(seq, "x".repeat(100_000), null));
    most = Math.max(most, tail.bytes);
  }
  expect(most).toBeLessThan(1_200_000);
  expect(tail.actors).toHaveLength(3);
  expect(tail.replay(id, undefined).seq).toBe(298);
});
