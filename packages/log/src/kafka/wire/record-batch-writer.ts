import { crc32c } from "@node-rs/crc32";
import { batchAttributes, batchLayout, batchMagic } from "./batch-layout.ts";
import {
  type Sink,
  varintBytes,
  varintBytesMax,
  varlongBytesMax,
  writeInt64,
  writeVarint,
} from "./varint.ts";

/** A record to be encoded; every OutgoingRecord and every journal or checkpoint entry is one. */
export interface BatchRecord {
  readonly key: string | Uint8Array | null;
  readonly value: Uint8Array | null;
  readonly headers?: Readonly<Record<string, string>>;
  /** Milliseconds since 1970, a whole number, not negative; the batch's own when left out. */
  readonly timestamp?: number;
}

/** A record with a time of its own. */
export type TimedRecord = BatchRecord & { readonly timestamp: number };

/** Who writes a batch, so that the broker can order, deduplicate and fence it. */
export interface BatchProducer {
  readonly producerId: bigint;
  readonly epoch: number;
  /** The sequence number of the batch's first record: 0 to 2^31 - 1. */
  readonly firstSequence: number;
  readonly transactional: boolean;
}

type Headers = BatchRecord["headers"];

/** Texts up to this length are copied by a loop: below it the call into the runtime costs more. */
const shortText = 64;

/** How many bytes `text` takes as UTF-8; equal to its length only when all of it is ASCII. */
const utf8Bytes = (text: string): number => {
  if (text.length > shortText) return Buffer.byteLength(text);
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > 0x7f) return Buffer.byteLength(text);
  return text.length;
};

const writeText = (sink: Sink, text: string, size: number): void => {
  const { bytes, at } = sink;
  if (size !== text.length) bytes.write(text, at, size, "utf8");
  else if (size > shortText) bytes.write(text, at, size, "latin1");
  else for (let i = 0; i < size; i++) bytes[at + i] = text.charCodeAt(i);
  sink.at += size;
};

const contentBytes = (content: string | Uint8Array | null): number => {
  if (content === null) return -1;
  return typeof content === "string" ? utf8Bytes(content) : content.length;
};

/** Length and content; a length of -1 stands for null. */
const writeContent = (sink: Sink, content: string | Uint8Array | null, size: number): void => {
  writeVarint(sink, size);
  if (content === null) return;
  if (typeof content === "string") return writeText(sink, content, size);
  sink.bytes.set(content, sink.at);
  sink.at += size;
};

const noNames: readonly string[] = [];

const sizedBytes = (size: number): number => varintBytes(size) + Math.max(size, 0);

const headersBytes = (headers: Headers): number => {
  if (headers === undefined) return 1;
  const names = Object.keys(headers);
  let size = varintBytes(names.length);
  for (const name of names) size += sizedBytes(utf8Bytes(name)) + sizedBytes(utf8Bytes(headers[name] ?? ""));
  return size;
};

const writeHeaders = (sink: Sink, headers: Headers): void => {
  const names = headers === undefined ? noNames : Object.keys(headers);
  writeVarint(sink, names.length);
  for (const name of names) {
    const text = headers?.[name] ?? "";
    writeContent(sink, name, utf8Bytes(name));
    writeContent(sink, text, utf8Bytes(text));
  }
};

/** KIP-98, "Record": the length counts what follows it; one byte of attributes is unused. */
const writeRecord = (sink: Sink, record: BatchRecord, timestampDelta: number, offsetDelta: number): void => {
  const { key, value, headers } = record;
  const keyBytes = contentBytes(key);
  const valueBytes = contentBytes(value);
  const deltas = varintBytes(timestampDelta) + varintBytes(offsetDelta);
  writeVarint(sink, 1 + deltas + sizedBytes(keyBytes) + sizedBytes(valueBytes) + headersBytes(headers));
  sink.bytes[sink.at++] = 0;
  writeVarint(sink, timestampDelta);
  writeVarint(sink, offsetDelta);
  writeContent(sink, key, keyBytes);
  writeContent(sink, value, valueBytes);
  writeHeaders(sink, headers);
};

/** UTF-8 takes at most three bytes for each UTF-16 unit. */
const contentBound = (content: string | Uint8Array | null): number => {
  if (content === null) return varintBytesMax;
  return varintBytesMax + (typeof content === "string" ? content.length * 3 : content.length);
};

const recordOverheadMax = 1 + varintBytesMax * 3 + varlongBytesMax;

