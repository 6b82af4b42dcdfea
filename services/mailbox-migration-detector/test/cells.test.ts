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
    const input = happen(subject);
    const before = driver.state;
    const orders = driver.send(input);
    expect(told(before, driver.state, orders, subject.now)).toBe(expected);
  });
});
