import { ConfigError, type EpochMs, instant } from "@hybrid/kernel";
import { CorruptLogError } from "../../errors.ts";
import type { LogRecord } from "../../port.ts";
import { type AbortedTransaction, abortedFilter } from "./aborted-transactions.ts";
import { inflate } from "./batch-codec.ts";
import { type BatchHead, batchHead, damagedBatch, orDamaged } from "./batch-head.ts";
import { batchLayout } from "./batch-layout.ts";
import { readHeaders, recordEnd, skipField, textAt } from "./record-cursor.ts";
import { type Cursor, readVarint } from "./varint.ts";

/** What to read out of a partition's bytes. */
export interface RecordSetOptions {
  readonly topic: string;
  readonly partition: number;
  /** Records before it are skipped: a fetch answers with whole batches. */
  readonly fetchOffset: number;
  /** The fetch's list of aborted transactions. */
  readonly aborted: readonly AbortedTransaction[];
  /** Most records; no limit when left out. */
  readonly recordsMax?: number;
  /** Most bytes of keys and values, save for a first record that is larger; no limit when left out. */
  readonly bytesMax?: number;
}

/** What was read out of a partition's bytes. */
export interface DecodedRecords {
  readonly records: LogRecord[];
  /**
   * Where to read on. Equal to the fetch offset only when the bytes hold no whole batch at or behind it.
   */
  readonly nextOffset: number;
}

/** What a decoding has come to. */
interface Progress {
  readonly records: LogRecord[];
  readonly recordsMax: number;
  readonly bytesMax: number;
  bytes: number;
  nextOffset: number;
  /** As they stood behind the last batch that was read as a whole. */
  wholeCount: number;
  wholeOffset: number;
}

const cursorOf = (bytes: Buffer, batch: BatchHead): { cursor: Cursor; end: number } => {
  const start = batch.start + batchLayout.records;
  if (batch.codec === 0) return { cursor: { bytes, at: start }, end: batch.end };
  const inflated = inflate(batch.codec, bytes.subarray(start, batch.end), batch.place);
  return { cursor: { bytes: inflated, at: 0 }, end: inflated.length };
};

/** A control record has version and type as key, two bytes each (KIP-98); type 0 is an abort. */
const isAbortMarker = (bytes: Buffer, batch: BatchHead): boolean => {
  if (batch.recordCount === 0) return false;
  const { cursor, end } = cursorOf(bytes, batch);
  const last = recordEnd(cursor, end);
  cursor.at++;
  readVarint(cursor);
  readVarint(cursor);
  const size = skipField(cursor, last);
  return size >= 4 && cursor.bytes.readInt16BE(cursor.at - size + 2) === 0;
};

const timeOf = (batch: BatchHead, timestampDelta: number): EpochMs =>
  instant(batch.appendedAt ?? batch.baseTimestamp + timestampDelta);

/** Reads key, value and headers of the record that ends at `end`; undefined when the limit leaves it out. */
const readBody = (
  cursor: Cursor,
  end: number,
  head: { topic: string; partition: number; offset: number; timestamp: EpochMs },
  progress: Progress,
): LogRecord | undefined => {
  const { bytes } = cursor;
  const keyBytes = skipField(cursor, end);
  const keyEnd = cursor.at;
  const valueBytes = skipField(cursor, end);
  const valueEnd = cursor.at;
  const headers = readVarint(cursor);
  const size = Math.max(keyBytes, 0) + Math.max(valueBytes, 0);
  if (progress.records.length > 0 && progress.bytes + size > progress.bytesMax) return undefined;
  progress.bytes += size;
  const { topic, partition, offset, timestamp } = head;
  const key = keyBytes < 0 ? null : textAt(bytes, keyEnd - keyBytes, keyEnd);
  const value =
    valueBytes < 0
      ? null
      : new Uint8Array(bytes.buffer, bytes.byteOffset + valueEnd - valueBytes, valueBytes);
  const record: LogRecord =
    headers > 0
      ? { topic, partition, key, value, timestamp, offset, headers: readHeaders(cursor, headers, end) }
      : { topic, partition, key, value, timestamp, offset };
  if (cursor.at !== end || headers < 0) throw new RangeError("a record does not fill its length");
  return record;
};

