import fc from "fast-check";
import { expect, test } from "vitest";
import { isPlainData } from "../src/step/plain-data.ts";

/** Throws for what has no JSON. */
const readBack = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

/** Whether reading back its JSON makes an equal value; one that JSON refuses has no equal. */
const survives = (value: unknown): boolean => {
  try {
    expect(readBack(value)).toStrictEqual(value);
    return true;
  } catch {
    return false;
  }
};

const hasNegativeZero = (value: unknown): boolean =>
  Object.is(value, -0) ||
  (typeof value === "object" && value !== null && Object.values(value).some(hasNegativeZero));

class Point {
  readonly x = 1;
}

/** What JSON drops, changes or refuses; each made again. */
const misfits: readonly (readonly [string, () => unknown])[] = [
  ["undefined", () => undefined],
  ["NaN", () => Number.NaN],
  ["Infinity", () => Number.POSITIVE_INFINITY],
  ["-Infinity", () => Number.NEGATIVE_INFINITY],
  ["a negative zero", () => -0],
  ["a bigint", () => 1n],
  ["a symbol", () => Symbol("s")],
  ["a function", () => () => 1],
  ["a date", () => new Date(0)],
  ["an invalid date", () => new Date(Number.NaN)],
  ["a map", () => new Map([["a", 1]])],
  ["a set", () => new Set([1])],
  ["bytes", () => Uint8Array.of(1, 2)],
  ["a regular expression", () => /a/],
  ["an error", () => new Error("e")],
  ["an object of a class", () => new Point()],
  ["an object without a prototype", () => Object.assign(Object.create(null) as object, { a: 1 })],
  ["a boxed number", () => Object(1) as unknown],
  ["a boxed text", () => Object("a") as unknown],
  ["an array with a hole", () => Object.assign([1], { 2: 3 })],
  ["an array of holes alone", () => Object.assign([], { length: 2 })],
  ["a field that is undefined", () => ({ a: undefined, b: 1 })],
  ["an object that says its own JSON", () => ({ a: 1, toJSON: () => "b" })],
  ["an object that has no JSON", () => ({ toJSON: () => undefined })],
];

const misfit = fc.constantFrom(...misfits).map(([, make]) => make());

/** JSON values, some with something among them that is none. */
const mixed = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    { weight: 6, arbitrary: fc.jsonValue({ maxDepth: 2 }) },
    { weight: 1, arbitrary: misfit },
    { weight: 4, arbitrary: fc.array(tie("value"), { maxLength: 4 }) },
    {
      weight: 4,
      arbitrary: fc.dictionary(
        fc.oneof(fc.string(), fc.constantFrom("toJSON", "__proto__", "1")),
        tie("value"),
        {
          maxKeys: 4,
          noNullPrototype: true,
        },
      ),
    },
  ),
})).value;

test("what counts as plain data is equal to what its JSON is read as", () => {
  let accepted = 0;
  fc.assert(
    fc.property(mixed, (value) => {
      if (!isPlainData(value)) return;
      accepted += 1;
      expect(readBack(value)).toStrictEqual(value);
    }),
    { numRuns: 1_500 },
  );
  expect(accepted).toBeGreaterThan(100);
});

test("whatever JSON holds is plain data, but for negative zeros", () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      expect(isPlainData(value)).toBe(!hasNegativeZero(value));
    }),
    { numRuns: 500 },
  );
  const own = JSON.parse('{"__proto__":{"a":1},"constructor":null,"\\ud800":"\\udfff","":[]}') as unknown;
  expect(isPlainData(own)).toBe(true);
  expect(isPlainData([Number.MAX_VALUE, Number.MIN_VALUE, 0, "", false, null])).toBe(true);
});

test.each(misfits)("%s is no plain data, wherever it stands", (_, make) => {
  for (const value of [make(), [make()], { a: make() }, { a: [1, { b: [make()] }] }, [[], {}, make()]]) {
    expect(survives(value)).toBe(false);
    expect(isPlainData(value)).toBe(false);
  }
});