/** What a batch takes without its records, in bytes. */
export const batchOverheadBytes: number = batchLayout.records;

/**
 * An upper bound of the bytes that a record takes in a batch (text counts three bytes a character), so that
 * {@link batchOverheadBytes} and the bounds of its records never fall short of a batch. A single record
 * whose bound is above a limit may still be below it: send it alone, the broker judges by the real size.
 */
export const sizeBound = (record: BatchRecord): number => {
  let bound = recordOverheadMax + contentBound(record.key) + contentBound(record.value);
  for (const name in record.headers) bound += contentBound(name) + contentBound(record.headers[name] ?? null);
  return bound;
};

const checkTimestamp = (timestamp: number): void => {
  // The broker's log cleaner fails on negative timestamps when it writes a batch again.
  if (!Number.isSafeInteger(timestamp) || timestamp < 0)
    throw new TypeError(
      `a record has the timestamp ${timestamp}; Kafka takes whole milliseconds from 1970 on`,
    );
};

const writeHead = (
  bytes: Buffer,
  records: readonly BatchRecord[],
  times: { readonly base: number; readonly max: number },
  producer: BatchProducer | null,
): void => {
  writeInt64(bytes, batchLayout.baseOffset, 0);
  bytes.writeInt32BE(bytes.length - batchLayout.leaderEpoch, batchLayout.length);
  bytes.writeInt32BE(-1, batchLayout.leaderEpoch);
  bytes.writeInt8(batchMagic, batchLayout.magic);
  bytes.writeInt16BE(producer?.transactional ? batchAttributes.transactional : 0, batchLayout.attributes);
  bytes.writeInt32BE(records.length - 1, batchLayout.lastOffsetDelta);
  writeInt64(bytes, batchLayout.baseTimestamp, times.base);
  writeInt64(bytes, batchLayout.maxTimestamp, times.max);
  bytes.writeBigInt64BE(producer?.producerId ?? -1n, batchLayout.producerId);
  bytes.writeInt16BE(producer?.epoch ?? -1, batchLayout.producerEpoch);
  bytes.writeInt32BE(producer?.firstSequence ?? -1, batchLayout.baseSequence);
  bytes.writeInt32BE(records.length, batchLayout.recordCount);
  bytes.writeUInt32BE(crc32c(bytes.subarray(batchLayout.attributes)), batchLayout.crc);
};

/** Records that are to become one batch, and who writes them (null: a plain batch, see below). */
export interface BatchContent {
  readonly records: readonly BatchRecord[];
  /** The time of records that have none of their own. */
  readonly timestamp?: number | undefined;
  readonly producer: BatchProducer | null;
  /** What {@link batchBound} says of the records, where somebody has asked it before. */
  readonly bound?: number;
}

/** An upper bound of the bytes that {@link writeRecordBatch} takes. */
export const batchBound = (records: readonly BatchRecord[]): number => {
  let bound = batchOverheadBytes;
  for (const record of records) bound += sizeBound(record);
  return bound;
};

/**
 * Writes records as one uncompressed batch of format 2 (KIP-98) with a base offset of 0, which the broker
 * replaces; its timestamps are deltas to the first record's and may go back. Without a `producer` the batch
 * is plain: neither deduplicated nor fenced. The sink must have room for {@link batchBound}. Throws TypeError
 * for a timestamp that is missing or not one of Kafka's, RangeError for no records or a sequence outside
 * of 32 bits.
 */
export const writeRecordBatch = (
  sink: Sink,
  { records, timestamp = Number.NaN, producer }: BatchContent,
): void => {
  const [first] = records;
  if (first === undefined) throw new RangeError("a record batch needs at least one record");
  const start = sink.at;
  const base = first.timestamp ?? timestamp;
  let max = base;
  let offsetDelta = 0;
  sink.at += batchLayout.records;
  for (const record of records) {
    const time = record.timestamp ?? timestamp;
    checkTimestamp(time);
    if (time > max) max = time;
    writeRecord(sink, record, time - base, offsetDelta++);
  }
  writeHead(sink.bytes.subarray(start, sink.at), records, { base, max }, producer);
};

/** {@link writeRecordBatch} into bytes of their own, which belong to the caller. */
export const encodeRecordBatch = (
  records: readonly TimedRecord[],
  producer: BatchProducer | null,
): Buffer => {
  const sink: Sink = { bytes: Buffer.allocUnsafe(batchBound(records)), at: 0 };
  writeRecordBatch(sink, { records, producer });
  return sink.bytes.subarray(0, sink.at);
};