/** Takes the records of a batch over; false when the limit was reached. */
const readRecords = (
  bytes: Buffer,
  batch: BatchHead,
  { topic, partition, fetchOffset }: RecordSetOptions,
  progress: Progress,
): boolean => {
  const { cursor, end } = cursorOf(bytes, batch);
  const { records, recordsMax } = progress;
  let before = batch.baseOffset - 1;
  for (let left = batch.recordCount; left > 0; left--) {
    const last = recordEnd(cursor, end);
    // One byte of attributes, unused so far.
    cursor.at++;
    const timestamp = timeOf(batch, readVarint(cursor));
    const offset = batch.baseOffset + readVarint(cursor);
    if (offset <= before || offset > batch.lastOffset) throw new RangeError("its offsets are out of order");
    before = offset;
    if (offset < fetchOffset) {
      cursor.at = last;
      continue;
    }
    const record = readBody(cursor, last, { topic, partition, offset, timestamp }, progress);
    if (record === undefined) return false;
    records.push(record);
    progress.nextOffset = offset + 1;
    if (records.length >= recordsMax) return false;
  }
  if (cursor.at !== end) throw new RangeError("its records do not fill it");
  return true;
};

const readAll = (bytes: Buffer, options: RecordSetOptions, progress: Progress): void => {
  const filter = abortedFilter(options.aborted);
  /** False when the limit was reached. */
  const take = (batch: BatchHead): boolean => {
    const dropped = filter.drops(batch, () => isAbortMarker(bytes, batch));
    if (dropped || batch.control || batch.lastOffset < options.fetchOffset) return true;
    return readRecords(bytes, batch, options, progress);
  };
  let lastOffset = -1;
  for (let end = 0; ; ) {
    const batch = batchHead(bytes, end, options);
    if (batch === undefined) return;
    if (batch.baseOffset <= lastOffset)
      throw damagedBatch(batch.place, `offset ${lastOffset} stands before it`);
    ({ end, lastOffset } = batch);
    if (!orDamaged(batch.place, () => take(batch))) return;
    // Behind the whole batch, which may be empty or end with records that were compacted away.
    progress.nextOffset = Math.max(progress.nextOffset, lastOffset + 1);
    progress.wholeCount = progress.records.length;
    progress.wholeOffset = progress.nextOffset;
  }
};

/**
 * Decodes the record batches of one partition as a fetch of committed records returns them: checks each
 * batch, leaves out control records, aborted transactions and an incomplete batch at the end, and passes
 * what compaction has emptied. Values are views of `bytes` (of the inflated batch when it was compressed);
 * keys and headers are UTF-8.
 *
 * Throws CorruptLogError for a batch that fails its check or is malformed and ConfigError for a format or
 * codec that cannot be read, each naming topic, partition, offset and what to do. Records of the batches
 * before such a batch are returned first: the error comes once `fetchOffset` is behind them.
 */
export const decodeRecordSet = (bytes: Buffer, options: RecordSetOptions): DecodedRecords => {
  const { fetchOffset, recordsMax = Infinity, bytesMax = Infinity } = options;
  const progress: Progress = {
    records: [],
    recordsMax,
    bytesMax,
    bytes: 0,
    nextOffset: fetchOffset,
    wholeCount: 0,
    wholeOffset: fetchOffset,
  };
  try {
    readAll(bytes, options, progress);
    return { records: progress.records, nextOffset: progress.nextOffset };
  } catch (error) {
    const { wholeCount, wholeOffset } = progress;
    const expected = error instanceof CorruptLogError || error instanceof ConfigError;
    if (wholeCount === 0 || !expected) throw error;
    return { records: progress.records.slice(0, wholeCount), nextOffset: wholeOffset };
  }
};
