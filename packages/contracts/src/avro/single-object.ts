import { DecodeError, type Schemas, UnreadableSchemaError } from "@hybrid/kernel";
import type avro from "avsc";
import { fingerprintOf, fingerprintText } from "./fingerprint.ts";
import type { AvroSchema } from "./schema.ts";
import { typeOfSchema } from "./schema-type.ts";

/** Bytes before the body of a record in single-object encoding. */
export const headerBytes = 10;

/** A schema that this release knows. */
export interface Version {
  readonly fingerprint: bigint;
  /** C3 01 and the fingerprint, little-endian. */
  readonly header: Buffer;
  readonly type: avro.Type;
}

/** Compiles a schema. Throws TypeError or Error when it is wrong. */
export const versionOf = (schema: AvroSchema): Version => {
  const fingerprint = fingerprintOf(schema);
  const header = Buffer.alloc(headerBytes);
  header.writeUInt16BE(0xc301);
  header.writeBigUInt64LE(fingerprint, 2);
  return { fingerprint, header, type: typeOfSchema(schema) };
};

/** So few bytes are compared faster here than by a call into native code. */
export const startsWith = (bytes: Buffer, header: Buffer): boolean => {
  for (let at = 0; at < headerBytes; at++) if (bytes[at] !== header[at]) return false;
  return true;
};

/** The same bytes as a Buffer. */
export const bufferOf = (bytes: Uint8Array): Buffer =>
  Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/** Whether a record says which schema it was written with; one that does not is damaged, or no record. */
export const isSingleObject = (bytes: Buffer): boolean =>
  bytes.length >= headerBytes && bytes[0] === 0xc3 && bytes[1] === 0x01;

/** The fingerprint in a record's header, as text. */
export const fingerprintIn = (bytes: Buffer): string => fingerprintText(bytes.readBigUInt64LE(2));

/** Throws DecodeError when the record says no schema. */
export const mustBeSingleObject = (name: string, bytes: Buffer): void => {
  if (!isSingleObject(bytes))
    throw new DecodeError(
      `${name}: not an Avro single-object record (C3 01 and a fingerprint are missing); ` +
        "whatever wrote it does not use this topic's contract",
    );
};

/** Decodes the body of a record that ends with it. Throws DecodeError. */
export const decodeBody = (
  name: string,
  bytes: Buffer,
  reading: {
    readonly reader: avro.Type;
    readonly resolver: ReturnType<avro.Type["createResolver"]> | undefined;
  },
): unknown => {
  let result: { readonly value: unknown; readonly offset: number };
  try {
    result = reading.reader.decode(bytes, headerBytes, reading.resolver);
  } catch (cause) {
    throw new DecodeError(`${name}: damaged record of schema ${fingerprintIn(bytes)}`, { cause });
  }
  if (result.offset < 0)
    throw new DecodeError(`${name}: record of ${bytes.length} bytes is cut off in the middle`);
  if (result.offset !== bytes.length)
    throw new DecodeError(`${name}: record has ${bytes.length - result.offset} bytes too many at its end`);
  return result.value;
};

/** Types of published schemas; a schema never changes under its fingerprint. */
const published = new Map<string, avro.Type>();
const publishedMax = 1_000;

/**
 * Decodes a record by the schema that it was written with, whatever a topic's own schemas are: what states of
 * machines are kept in. Throws DecodeError, and UnreadableSchemaError when `schemas` lacks the schema.
 */
export const decodeAsWritten = (name: string, bytes: Uint8Array, schemas?: Schemas): unknown => {
  const buffer = bufferOf(bytes);
  mustBeSingleObject(name, buffer);
  const fingerprint = fingerprintIn(buffer);
  let reader = published.get(fingerprint);
  if (!reader) {
    const schema = schemas?.find(fingerprint);
    if (schema === undefined)
      throw new UnreadableSchemaError(
        `${name}: written with schema ${fingerprint}, which topic schemas does not hold`,
        fingerprint,
      );
    try {
      reader = typeOfSchema(schema as AvroSchema);
    } catch (cause) {
      throw new UnreadableSchemaError(
        `${name}: written with schema ${fingerprint}, which this release cannot use; upgrade this service`,
        fingerprint,
        { cause },
      );
    }
    if (published.size >= publishedMax) published.clear();
    published.set(fingerprint, reader);
  }
  return decodeBody(name, buffer, { reader, resolver: undefined });
};
