import { describe, expect, test } from "vitest";
import { type InputName, inputs, type StateName, states, told } from "./cells.ts";
import { table } from "./cells-table.ts";

const stateNames = Object.keys(states) as StateName[];
const inputNames = Object.keys(inputs) as InputName[];

describe.each(stateNames)("an actor that is %s", (stateName) => {
  test.each(inputNames.map((name) => [name, table[stateName][name] ?? "ignores it"] as const))(
    "when %s: %s",
    (inputName, expected) => {
      const subject = states[stateName]();
      const before = subject.driver.state;
      const orders = subject.send(inputs[inputName](subject));
      expect(told(before, subject.driver.state, orders)).toBe(expected);
    },
  );
});
