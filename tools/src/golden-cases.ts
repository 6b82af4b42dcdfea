import type { AvroSchema } from "@hybrid/contracts";

/** What a golden record shows: an everyday value, the smallest, the largest. */
export type GoldenCase = "typical" | "least" | "greatest";

interface Field {
  readonly name: string;
  readonly type: AvroSchema;
}

interface ComplexSchema {
  readonly type: AvroSchema;
  readonly name?: string;
  readonly symbols?: readonly string[];
  readonly items?: AvroSchema;
  readonly fields?: readonly Field[];
}

const moment = Date.UTC(2026, 0, 5, 8, 30);

const isMoment = (fieldName: string): boolean => /(?:^at|At)$/.test(fieldName);

const primitives: Readonly<Record<string, Readonly<Record<GoldenCase, (fieldName: string) => unknown>>>> = {
  null: { typical: () => null, least: () => null, greatest: () => null },
  boolean: { typical: () => true, least: () => false, greatest: () => true },
  int: { typical: () => 3, least: () => -(2 ** 31), greatest: () => 2 ** 31 - 1 },
  long: {
    typical: (name) => (isMoment(name) ? moment : 42),
    least: () => Number.MIN_SAFE_INTEGER,
    greatest: () => Number.MAX_SAFE_INTEGER,
  },
  string: {
    typical: (name) => `${name}-1`,
    least: () => "",
    greatest: () => `${"åß漢🜁".repeat(6)}\u0000\u{10ffff}`,
  },
  bytes: {
    typical: () => Buffer.from("c301", "hex"),
    least: () => Buffer.alloc(0),
    greatest: () => Buffer.from(Array.from({ length: 256 }, (_, byte) => byte)),
  },
};

const items: Readonly<Record<GoldenCase, number>> = { typical: 1, least: 0, greatest: 3 };

const valueOf = (
  schema: AvroSchema,
  kind: GoldenCase,
  fieldName: string,
  named: Map<string, AvroSchema>,
): unknown => {
  if (typeof schema === "string") {
    const primitive = primitives[schema];
    return primitive
      ? primitive[kind](fieldName)
      : valueOf(named.get(schema) ?? "null", kind, fieldName, named);
  }
  if (Array.isArray(schema)) {
    const branches: readonly AvroSchema[] = schema;
    const branch = kind === "least" ? branches[0] : branches.at(-1);
    return valueOf(branch ?? "null", kind, fieldName, named);
  }
  const complex = schema as unknown as ComplexSchema;
  if (complex.name !== undefined) named.set(complex.name, schema);
  if (complex.symbols) return kind === "greatest" ? complex.symbols.at(-1) : complex.symbols[0];
  const item = complex.items;
  if (item !== undefined)
    return Array.from({ length: items[kind] }, () => valueOf(item, kind, fieldName, named));
  if (!complex.fields) return valueOf(complex.type, kind, fieldName, named);
  return Object.fromEntries(complex.fields.map(({ name, type }) => [name, valueOf(type, kind, name, named)]));
};

/** Example values of a schema for its golden records, the same at every run; none is about anybody. */
export const goldenCases = (schema: AvroSchema): readonly (readonly [GoldenCase, unknown])[] =>
  (["typical", "least", "greatest"] as const).map((kind) => [
    kind,
    valueOf(schema, kind, "value", new Map()),
  ]);

/** A golden record's file: the value as JSON, bytes as `{"$hex": …}`, and the record as it was written. */
export const goldenText = (value: unknown, record: Uint8Array): string => {
  const withHex = (part: unknown): unknown => {
    if (part instanceof Uint8Array) return { $hex: Buffer.from(part).toString("hex") };
    if (Array.isArray(part)) return part.map(withHex);
    if (typeof part !== "object" || part === null) return part;
    return Object.fromEntries(Object.entries(part).map(([name, inner]) => [name, withHex(inner)]));
  };
  return `${JSON.stringify({ value: withHex(value), hex: Buffer.from(record).toString("hex") }, null, 2)}\n`;
};
