import { type CellTable, cellsOf } from "@hybrid/kernel/testing";
import { describe, expect, test } from "vitest";
import { inputs, type Kind, type Subject, states, told } from "./cells.ts";
import { table } from "./cells-table.ts";

type Happening = (subject: Subject) => Parameters<Subject["driver"]["send"]>[0];

const kinds = Object.keys(states) as Kind[];

const cellsOfKind = (kind: Kind) =>
  cellsOf<Subject, Happening>(states[kind], inputs[kind], table[kind] satisfies CellTable);

describe.each(kinds)("a %s", (kind) => {
  test.each(cellsOfKind(kind))("$state, when $input: $expected", ({ open, happen, expected }) => {
    const subject = open();
    const { driver } = subject;
    const input = happen(subject);
    const before = driver.state;
    const orders = driver.send(input);
    expect(told(before, driver.state, orders, subject.now)).toBe(expected);
  });
});
