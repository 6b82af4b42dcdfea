import type { DatabaseSync, SQLInputValue, StatementSync } from "node:sqlite";
import type { EpochMs } from "@hybrid/kernel";
import { CorruptLogError, OffsetOutOfRangeError } from "../errors.ts";
import type { LogRecord, OutgoingRecord, ReadRequest, ReadResult } from "../port.ts";
import { headersText, offsetsPerSlot, recordCrc } from "./rows.ts";
import type { TopicTable } from "./topic-table.ts";

/** A record on its way into a slot. */
export interface PlacedRecord {
  readonly slot: number;
  readonly offset: number;
  readonly record: Omit<OutgoingRecord, "topic" | "partition">;
}

/** The rows of all records. */
export interface RecordTable {
  insert(records: readonly PlacedRecord[]): void;
  /** Throws OffsetOutOfRangeError outside of the log, CorruptLogError for a damaged or missing record. */
  read(request: ReadRequest): ReadResult;
}

type Row = [
  id: number,
  timestamp: number,
  key: string | null,
  value: Uint8Array | null,
  headers: string | null,
  crc: number,
];

const columns = 6;
// Ten rows a statement: measured on 2 cores, more brings nothing and one at a time costs a tenth.
const rowsPerStatement = 10;

const insertStatement = (db: DatabaseSync, rows: number): StatementSync => {
  const row = `(${Array.from({ length: columns }, () => "?").join(", ")})`;
  const values = Array.from({ length: rows }, () => row).join(", ");
  return db.prepare(`INSERT INTO record (id, timestamp, key, value, headers, crc) VALUES ${values}`);
};

const pushRow = (into: SQLInputValue[], { slot, offset, record }: PlacedRecord): void => {
  const id = slot * offsetsPerSlot + offset;
  const { timestamp, key, value } = record;
  const headers = headersText(record.headers);
  into.push(id, timestamp, key, value, headers, recordCrc(id, timestamp, { key, headers }, value));
};

const inserter = (db: DatabaseSync): RecordTable["insert"] => {
  const many = insertStatement(db, rowsPerStatement);
  const one = insertStatement(db, 1);
  return (records) => {
    let row: SQLInputValue[] = [];
    const whole = records.length - (records.length % rowsPerStatement);
    for (const [index, record] of records.entries()) {
      pushRow(row, record);
      if (index < whole && row.length < rowsPerStatement * columns) continue;
      (index < whole ? many : one).run(...row);
      row = [];
    }
  };
};

/** Approximate size of a record on the way: key, value and a little for the rest. */
export const bytesOf = (record: Pick<OutgoingRecord, "key" | "value">): number =>
  (record.value?.length ?? 0) + (record.key?.length ?? 0) + 32;

const decode = (row: Row, request: ReadRequest, place: () => string): LogRecord => {
  const [id, timestamp, key, value, headers, crc] = row;
  if (recordCrc(id, timestamp, { key, headers }, value) !== crc)
    throw new CorruptLogError(
      `${place()}, offset ${id % offsetsPerSlot}: the record fails its check. ` +
        "Restore the file from a backup, or read on behind this offset.",
    );
  const { topic, partition } = request;
  const offset = id % offsetsPerSlot;
  const record = { topic, partition, key, value, timestamp: timestamp as EpochMs, offset };
  return headers === null ? record : { ...record, headers: JSON.parse(headers) as Record<string, string> };
};

const outOfRange = (
  place: string,
  offset: number,
  bounds: { readonly start: number; readonly next: number },
): Error =>
  new OffsetOutOfRangeError(
    offset < bounds.start
      ? `${place}: offset ${offset} lies below the start of the log at ${bounds.start}: ` +
          `${bounds.start - offset} records are gone (retention). Raise the topic's retention.`
      : `${place}: offset ${offset} lies behind the end of the log at ${bounds.next}: ` +
          `${offset - bounds.next} records that were once there are missing.`,
  );

/** Opens the records of a log file. */
export const recordTable = (db: DatabaseSync, topics: TopicTable): RecordTable => {
  const select = db.prepare(
    "SELECT id, timestamp, key, value, headers, crc FROM record WHERE id >= ? AND id < ? ORDER BY id LIMIT ?",
  );
  select.setReturnArrays(true);
  const rowsOf = (request: ReadRequest, slot: number): { records: LogRecord[]; exhausted: boolean } => {
    const base = slot * offsetsPerSlot;
    const contiguous = topics.topic(request.topic).cleanup === "delete";
    const { next } = topics.bounds(slot);
    const place = (): string => topics.nameOf(slot);
    const records: LogRecord[] = [];
    let bytes = 0;
    let expected = request.offset;
    const missing = (): Error =>
      new CorruptLogError(
        `${place()}, offset ${expected}: the record is missing. Restore the file from a backup.`,
      );
    const rows = select.iterate(base + request.offset, base + next, request.recordsMax);
    for (const row of rows as Iterable<unknown> as Iterable<Row>) {
      const record = decode(row, request, place);
      if (contiguous && record.offset !== expected) throw missing();
      expected = record.offset + 1;
      bytes += bytesOf(record);
      if (records.length > 0 && bytes > request.bytesMax) return { records, exhausted: false };
      records.push(record);
    }
    const exhausted = records.length < request.recordsMax;
    if (contiguous && exhausted && expected !== next) throw missing();
    return { records, exhausted };
  };
  const read = (request: ReadRequest): ReadResult => {
    const slot = topics.slot(request.topic, request.partition);
    const { start, next } = topics.bounds(slot);
    const { offset } = request;
    // Not `offset < start || offset > next`: that would let NaN pass.
    if (!(offset >= start && offset <= next)) throw outOfRange(topics.nameOf(slot), offset, { start, next });
    if (offset === next) return { records: [], nextOffset: next, endOffset: next };
    const { records, exhausted } = rowsOf(request, slot);
    const last = records.at(-1);
    // Nothing wanted is not nothing there: only a partition that was read to its end is passed.
    const nextOffset = exhausted ? next : (last?.offset ?? offset - 1) + 1;
    return { records, nextOffset, endOffset: next };
  };
  return { insert: inserter(db), read };
};
