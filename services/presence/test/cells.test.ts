import { describe, expect, test } from "vitest";
import { inputs, type Kind, type Subject, states, told } from "./cells.ts";
import { table } from "./cells-table.ts";

const kinds = Object.keys(states) as Kind[];

interface Cell {
  readonly state: string;
  readonly input: string;
  readonly open: () => Subject;
  readonly happen: (subject: Subject) => Parameters<Subject["driver"]["send"]>[0];
  readonly expected: string;
}

const cellsOf = (kind: Kind): readonly Cell[] => {
  const rows: Readonly<Record<string, Readonly<Record<string, string>>>> = table[kind];
  return Object.entries<() => Subject>(states[kind]).flatMap(([state, open]) =>
    Object.entries<Cell["happen"]>(inputs[kind]).map(([input, happen]) => ({
      state,
      input,
      open,
      happen,
      expected: rows[state]?.[input] ?? "ignores it",
    })),
  );
};

describe.each(kinds)("a %s", (kind) => {
  test.each(cellsOf(kind))("$state, when $input: $expected", ({ open, happen, expected }) => {
    const subject = open();
    const { driver } = subject;
    const before = driver.state;
    const orders = driver.send(happen(subject));
    expect(told(before, driver.state, orders)).toBe(expected);
  });

  test.each(cellsOf(kind))("$state, when $input: no timer in the past, one call to Webex", (cell) => {
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
