import avro from "avsc";
import type { AvroSchema } from "./schema.ts";

/** What avsc reads bytes with; it notices an overrun only at the end. */
interface Tap {
  readonly buf: Uint8Array;
  pos: number;
  readInt(): number;
  readLong(): number;
  skipLong(): void;
  writeLong(value: number): void;
}

interface ItemReader {
  readonly itemsType: { _read(tap: Tap): unknown; _skip(tap: Tap): void };
}

type CheckHook = (value: unknown, type: unknown) => void;

interface ComplexSchema {
  readonly type?: unknown;
  readonly logicalType?: unknown;
  readonly items?: unknown;
  readonly fields?: readonly unknown[];
}

/**
 * Every item takes at least a byte, so a longer array is damage. Without this check four flipped bytes
 * make avsc build an array of billions of items before it notices that the bytes have ended.
 */
const checkCount = (count: number, tap: Tap): number => {
  if (count <= tap.buf.length - tap.pos) return count;
  throw new RangeError("an array claims more items than there are bytes");
};

function readItems(this: ItemReader, tap: Tap): unknown[] {
  const items: unknown[] = [];
  for (let count = tap.readLong(); count !== 0; count = tap.readLong()) {
    if (count < 0) tap.skipLong();
    for (let left = checkCount(Math.abs(count), tap); left > 0; left--) items.push(this.itemsType._read(tap));
  }
  return items;
}

function skipItems(this: ItemReader, tap: Tap): void {
  for (let count = tap.readLong(); count !== 0; count = tap.readLong()) {
    if (count > 0) {
      for (let left = checkCount(count, tap); left > 0; left--) this.itemsType._skip(tap);
      continue;
    }
    // A negative count is followed by the block's size in bytes, each item at least one of them.
    const sizeBytes = checkCount(tap.readLong(), tap);
    if (sizeBytes < -count) throw new RangeError("an array's block is smaller than its items");
    tap.pos += sizeBytes;
  }
}

/** avsc turns longs beyond 2^52 into others, by floating arithmetic; halving before zigzag keeps them. */
function writeLong(this: unknown, tap: Tap, value: unknown): void {
  if (!Number.isSafeInteger(value)) throw new TypeError("not a safe integer");
  const number = value as number;
  const sign = number < 0 ? 1 : 0;
  let magnitude = sign === 1 ? -number - 1 : number;
  let byte = (magnitude % 64) * 2 + sign;
  magnitude = Math.floor(magnitude / 64);
  while (magnitude > 0) {
    tap.buf[tap.pos++] = byte | 0x80;
    byte = magnitude % 128;
    magnitude = Math.floor(magnitude / 128);
  }
  tap.buf[tap.pos++] = byte;
}

function readLong(this: unknown, tap: Tap): number {
  let byte = tap.buf[tap.pos++] ?? 0;
  const sign = byte & 1;
  let magnitude = (byte & 0x7f) >> 1;
  for (let weight = 64; byte & 0x80; weight *= 128) {
    byte = tap.buf[tap.pos++] ?? 0;
    magnitude += (byte & 0x7f) * weight;
  }
  const number = sign === 1 ? -magnitude - 1 : magnitude;
  if (!Number.isSafeInteger(number)) throw new RangeError("a long beyond the safe integers");
  return number;
}

/** avsc lets an `int` out of its bounds pass. */
function readInt(this: unknown, tap: Tap): number {
  const number = tap.readInt();
  if (number !== (number | 0)) throw new RangeError("an int beyond 32 bits");
  return number;
}

function checkLong(this: unknown, value: unknown, _flags: unknown, hook?: CheckHook): boolean {
  const fits = Number.isSafeInteger(value);
  if (!fits) hook?.(value, this);
  return fits;
}

/** avsc writes `bytes` from Buffers alone and reads them as such; ours are Uint8Arrays, both ways. */
class ByteArrayType extends avro.types.LogicalType {
  protected override _fromValue(value: unknown): unknown {
    return Buffer.isBuffer(value) ? new Uint8Array(value) : value;
  }
  protected override _toValue(value: unknown): Buffer | undefined {
    if (Buffer.isBuffer(value)) return value;
    return value instanceof Uint8Array
      ? Buffer.from(value.buffer, value.byteOffset, value.byteLength)
      : undefined;
  }
  protected override _resolve(writer: avro.Type): ((value: unknown) => unknown) | undefined {
    const readable = writer instanceof ByteArrayType || ["bytes", "string"].includes(writer.typeName);
    return readable ? (value) => (typeof value === "string" ? Buffer.from(value) : value) : undefined;
  }
}

