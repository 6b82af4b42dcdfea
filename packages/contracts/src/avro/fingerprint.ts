import { parsingCanonicalForm } from "./canonical-form.ts";
import type { AvroSchema } from "./schema.ts";

/** Fingerprint of no bytes; also the polynomial. Avro 1.12 specification, "Schema Fingerprints". */
const empty = 0xc15d213aa4d7a795n;

const table: readonly bigint[] = Array.from({ length: 256 }, (_, byte) => {
  let entry = BigInt(byte);
  for (let bit = 0; bit < 8; bit++) entry = (entry >> 1n) ^ (entry & 1n ? empty : 0n);
  return entry;
});

/** CRC-64-AVRO (Rabin) of bytes, unsigned. */
export const crc64Avro = (bytes: Uint8Array): bigint => {
  let crc = empty;
  for (const byte of bytes) crc = (crc >> 8n) ^ (table[Number((crc ^ BigInt(byte)) & 0xffn)] ?? 0n);
  return crc;
};

/** Names a schema for ever: CRC-64-AVRO of its Parsing Canonical Form, unsigned. */
export const fingerprintOf = (schema: AvroSchema): bigint =>
  crc64Avro(new TextEncoder().encode(parsingCanonicalForm(schema)));

/** A fingerprint as Avro's documents write it: 16 hexadecimal digits, most significant first. */
export const fingerprintText = (fingerprint: bigint): string => fingerprint.toString(16).padStart(16, "0");
