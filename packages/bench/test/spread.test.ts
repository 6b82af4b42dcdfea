import { expect, test } from "vitest";
import { spreadPercent } from "../src/spread.ts";

test("the spread is the range in percent of the median", () => {
  expect(spreadPercent([90, 100, 120])).toBe(30);
  expect(spreadPercent([-90, -100, -120])).toBe(30);
  expect(spreadPercent([5])).toBe(0);
  expect(spreadPercent([0, 0])).toBe(0);
  expect(spreadPercent([-1, 0, 1])).toBe(Number.POSITIVE_INFINITY);
});
