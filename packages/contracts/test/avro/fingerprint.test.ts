import { expect, test } from "vitest";
import { parsingCanonicalForm } from "../../src/avro/canonical-form.ts";
import { crc64Avro, fingerprintOf, fingerprintText } from "../../src/avro/fingerprint.ts";
import type { AvroSchema } from "../../src/avro/schema.ts";
import { typeOfSchema } from "../../src/avro/schema-type.ts";
import { schemaFamilies } from "../../src/index.ts";

/** Schema, its canonical form and its signed fingerprint as Apache Avro publishes them for all languages. */
const published: readonly (readonly [AvroSchema, string, bigint])[] = [
  ["null", `"null"`, 7195948357588979594n],
  [{ type: "boolean" }, `"boolean"`, -6970731678124411036n],
  [{ type: "int" }, `"int"`, 8247732601305521295n],
  ["long", `"long"`, -3434872931120570953n],
  ["float", `"float"`, 5583340709985441680n],
  ["double", `"double"`, -8181574048448539266n],
  ["bytes", `"bytes"`, 5746618253357095269n],
  ["string", `"string"`, -8142146995180207161n],
  [[], "[]", -1241056759729112623n],
  [["int", { type: "boolean" }], `["int","boolean"]`, 5392556393470105090n],
  [
    { fields: [], type: "record", name: "foo", namespace: "x.y" },
    `{"name":"x.y.foo","type":"record","fields":[]}`,
    5916914534497305771n,
  ],
  [
    { fields: [], type: "record", name: "a.b.foo", namespace: "x.y" },
    `{"name":"a.b.foo","type":"record","fields":[]}`,
    -4616218487480524110n,
  ],
  [
    {
      fields: [
        { type: "boolean", aliases: [], name: "f1", default: "true" },
        { order: "descending", name: "f2", doc: "Hello", type: "int" },
      ],
      type: "record",
      name: "foo",
    },
    `{"name":"foo","type":"record","fields":[{"name":"f1","type":"boolean"},{"name":"f2","type":"int"}]}`,
    -4860222112080293046n,
  ],
  [
    { namespace: "x.y.z", type: "enum", name: "foo", doc: "foo bar", symbols: ["A1", "A2"] },
    `{"name":"x.y.z.foo","type":"enum","symbols":["A1","A2"]}`,
    -4448647247586288245n,
  ],
  [
    { namespace: "x.y.z", type: "fixed", name: "foo", doc: "foo bar", size: 32 },
    `{"name":"x.y.z.foo","type":"fixed","size":32}`,
    -3064184465700546786n,
  ],
  [{ items: { type: "null" }, type: "array" }, `{"type":"array","items":"null"}`, -589620603366471059n],
  [{ values: "string", type: "map" }, `{"type":"map","values":"string"}`, -8732877298790414990n],
  [
    {
      name: "PigValue",
      type: "record",
      fields: [{ name: "value", type: ["null", "int", "long", "PigValue"] }],
    },
    `{"name":"PigValue","type":"record","fields":[{"name":"value","type":["null","int","long","PigValue"]}]}`,
    -1759257747318642341n,
  ],
];

test.each(published)(
  "%j has the canonical form and the fingerprint that Avro publishes",
  (schema, form, signed) => {
    expect(parsingCanonicalForm(schema)).toBe(form);
    expect(BigInt.asIntN(64, fingerprintOf(schema))).toBe(signed);
  },
);

test("a fingerprint is written with its most significant digit first", () => {
  expect(fingerprintText(fingerprintOf("int"))).toBe("7275d51a3f395c8f");
  expect(fingerprintText(1n)).toBe("0000000000000001");
});

test("the checksum of no bytes is the polynomial", () => {
  expect(crc64Avro(new Uint8Array())).toBe(0xc15d213aa4d7a795n);
});

test("names inside a record take its namespace, also where they are only referred to", () => {
  const schema: AvroSchema = {
    type: "record",
    name: "Outer",
    namespace: "a.b",
    fields: [
      { name: "first", type: { type: "enum", name: "Kind", symbols: ["x"] } },
      { name: "second", type: "Kind" },
      {
        name: "third",
        type: { type: "record", name: "c.Inner", fields: [{ name: "own", type: "a.b.Kind" }] },
      },
    ],
  };
  expect(parsingCanonicalForm(schema)).toBe(
    `{"name":"a.b.Outer","type":"record","fields":[` +
      `{"name":"first","type":{"name":"a.b.Kind","type":"enum","symbols":["x"]}},` +
      `{"name":"second","type":"a.b.Kind"},` +
      `{"name":"third","type":{"name":"c.Inner","type":"record",` +
      `"fields":[{"name":"own","type":"a.b.Kind"}]}}]}`,
  );
});

test.each([...schemaFamilies])(
  "%s: the canonical form agrees with the one that avsc derives",
  (_, { versions }) => {
    for (const schema of versions)
      expect(parsingCanonicalForm(schema)).toBe(JSON.stringify(typeOfSchema(schema).schema()));
  },
);
