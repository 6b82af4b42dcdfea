import {
  actorIdOf,
  call,
  emit,
  instant,
  type Machine,
  plus,
  post,
  type Step,
  stay,
  type Topic,
  tell,
} from "@hybrid/kernel";
import { MachineDriver, VirtualClock } from "@hybrid/kernel/testing";
import { expect, test } from "vitest";

const encode = (): Uint8Array => new Uint8Array();
const decode = (): { readonly n: number } => ({ n: 0 });

test("given what has happened, when an input comes, then what it ordered is told by kind", () => {
  const [self, other] = [actorIdOf("acme/u-1"), actorIdOf("acme/u-2")];
  const notes: Topic<{ readonly n: number }> = { name: "notes", partitioning: "entity", encode, decode };
  const counting: Machine<number, string, { readonly ask: string }> = (state, input) => ({
    state: state + 1,
    effects: [call({ ask: input }), tell(other, input), post(other, input), emit(notes, self, { n: state })],
  });
  const driver = new MachineDriver({ machine: counting, initial: 0, self });
  const done = driver.given("a", "b").when("c");
  expect(driver.state).toBe(3);
  expect(done.calls).toEqual([{ ask: "c" }]);
  expect(done.tells).toEqual([{ kind: "tell", to: other, input: "c" }]);
  expect(done.posts).toEqual([{ kind: "post", to: other, input: "c" }]);
  expect(done.emitted(notes)).toEqual([{ n: 2 }]);
  expect(done.emitted({ name: "others" })).toEqual([]);
});

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
