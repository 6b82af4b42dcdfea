import { expect, test } from "vitest";
import type { FigureSpec } from "../src/bench.ts";
import { figuresOf, numberText, personLine, plainLine, reaches } from "../src/figures.ts";

const speed: FigureSpec = {
  name: "loop-inputs",
  unit: "inputs/s",
  goal: { kind: "atLeast", value: 100 },
  meaning: "How fast.",
};
const cost: FigureSpec = { name: "loop-cpu", unit: "us", goal: null, meaning: "How dear." };
const bench = { name: "loop", figures: [speed, cost] };

const found = (...samples: readonly (readonly [string, readonly number[]])[]) =>
  figuresOf(bench, new Map(samples));

test("a figure is the median of its samples, with their spread and whether the goal is met", () => {
  const figures = found(["loop-cpu", [3]], ["loop-inputs", [90, 100, 130]]);
  expect(figures).toEqual([
    {
      name: "loop-inputs",
      value: 100,
      unit: "inputs/s",
      spreadPercent: 40,
      samples: [90, 100, 130],
      goal: speed.goal,
      met: true,
    },
    {
      name: "loop-cpu",
      value: 3,
      unit: "us",
      spreadPercent: 0,
      samples: [3],
      goal: null,
      met: null,
    },
  ]);
});

test("a figure without samples and samples without a figure are faults of the bench", () => {
  expect(() => found(["loop-inputs", [1]])).toThrow("bench loop measured no loop-cpu");
  expect(() => found(["loop-inputs", [1]], ["loop-cpu", [1]], ["loop-typo", [1]])).toThrow(
    "bench loop measured loop-typo, which is not declared",
  );
});

test("samples further apart than their median is large neither meet nor miss a goal", () => {
  const [even] = found(["loop-cpu", [3]], ["loop-inputs", [100, 200, 300]]);
  expect(even).toMatchObject({ spreadPercent: 100, met: true });
  const [wild] = found(["loop-cpu", [3]], ["loop-inputs", [99, 200, 300]]);
  expect(wild).toMatchObject({ value: 200, met: null });
  expect(personLine(wild!)).toContain("goal >= 100 TOO NOISY");
});

test("a goal is reached at its own value, in its own direction", () => {
  expect(reaches(100, { kind: "atLeast", value: 100 })).toBe(true);
  expect(reaches(99.9, { kind: "atLeast", value: 100 })).toBe(false);
  expect(reaches(100, { kind: "atMost", value: 100 })).toBe(true);
  expect(reaches(100.1, { kind: "atMost", value: 100 })).toBe(false);
});

test.each([
  [0, "0.00"],
  [0.4, "0.400"],
  [0.04561, "0.0456"],
  [3.14159, "3.14"],
  [-3.14159, "-3.14"],
  [31.4159, "31.4"],
  [314.159, "314"],
  [1_234_567.8, "1234568"],
  [1e-12, "0.000000000"],
])("%f is written as %s", (value, text) => {
  expect(numberText(value)).toBe(text);
});

test("a line for a pipe is name, value and unit, and nothing else", () => {
  const [figure] = found(["loop-cpu", [3]], ["loop-inputs", [123.4]]);
  expect(plainLine(figure!)).toBe("loop-inputs 123 inputs/s");
});

test("a line for a person says the goal, whether it is met, and how far samples lie apart", () => {
  const [slow, free] = found(["loop-cpu", [3]], ["loop-inputs", [40, 50, 60]]);
  expect(personLine(slow!)).toMatch(/^loop-inputs +50\.0 inputs\/s +goal >= 100 MISSED +spread 40 % of 3$/);
  expect(personLine(free!)).toMatch(/^loop-cpu +3\.00 us +one sample$/);
  const [fast] = found(["loop-cpu", [3]], ["loop-inputs", [200]]);
  expect(personLine(fast!)).toMatch(/goal >= 100 met +one sample$/);
});
