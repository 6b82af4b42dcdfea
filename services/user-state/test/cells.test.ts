import { cellsOf } from "@hybrid/kernel/testing";
import { describe, expect, test } from "vitest";
import { inputs, type StateName, states, told } from "./cells.ts";
import { table } from "./cells-table.ts";

describe.each(Object.keys(states) as StateName[])("an actor that is %s", (stateName) => {
  test.each(cellsOf({ [stateName]: states[stateName] }, inputs, table))(
    "when $input: $expected",
    ({ open, happen, expected }) => {
      const subject = open();
      const before = subject.driver.state;
      const orders = subject.send(happen(subject));
      expect(told(before, subject.driver.state, orders)).toBe(expected);
    },
  );
});
