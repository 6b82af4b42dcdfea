import { createRequire } from "node:module";
import { instant } from "@hybrid/kernel";

/**
 * Record batches made without the code under test: every bit can be chosen, also what our writer never
 * writes (gaps, control records, compression, batches without records).
 */
export interface BatchShape {
  readonly baseOffset: number;
  readonly lastOffsetDelta?: number;
  /** Codec and flags, as KIP-98 counts them. */
  readonly attributes?: number;
  readonly baseTimestamp?: number;
  readonly maxTimestamp?: number;
  readonly producerId?: bigint;
  readonly records: readonly RecordShape[];
  readonly recordCount?: number;
  readonly deflate?: (records: Buffer) => Buffer;
}

export interface RecordShape {
  readonly offsetDelta: number;
  readonly timestampDelta?: number;
  readonly key?: Uint8Array | null;
  readonly value?: Uint8Array | null;
  readonly headers?: readonly (readonly [string, string | null])[];
  /** Bytes behind the last field, which no record has. */
  readonly tail?: Uint8Array;
}

const crcTable = Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0x82_f6_3b_78 : 0);
  return crc;
});

/** CRC-32C (Castagnoli), by table. */
export const castagnoli = (bytes: Uint8Array): number => {
  let crc = 0xff_ff_ff_ff;
  for (const byte of bytes) crc = (crc >>> 8) ^ crcTable[(crc ^ byte) & 0xff]!;
  return (crc ^ 0xff_ff_ff_ff) >>> 0;
};

const varint = (value: number | bigint): Buffer => {
  const signed = BigInt(value);
  let rest = BigInt.asUintN(64, (signed << 1n) ^ (signed >> 63n));
  const bytes = [];
  for (; rest >= 128n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128);
  return Buffer.from([...bytes, Number(rest)]);
};

const field = (content: Uint8Array | null): Buffer[] =>
  content === null ? [varint(-1)] : [varint(content.length), Buffer.from(content)];

const recordBytes = (record: RecordShape): Buffer => {
  const { offsetDelta, timestampDelta = 0, key = null, value = null, headers = [], tail } = record;
  const body = Buffer.concat([
    Buffer.from([0]),
    varint(timestampDelta),
    varint(offsetDelta),
    ...field(key),
    ...field(value),
    varint(headers.length),
    ...headers.flatMap(([name, text]) => [
      ...field(Buffer.from(name)),
      ...field(text === null ? null : Buffer.from(text)),
    ]),
    ...(tail === undefined ? [] : [tail]),
  ]);
  return Buffer.concat([varint(body.length), body]);
};

/** Puts the right CRC-32C into a batch that was changed. */
export const sealed = (batch: Buffer): Buffer => {
  batch.writeUInt32BE(castagnoli(batch.subarray(21)), 17);
  return batch;
};

/** The bytes of one batch. */
export const batchOf = (shape: BatchShape): Buffer => {
  const { records, baseTimestamp = 1_000, deflate = (bytes: Buffer) => bytes } = shape;
  const content = deflate(Buffer.concat(records.map(recordBytes)));
  const head = Buffer.alloc(61);
  head.writeBigInt64BE(BigInt(shape.baseOffset), 0);
  head.writeInt32BE(49 + content.length, 8);
  head.writeInt8(2, 16);
  head.writeInt16BE(shape.attributes ?? 0, 21);
  head.writeInt32BE(shape.lastOffsetDelta ?? records.at(-1)?.offsetDelta ?? 0, 23);
  head.writeBigInt64BE(BigInt(baseTimestamp), 27);
  head.writeBigInt64BE(BigInt(shape.maxTimestamp ?? baseTimestamp), 35);
  head.writeBigInt64BE(shape.producerId ?? -1n, 43);
  head.writeInt16BE(shape.producerId === undefined ? -1 : 0, 51);
  head.writeInt32BE(shape.producerId === undefined ? -1 : 0, 53);
  head.writeInt32BE(shape.recordCount ?? records.length, 57);
  return sealed(Buffer.concat([head, content]));
};

/** The end of a transaction: a control batch with one marker. */
export const markerOf = (end: "abort" | "commit", baseOffset: number, producerId: bigint): Buffer =>
  batchOf({
    baseOffset,
    producerId,
    attributes: 0x30,
    records: [
      { offsetDelta: 0, key: Buffer.from([0, 0, 0, end === "abort" ? 0 : 1]), value: Buffer.alloc(6) },
    ],
  });

/** Text as bytes. */
export const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

/** A batch of records with a letter each: "abc" has three from `baseOffset` on. */
export const letters = (text: string, baseOffset: number, shape: Partial<BatchShape> = {}): Buffer =>
  batchOf({
    baseOffset,
    records: text.split("").map((letter, offsetDelta) => ({
      offsetDelta,
      key: bytesOf(letter),
      value: bytesOf(letter),
    })),
    ...shape,
  });

/** Where the tests read. */
export const place = { topic: "orders", partition: 3, fetchOffset: 0, aborted: [] } as const;

export const t0 = instant(1_800_000_000_000);

/** Modules of kafkajs, for comparison. */
export const fromKafkajs = createRequire(import.meta.url) as (path: string) => any;
