import { instant, plus, type Step, stay } from "@hybrid/kernel";
import { MachineDriver, VirtualClock } from "@hybrid/kernel/testing";
import { expect, test } from "vitest";

test("the machine driver finds out a hidden counter", () => {
  let hidden = 0;
  const impure = (state: number): Step<number, string, never> => ({ state: state + hidden++, effects: [] });
  const driver = new MachineDriver({ machine: impure, initial: 0 });
  expect(() => driver.send("x")).toThrow("not pure");
});

test("the machine driver refuses a state that cannot be stored", () => {
  const driver = new MachineDriver<unknown, string, never>({
    machine: () => ({ state: undefined, effects: [] }),
    initial: null,
  });
  expect(() => driver.send("x")).toThrow("cannot be stored");
});

test.each([Number.NaN, Number.POSITIVE_INFINITY, new Map(), new Date(0), new Set([1])])(
  "the machine driver refuses %s in a state, which would come back as something else",
  (odd) => {
    const driver = new MachineDriver<unknown, string, never>({
      machine: () => ({ state: { odd }, effects: [] }),
      initial: null,
    });
    expect(() => driver.send("x")).toThrow('"odd" cannot be stored');
  },
);

test("the machine driver finds out a machine that changes its state in place", () => {
  const driver = new MachineDriver<{ seen: string[] }, string, never>({
    machine: (state, input) => {
      state.seen.push(input);
      return stay(state);
    },
    initial: { seen: [] },
  });
  expect(() => driver.send("x")).toThrow(TypeError);
});

test("the virtual clock runs appointments in order, those made on the way included, and never goes back", () => {
  const clock = new VirtualClock(instant(0));
  const seen: string[] = [];
  clock.at(instant(20), () => seen.push(`second ${clock.now()}`));
  clock.at(instant(10), () => {
    seen.push(`first ${clock.now()}`);
    clock.at(plus(clock.now(), 5), () => seen.push(`between ${clock.now()}`));
  });
  const cancel = clock.at(instant(12), () => seen.push("cancelled"));
  cancel();
  expect(clock.nextDueAt()).toBe(10);
  clock.advanceTo(instant(30));
  clock.advanceTo(instant(5));
  expect(seen).toEqual(["first 10", "between 15", "second 20"]);
  expect(clock.now()).toBe(30);
});
