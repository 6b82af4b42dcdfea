import { type OrgId, orgIdOf } from "@hybrid/kernel";
import fc from "fast-check";
import { expect, test } from "vitest";
import { CallLines, type ListedCall } from "../src/calls/call-lines.ts";
import { CallTurns } from "../src/calls/call-turns.ts";

const storm = orgIdOf("storm");
const calm = orgIdOf("calm");
const third = orgIdOf("third");

/** Starts as many calls as may start, of organisations that have endlessly many; returns whose. */
const startAll = (turns: CallTurns<string>): readonly OrgId[] => {
  const started: OrgId[] = [];
  for (let turn = turns.next(); turn; turn = turns.next()) {
    turns.started(turn.org);
    started.push(turn.org);
  }
  return started;
};

const countOf = (list: readonly OrgId[], org: OrgId): number => list.filter((each) => each === org).length;

test("alone, an organisation may have all slots; a second one has its share at once, beside them", () => {
  const turns = new CallTurns<string>(8);
  turns.add(storm, "p0");
  expect(startAll(turns)).toHaveLength(8);
  turns.add(calm, "p0");
  expect(startAll(turns)).toEqual([calm, calm, calm, calm]);
  // A third one finds the reserve taken, and is the first to get what the storm gives back.
  turns.add(third, "p0");
  expect(startAll(turns)).toEqual([]);
  for (let n = 0; n < 5; n++) turns.ended(storm);
  expect(startAll(turns)).toEqual([third, third]);
  expect(turns.inFlight).toBe(9);
});

test("an organisation with its share starts nothing while another one below its own waits, and all when none does", () => {
  const turns = new CallTurns<string>(6);
  turns.add(storm, "p0");
  turns.add(calm, "p0");
  const started = startAll(turns);
  expect([countOf(started, storm), countOf(started, calm)]).toEqual([3, 3]);
  turns.remove(calm, "p0");
  turns.ended(calm);
  expect(startAll(turns)).toEqual([storm]);
});

test("partitions of one organisation take turns, and one that is withdrawn has none", () => {
  const turns = new CallTurns<string>(100);
  for (const owner of ["p0", "p1", "p2"]) turns.add(storm, owner);
  const owners = (): readonly (string | undefined)[] => Array.from({ length: 4 }, () => turns.next()?.owner);
  expect(owners()).toEqual(["p0", "p1", "p2", "p0"]);
  turns.withdraw("p1");
  expect(owners()).toEqual(["p2", "p0", "p2", "p0"]);
  turns.withdraw("p0");
  turns.withdraw("p2");
  expect([turns.isWaiting, turns.next()]).toEqual([false, undefined]);
});

test("property: never more than the slots and the reserve, never a slot free while one waits, no one starved", () => {
  const orgs = [storm, calm, third];
  const anyMove = fc.record({
    org: fc.constantFrom(...orgs),
    does: fc.constantFrom("comes", "goes", "ends"),
  });
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 9 }), fc.array(anyMove, { maxLength: 60 }), (slots, moves) => {
      const turns = new CallTurns<string>(slots);
      const running: OrgId[] = [];
      const waiting = new Set<OrgId>();
      for (const { org, does } of moves) {
        if (does === "comes") waiting.add(org);
        if (does === "comes") turns.add(org, "p0");
        if (does === "goes") waiting.delete(org);
        if (does === "goes") turns.remove(org, "p0");
        if (does === "ends" && running.includes(org)) {
          running.splice(running.indexOf(org), 1);
          turns.ended(org);
        }
        running.push(...startAll(turns));
        expect(turns.inFlight).toBe(running.length);
        expect(running.length).toBeLessThanOrEqual(slots + Math.floor(slots / 2));
        expect(waiting.size === 0 || running.length >= slots).toBe(true);
        // Who waits and has nothing running finds every slot and the reserve taken.
        const isFull = running.length === slots + Math.floor(slots / 2);
        expect([...waiting].every((org) => running.includes(org) || isFull)).toBe(true);
      }
    }),
  );
});

const callOf = (seq: number): ListedCall => ({ slot: seq % 7, seq, index: 3, kind: seq % 2, since: 1_000 });

test("lines keep calls in their order while they are filled, served and filtered, and shrink with them", () => {
  const lines = new CallLines();
  for (let seq = 0; seq < 100_000; seq++) lines.push(storm, callOf(seq));
  lines.push(calm, callOf(1));
  expect(lines.size).toBe(100_001);
  expect(lines.heldBytes / 100_000).toBeLessThan(52);
  const odd: number[] = [];
  lines.takeOut(
    (org, { kind }) => org === storm && kind === 1,
    (_, { seq }) => odd.push(seq),
  );
  expect([odd.length, odd[0], odd.at(-1)]).toEqual([50_000, 1, 99_999]);
  for (let seq = 0; seq < 100_000; seq += 2)
    if (lines.shift(storm)?.seq !== seq) throw new Error(`${seq} is out of order`);
  expect([lines.shift(storm), lines.size]).toEqual([undefined, 1]);
  expect(lines.heldBytes).toBeLessThan(1_000);
  expect([...lines.of(calm)]).toEqual([callOf(1)]);
});

test("property: lines behave like lists", () => {
  const anyMove = fc.oneof(fc.constant("push"), fc.constant("shift"), fc.integer({ min: 2, max: 5 }));
  fc.assert(
    fc.property(fc.array(anyMove, { maxLength: 300 }), (moves) => {
      const lines = new CallLines();
      let model: ListedCall[] = [];
      let seq = 2 ** 40;
      for (const move of moves) {
        const isOut = ({ seq: number }: ListedCall): boolean =>
          typeof move === "number" && number % move === 0;
        const taken: ListedCall[] = [];
        lines.takeOut(
          (_, call) => isOut(call),
          (_, call) => taken.push(call),
        );
        expect(taken).toEqual(model.filter(isOut));
        model = model.filter((call) => !isOut(call));
        if (move === "push") model.push(callOf(seq));
        if (move === "push") lines.push(calm, callOf(seq++));
        const first = move === "shift" ? [lines.shift(calm), model.shift()] : [];
        expect(first[0]).toEqual(first[1]);
        expect([...lines.of(calm)]).toEqual(model);
        expect(lines.size).toBe(model.length);
      }
    }),
  );
});
