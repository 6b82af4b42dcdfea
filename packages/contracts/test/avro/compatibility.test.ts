import { expect, test } from "vitest";
import { compatibilityFaults, rollbackFaults } from "../../src/avro/compatibility.ts";
import { type AvroSchema, defineTopic, schemaFamilies } from "../../src/index.ts";

const record = (...fields: readonly object[]): AvroSchema => ({
  type: "record",
  name: "Thing",
  namespace: "x",
  fields,
});
const kind = (...symbols: readonly string[]) => ({ type: "enum", name: "Kind", symbols });
const long = { name: "count", type: "long" };

const refused: readonly (readonly [string, AvroSchema, AvroSchema, string])[] = [
  [
    "a field added without default",
    record(long),
    record(long, { name: "extra", type: "string" }),
    "Thing.extra is new and has no default; give it one",
  ],
  [
    "a type narrowed",
    record(long),
    record({ name: "count", type: "int" }),
    'Thing.count was "long" and is now "int", which cannot read it',
  ],
  [
    "an enumeration's symbol removed without default",
    record({ name: "kind", type: kind("a", "b", "c") }),
    record({ name: "kind", type: kind("b") }),
    "Thing.kind lost a, c; keep what was ever written, or give the enumeration a default",
  ],
  [
    "a field renamed without alias",
    record(long),
    record({ name: "total", type: "long" }),
    "Thing.total is new and has no default; give it one, or an alias if it was called count",
  ],
  [
    "the record renamed without alias",
    record(long),
    { type: "record", name: "Object", namespace: "x", fields: [long] },
    "Object was x.Thing and is now x.Object; add the old name to its aliases",
  ],
  [
    "null no longer allowed",
    record({ name: "count", type: ["null", "long"] }),
    record(long),
    'Thing.count was "null" and is now "long", which cannot read it',
  ],
  [
    "a field of a nullable record's items changed",
    record({
      name: "list",
      type: ["null", { type: "array", items: { type: "record", name: "I", fields: [long] } }],
    }),
    record({
      name: "list",
      type: [
        "null",
        { type: "array", items: { type: "record", name: "I", fields: [{ name: "count", type: "boolean" }] } },
      ],
    }),
    'Thing.list[].count was "long" and is now "boolean", which cannot read it',
  ],
];

test.each(refused)("%s is refused, naming topic, versions and field", (_, older, newer, message) => {
  expect(compatibilityFaults("things", [older, newer])).toEqual([
    `things: version 2 cannot read version 1: ${message}`,
  ]);
  expect(() =>
    defineTopic({
      name: "things",
      doc: "Things.",
      keyDoc: "any",
      partitioning: "entity",
      retention: { cleanup: "compact" },
      writers: ["test"],
      versions: [older, newer],
    }),
  ).toThrow(message);
});

const allowed: readonly (readonly [string, AvroSchema, AvroSchema])[] = [
  ["a field added with default", record(long), record(long, { name: "extra", type: "string", default: "" })],
  ["a field removed", record(long, { name: "extra", type: "string" }), record(long)],
  ["a type widened", record({ name: "count", type: "int" }), record(long)],
  ["null allowed", record(long), record({ name: "count", type: ["null", "long"] })],
  [
    "a symbol added",
    record({ name: "kind", type: kind("a") }),
    record({ name: "kind", type: kind("a", "b") }),
  ],
  [
    "a symbol removed with default",
    record({ name: "kind", type: kind("a", "b") }),
    record({ name: "kind", type: { ...kind("b"), default: "b" } }),
  ],
  ["a field renamed with alias", record(long), record({ name: "total", type: "long", aliases: ["count"] })],
];

test.each(allowed)("%s is allowed", (_, older, newer) => {
  expect(compatibilityFaults("things", [older, newer])).toEqual([]);
});

test("a version must read all earlier ones, not only the one before", () => {
  const versions = [
    record({ name: "count", type: "string" }),
    record({ name: "other", type: "int", default: 0 }),
    record({ name: "count", type: "int", default: 0 }),
  ];
  expect(compatibilityFaults("things", versions)).toEqual([
    expect.stringMatching(
      /^things: version 3 cannot read version 1: Thing.count was "string" and is now "int"/,
    ),
  ]);
});

test.each([...schemaFamilies])("%s: every version reads all earlier ones", (name, { versions }) => {
  expect(versions.length).toBeGreaterThan(0);
  expect(compatibilityFaults(name, versions)).toEqual([]);
});

const noWayBack: readonly (readonly [string, AvroSchema, AvroSchema, string])[] = [
  [
    "a field without default removed",
    record(long, { name: "extra", type: "string" }),
    record(long),
    "Thing.extra is gone, and the older version has no default for it; keep it",
  ],
  [
    "a type widened",
    record({ name: "count", type: "int" }),
    record(long),
    'Thing.count is "long", which the older version reads as "int" and cannot',
  ],
  [
    "null allowed",
    record(long),
    record({ name: "count", type: ["null", "long"] }),
    'Thing.count is ["null","long"], which the older version reads as "long" and cannot',
  ],
  [
    "a symbol added, in a list of a nullable record",
    record({ name: "list", type: ["null", { type: "array", items: kind("a") }] }),
    record({ name: "list", type: ["null", { type: "array", items: kind("a", "b") }] }),
    "Thing.list[] has the new b, and the older version has no default to take it for",
  ],
];

test.each(noWayBack)("%s: readers of the version before would be lost", (_, older, newer, message) => {
  expect(compatibilityFaults("things", [older, newer])).toEqual([]);
  expect(rollbackFaults("things", [older, newer])).toEqual([
    `things: version 1 cannot read version 2: ${message}`,
  ]);
});

const bothWays: readonly (readonly [string, AvroSchema, AvroSchema])[] = [
  ["a field with default added", record(long), record(long, { name: "extra", type: "string", default: "" })],
  [
    "a field with default removed",
    record(long, { name: "extra", type: "string", default: "" }),
    record(long),
  ],
  [
    "a symbol added where there is a default",
    record({ name: "kind", type: { ...kind("a"), default: "a" } }),
    record({ name: "kind", type: { ...kind("a", "b"), default: "a" } }),
  ],
];

test.each(bothWays)("%s: both versions read each other", (_, older, newer) => {
  expect(compatibilityFaults("things", [older, newer])).toEqual([]);
  expect(rollbackFaults("things", [older, newer])).toEqual([]);
});

test.each([...schemaFamilies])("%s: every version is read by the one before it", (name, { versions }) => {
  expect(rollbackFaults(name, versions)).toEqual([]);
});
