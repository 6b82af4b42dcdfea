import fc from "fast-check";
import type { AvroSchema } from "../src/index.ts";

type Named = Map<string, fc.Arbitrary<unknown>>;
type Complex = {
  readonly type: AvroSchema;
  readonly name?: string;
  readonly symbols?: readonly string[];
  readonly items?: AvroSchema;
  readonly fields?: readonly { readonly name: string; readonly type: AvroSchema }[];
};

const primitive: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
  null: fc.constant(null),
  boolean: fc.boolean(),
  int: fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
  long: fc.maxSafeInteger(),
  string: fc.string({ unit: "binary" }),
  bytes: fc.uint8Array(),
};

const build = (schema: AvroSchema, named: Named): fc.Arbitrary<unknown> => {
  if (typeof schema === "string") return primitive[schema] ?? named.get(schema)!;
  if (Array.isArray(schema)) return fc.oneof(...schema.map((branch: AvroSchema) => build(branch, named)));
  const complex = schema as Complex;
  switch (complex.type) {
    case "record": {
      const fields = complex.fields!.map(({ name, type }) => [name, build(type, named)] as const);
      const record = fc.record(Object.fromEntries(fields), { noNullPrototype: true });
      named.set(complex.name!, record);
      return record;
    }
    case "enum": {
      const symbols = fc.constantFrom(...complex.symbols!);
      named.set(complex.name!, symbols);
      return symbols;
    }
    case "array":
      return fc.array(build(complex.items!, named), { maxLength: 5 });
    default:
      return build(complex.type, named);
  }
};

/** Any value that fits the schema. */
export const arbitraryOf = (schema: AvroSchema): fc.Arbitrary<unknown> => build(schema, new Map());
