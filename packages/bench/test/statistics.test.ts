import fc from "fast-check";
import { expect, test } from "vitest";
import { median, percentile, spreadPercent } from "../src/statistics.ts";

const numbers = fc.array(fc.integer({ min: -1_000, max: 1_000 }), { minLength: 1, maxLength: 40 });

test("the median is the middle, and between the two in the middle", () => {
  expect(median([3, 1, 2])).toBe(2);
  expect(median([4, 1, 3, 2])).toBe(2.5);
  expect(median([7])).toBe(7);
  expect(() => median([])).toThrow(RangeError);
});

test("as many values lie above the median as below, and the given order is left alone", () => {
  fc.assert(
    fc.property(numbers, (values) => {
      const before = [...values];
      const middle = median(values);
      expect(values).toEqual(before);
      const above = values.filter((value) => value > middle).length;
      const below = values.filter((value) => value < middle).length;
      expect(Math.max(above, below)).toBeLessThanOrEqual(values.length / 2);
    }),
  );
});

test("the spread is the range in percent of the median", () => {
  expect(spreadPercent([90, 100, 120])).toBe(30);
  expect(spreadPercent([-90, -100, -120])).toBe(30);
  expect(spreadPercent([5])).toBe(0);
  expect(spreadPercent([0, 0])).toBe(0);
  expect(spreadPercent([-1, 0, 1])).toBe(Number.POSITIVE_INFINITY);
});

test("a percentile is a value that occurs, by nearest rank", () => {
  const sorted = Float64Array.from({ length: 200 }, (_, index) => index + 1);
  expect(percentile(sorted, 50)).toBe(100);
  expect(percentile(sorted, 99)).toBe(198);
  expect(percentile(sorted, 100)).toBe(200);
  expect(percentile([4], 1)).toBe(4);
  expect(() => percentile([], 50)).toThrow(RangeError);
});

test("at least the wanted share does not exceed a percentile, and one value less would not do", () => {
  fc.assert(
    fc.property(numbers, fc.integer({ min: 1, max: 100 }), (values, percent) => {
      const sorted = values.toSorted((a, b) => a - b);
      const value = percentile(sorted, percent);
      const wanted = (percent / 100) * sorted.length;
      expect(sorted.filter((each) => each <= value).length).toBeGreaterThanOrEqual(wanted);
      expect(sorted.filter((each) => each < value).length).toBeLessThan(wanted);
    }),
  );
});
