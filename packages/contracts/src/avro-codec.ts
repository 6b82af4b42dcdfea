import { DecodeError, type Topic } from "@hybrid/kernel";
import type avro from "avsc";
import { compatibilityFaults } from "./avro/compatibility.ts";
import { fingerprintOf, fingerprintText } from "./avro/fingerprint.ts";
import { typeOfSchema } from "./avro/schema-type.ts";
import type { AvroSchema } from "./define-topic.ts";

const headerBytes = 10;
/** A scratch buffer that grew beyond this for one giant record is not kept. */
const scratchBytesMax = 1 << 20;

/** Shared by all topics: encoding is synchronous and copies out what it wrote. */
let scratch = Buffer.allocUnsafe(16 << 10);

interface Version {
  readonly fingerprint: bigint;
  /** C3 01 and the fingerprint, little-endian. */
  readonly header: Buffer;
  readonly type: avro.Type;
}

const compile = (schema: AvroSchema): Version => {
  const fingerprint = fingerprintOf(schema);
  const header = Buffer.alloc(headerBytes);
  header.writeUInt16BE(0xc301);
  header.writeBigUInt64LE(fingerprint, 2);
  return { fingerprint, header, type: typeOfSchema(schema) };
};

const describe = (value: unknown): string => {
  if (value === null || value === undefined) return String(value);
  if (Array.isArray(value)) return "an array";
  return typeof value === "number" ? `the number ${value}` : `a value of type ${typeof value}`;
};

const describeType = (type: avro.Type): string =>
  type.typeName.startsWith("union") || type.typeName.startsWith("logical")
    ? JSON.stringify(type.schema())
    : [type.typeName, type.name].filter(Boolean).join(" ");

/** Names the first field that does not fit, never its content: it may be an address. */
const misfit = (name: string, type: avro.Type, value: unknown, cause?: unknown): TypeError => {
  let fault = "the value as a whole does not fit";
  let found = false;
  const errorHook = (path: string[], part: unknown, expected: avro.Type): void => {
    if (!found)
      fault = `${path.join(".") || "the value"} must be ${describeType(expected)}, not ${describe(part)}`;
    found = true;
  };
  type.isValid(value, { errorHook });
  return new TypeError(`${name}: ${fault}`, { cause });
};

const grow = (bytes: number): void => {
  scratch = Buffer.allocUnsafe(2 ** Math.ceil(Math.log2(bytes)));
};

const encode = (name: string, { header, type }: Version, value: unknown): Uint8Array => {
  let end: number;
  try {
    end = type.encode(value, scratch, headerBytes);
    if (end < 0) {
      grow(scratch.length - end);
      end = type.encode(value, scratch, headerBytes);
    }
  } catch (cause) {
    throw misfit(name, type, value, cause);
  }
  const bytes = Buffer.allocUnsafe(end);
  bytes.set(header);
  scratch.copy(bytes, headerBytes, headerBytes, end);
  if (scratch.length > scratchBytesMax) grow(scratchBytesMax);
  return bytes;
};

/** So few bytes are compared faster here than by a call into native code. */
const startsWith = (bytes: Buffer, header: Buffer): boolean => {
  for (let at = 0; at < headerBytes; at++) if (bytes[at] !== header[at]) return false;
  return true;
};

const writerOf = <Known extends Version>(name: string, versions: readonly Known[], bytes: Buffer): Known => {
  if (bytes.length < headerBytes || bytes[0] !== 0xc3 || bytes[1] !== 0x01)
    throw new DecodeError(
      `${name}: not an Avro single-object record (C3 01 and a fingerprint are missing); ` +
        "whatever wrote it does not use this topic's contract",
    );
  // Newest first: nearly every record is of the newest version.
  const writer = versions.findLast(({ header }) => startsWith(bytes, header));
  if (writer) return writer;
  throw new DecodeError(
    `${name}: written with schema ${fingerprintText(bytes.readBigUInt64LE(2))}, which this service does ` +
      "not know; upgrade this service before the writer of the topic, then replay the dead letter",
  );
};

interface ReadableVersion extends Version {
  /** Undefined for the latest version, which needs none. */
  readonly resolver: ReturnType<avro.Type["createResolver"]> | undefined;
}

const decode = (name: string, latest: Version, writer: ReadableVersion, bytes: Buffer): unknown => {
  let result: { readonly value: unknown; readonly offset: number };
  try {
    result = latest.type.decode(bytes, headerBytes, writer.resolver);
  } catch (cause) {
    throw new DecodeError(`${name}: damaged record of schema ${fingerprintText(writer.fingerprint)}`, {
      cause,
    });
  }
  if (result.offset < 0)
    throw new DecodeError(`${name}: record of ${bytes.length} bytes is cut off in the middle`);
  if (result.offset !== bytes.length)
    throw new DecodeError(`${name}: record has ${bytes.length - result.offset} bytes too many at its end`);
  // What is read as it was written fits; what is resolved from another version has been through promotions.
  if (writer.resolver && !latest.type.isValid(result.value))
    throw new DecodeError(`${name}: damaged record`, { cause: misfit(name, latest.type, result.value) });
  return result.value;
};

/**
 * Encodes and decodes a topic's values in Avro single-object encoding (Avro 1.12 specification,
 * "Single-object encoding"). The last of `versions` is written; all of them are read and come out as the last
 * one. Properties that the schema does not know are left out; `long` is a safe integer. Throws TypeError when
 * a version cannot read an earlier one.
 */
export const avroCodec = <Value>(
  name: string,
  versions: readonly AvroSchema[],
): Pick<Topic<Value>, "encode" | "decode"> => {
  const faults = compatibilityFaults(name, versions);
  if (faults.length > 0) throw new TypeError(faults.join("\n"));
  const compiled = versions.map(compile);
  const latest = compiled.at(-1);
  if (!latest) throw new TypeError(`${name}: a topic needs at least one schema version`);
  const readable = compiled.map(
    (version): ReadableVersion => ({
      ...version,
      resolver: version === latest ? undefined : latest.type.createResolver(version.type),
    }),
  );
  return {
    encode: (value) => encode(name, latest, value),
    decode: (bytes) => {
      const view = Buffer.isBuffer(bytes)
        ? bytes
        : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      return decode(name, latest, writerOf(name, readable, view), view) as Value;
    },
  };
};