interface EnumSymbols {
  readonly _indices: Readonly<Record<string, number>>;
}

/** avsc takes names of Object's own members, and arrays of one symbol, for symbols. */
const indexOfSymbol = ({ _indices }: EnumSymbols, value: unknown): number | undefined =>
  typeof value === "string" && Object.hasOwn(_indices, value) ? _indices[value] : undefined;

function checkSymbol(this: EnumSymbols, value: unknown, _flags: unknown, hook?: CheckHook): boolean {
  const fits = indexOfSymbol(this, value) !== undefined;
  if (!fits) hook?.(value, this);
  return fits;
}

function writeSymbol(this: EnumSymbols, tap: Tap, value: unknown): void {
  const index = indexOfSymbol(this, value);
  if (index === undefined) throw new TypeError("not a symbol of the enumeration");
  tap.writeLong(index);
}

type Options = Partial<avro.ForSchemaOptions>;

/** `type` with some of its methods replaced, also where later schemas refer to it by name. */
const refined = (
  type: avro.Type,
  methods: Readonly<Record<string, unknown>>,
  options: Options,
): avro.Type => {
  const refinement = Object.create(
    type,
    Object.fromEntries(Object.entries(methods).map(([name, value]) => [name, { value }])),
  ) as avro.Type;
  if (type.name !== undefined && options.registry) options.registry[type.name] = refinement;
  return refinement;
};

const arrayType = (schema: ComplexSchema, options: Options): avro.Type => {
  if (schema.items === "null") throw new TypeError("an array of nulls has no bytes to count its items by");
  const type = new avro.types.ArrayType(schema as avro.Schema, options);
  return refined(type, { _read: readItems, _skip: skipItems }, options);
};

/** Values are plain objects, not instances of a class that avsc makes for every record. */
const recordType = (schema: ComplexSchema, options: Options): avro.Type => {
  if (schema.fields?.length === 0) throw new TypeError("a record without fields says nothing");
  const type = new avro.types.RecordType(schema as avro.Schema, options);
  (type.recordConstructor as { prototype: object }).prototype = Object.prototype;
  return type;
};

const hook = (schema: avro.Schema, options: Options): avro.Type | undefined => {
  if (schema === "long")
    return refined(
      new avro.types.LongType(),
      { _check: checkLong, _read: readLong, _write: writeLong },
      options,
    );
  if (schema === "int") return refined(new avro.types.IntType(), { _read: readInt }, options);
  if (schema === "bytes") return new ByteArrayType({ type: "bytes", logicalType: "byteArray" }, options);
  if (typeof schema !== "object" || Array.isArray(schema)) return undefined;
  const complex = schema as ComplexSchema;
  switch (complex.type) {
    case "long":
    case "int":
      return hook(complex.type, options);
    case "bytes":
      return complex.logicalType === "byteArray" ? undefined : hook("bytes", options);
    case "array":
      return arrayType(complex, options);
    case "record":
      return recordType(complex, options);
    case "enum":
      return refined(
        new avro.types.EnumType(schema, options),
        { _check: checkSymbol, _write: writeSymbol },
        options,
      );
    case "map":
      throw new TypeError("maps have no order and no bound; use an array of records");
    default:
      return undefined;
  }
};

/**
 * Compiles a schema. Values are JSON exactly as TypeScript declares them: plain objects, unions without
 * wrapper, `long` as a safe integer; `bytes` are Uint8Array. Names belong to this one schema, so that two
 * topics may both have a `Connector`. Throws TypeError or Error when the schema is wrong.
 */
export const typeOfSchema = (schema: AvroSchema): avro.Type =>
  avro.Type.forSchema(schema as avro.Schema, {
    registry: {},
    wrapUnions: "never",
    omitRecordMethods: true,
    typeHook: hook,
  });
