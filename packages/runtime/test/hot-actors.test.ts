import { instant } from "@hybrid/kernel";
import fc from "fast-check";
import { expect, test } from "vitest";
import { HotActors } from "../src/step/hot-actors.ts";
import type { StagedActor } from "../src/step/staged-actor.ts";
import { actorOf } from "./actor-of.ts";

const parked: StagedActor["parked"] = {
  cause: "stepFailed",
  reason: "the machine threw",
  since: instant(0),
  overflowed: false,
  inputs: [],
};

const slotsOf = (hot: HotActors, ofMany = 20): readonly number[] =>
  Array.from({ length: ofMany }, (_, slot) => slot).filter((slot) => hot.get(slot) !== undefined);

test("an actor that is kept is found in its slot until it is forgotten", () => {
  const hot = new HotActors();
  const [one, two] = [actorOf(10), actorOf(20)];
  hot.keep(3, one);
  hot.keep(4, two);
  expect(hot.get(3)).toBe(one);
  expect(hot.get(4)).toBe(two);
  expect(hot.get(5)).toBeUndefined();
  hot.forget(3);
  hot.forget(5);
  expect(hot.get(3)).toBeUndefined();
  expect(hot.get(4)).toBe(two);
  expect(hot.size).toBe(1);
});

test("who came first goes first when their states are too long together", () => {
  const hot = new HotActors(100);
  for (const slot of [7, 2, 5]) hot.keep(slot, actorOf(33));
  expect(slotsOf(hot)).toEqual([2, 5, 7]);
  hot.keep(9, actorOf(3));
  expect(slotsOf(hot)).toEqual([2, 5, 9]);
  hot.keep(1, actorOf(64));
  expect(slotsOf(hot)).toEqual([1, 5, 9]);
  hot.keep(6, actorOf(100));
  expect(slotsOf(hot)).toEqual([6]);
});

test("being kept again does not make an actor a later one", () => {
  const hot = new HotActors(100);
  hot.keep(1, actorOf(50));
  hot.keep(2, actorOf(50));
  const again = actorOf(50);
  hot.keep(1, again);
  expect(hot.get(1)).toBe(again);
  hot.keep(3, actorOf(10));
  expect(slotsOf(hot)).toEqual([2, 3]);
});

test("an actor that grows counts by its new length, as does one that was changed in place", () => {
  const hot = new HotActors(100);
  const one = actorOf(10);
  hot.keep(1, one);
  hot.keep(2, actorOf(50));
  Object.assign(one, actorOf(50));
  hot.keep(1, one);
  expect(slotsOf(hot)).toEqual([1, 2]);
  Object.assign(one, actorOf(51));
  hot.keep(1, one);
  expect(slotsOf(hot)).toEqual([2]);
});

test("an actor that shrinks, and one that is forgotten, leave room", () => {
  const hot = new HotActors(100);
  hot.keep(1, actorOf(90));
  hot.keep(1, actorOf(10));
  hot.keep(2, actorOf(90));
  expect(slotsOf(hot)).toEqual([1, 2]);
  hot.forget(2);
  hot.keep(3, actorOf(90));
  expect(slotsOf(hot)).toEqual([1, 3]);
});

test("a state that is longer than all the room is not kept", () => {
  const hot = new HotActors(100);
  hot.keep(1, actorOf(101));
  expect(hot.size).toBe(0);
  hot.keep(2, actorOf(100));
  expect(slotsOf(hot)).toEqual([2]);
});

test("an actor that is parked is not kept, and what was there before goes", () => {
  const hot = new HotActors(100);
  hot.keep(1, actorOf(60, { parked }));
  expect(hot.size).toBe(0);
  hot.keep(1, actorOf(60));
  hot.keep(1, actorOf(60, { parked }));
  expect(hot.size).toBe(0);
  // Nor does it take up room.
  hot.keep(2, actorOf(100));
  expect(slotsOf(hot)).toEqual([2]);
});

test("the actors kept are the latest that fit, whatever was kept and forgotten", () => {
  const slot = fc.nat({ max: 9 });
  const kind = fc.constantFrom("plain", "plain", "plain", "parked");
  const move = fc.oneof(
    { weight: 4, arbitrary: fc.record({ slot, chars: fc.integer({ min: 2, max: 120 }), kind }) },
    { weight: 1, arbitrary: fc.record({ slot }) },
  );
  fc.assert(
    fc.property(fc.array(move, { maxLength: 60 }), (moves) => {
      const hot = new HotActors(100);
      // A plain list of slots and lengths, in the order in which the slots were taken.
      let model: { slot: number; staged: StagedActor }[] = [];
      for (const move of moves) {
        if (!("chars" in move)) {
          hot.forget(move.slot);
          model = model.filter(({ slot }) => slot !== move.slot);
          continue;
        }
        const staged = actorOf(move.chars, move.kind === "parked" ? { parked } : {});
        hot.keep(move.slot, staged);
        const known = model.find(({ slot }) => slot === move.slot);
        if (move.kind !== "plain") model = model.filter((each) => each !== known);
        else if (known) known.staged = staged;
        else model.push({ slot: move.slot, staged });
        while (model.reduce((sum, each) => sum + each.staged.stateJson.length, 0) > 100) model.shift();
        expect(slotsOf(hot)).toEqual(model.map(({ slot }) => slot).sort((a, b) => a - b));
        for (const { slot, staged } of model) expect(hot.get(slot) === staged).toBe(true);
        expect(hot.size).toBe(model.length);
      }
    }),
  );
});
