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
    const before = driver.state;
    const orders = driver.send(happen(subject));
    expect(told(before, driver.state, orders)).toBe(expected);
  });

  test.each(cellsOfKind(kind))("$state, when $input: no timer in the past, one call to Webex", (cell) => {
    const subject = cell.open();
    const { driver } = subject;
    const orders = driver.send(cell.happen(subject));
    const { state } = driver;
    const saying = orders.filter((order) => order.kind === "call" && order.call.kind.endsWith("AtWebex"));
    expect(saying.length).toBeLessThanOrEqual(1);
    const nextAt = state.kind === "user" ? state.nextAt : null;
    expect(nextAt === null || nextAt > subject.now).toBe(true);
  });
});
