import type { DatabaseSync, SQLInputValue } from "node:sqlite";
import type { EpochMs } from "@hybrid/kernel";
import { CorruptLogError, OffsetOutOfRangeError } from "../errors.ts";
import type { LogRecord, OutgoingRecord, ReadRequest, ReadResult } from "../port.ts";
import { headersText, recordCrc } from "./rows.ts";
import { bySlot, placesOf, recordsOf, rowWriter } from "./slot-tables.ts";
import type { TopicTable } from "./topic-table.ts";

/** Records on their way into a slot, one after another. */
export interface Stretch {
  readonly slot: number;
  /** Of the first one. */
  readonly offset: number;
  readonly records: readonly Omit<OutgoingRecord, "topic" | "partition">[];
}

/** The rows of all records. */
export interface RecordTable {
  insert(stretch: Stretch): void;
  /** Throws OffsetOutOfRangeError outside of the log, CorruptLogError for a damaged or missing record. */
  read(request: ReadRequest): ReadResult;
}

type Row = [
  offset: number,
  timestamp: number,
  key: string | null,
  value: Uint8Array | null,
  headers: string | null,
  crc: number,
];

const columns = ["id", "timestamp", "key", "value", "headers", "crc"] as const;

const inserter = (db: DatabaseSync): RecordTable["insert"] => {
  const write = rowWriter(columns.length, (slot, rows) =>
    db.prepare(
      `INSERT INTO ${recordsOf(slot)} (${columns.join(", ")}) VALUES ${placesOf(rows, columns.length)}`,
    ),
  );
  return ({ slot, offset: first, records }) => {
    const values: SQLInputValue[] = [];
    for (const [index, { timestamp, key, value, headers: given }] of records.entries()) {
      const offset = first + index;
      const headers = headersText(given);
      const crc = recordCrc({ slot, offset, timestamp, key, headers }, value);
      values.push(offset, timestamp, key, value, headers, crc);
    }
    write(slot, values);
  };
};

/** Approximate size of a record on the way: key, value and a little for the rest. */
const bytesOf = (record: Pick<OutgoingRecord, "key" | "value">): number =>
  (record.value?.length ?? 0) + (record.key?.length ?? 0) + 32;

/** The same of many. */
export const bytesOfAll = (records: readonly Pick<OutgoingRecord, "key" | "value">[]): number =>
  records.reduce((sum, record) => sum + bytesOf(record), 0);

/** What is read, and from where. */
interface Reading {
  readonly request: ReadRequest;
  readonly slot: number;
  readonly next: number;
  readonly place: () => string;
}

const decode = (row: Row, { request, slot, place }: Reading): LogRecord => {
  const [offset, timestamp, key, value, headers, crc] = row;
  if (recordCrc({ slot, offset, timestamp, key, headers }, value) !== crc)
    throw new CorruptLogError(
      `${place()}, offset ${offset}: the record fails its check. ` +
        "Restore the file from a backup, or read on behind this offset.",
    );
  const { topic, partition } = request;
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

// Rows are fetched many at a time, which costs less than one at a time; few at first, for they may be large.
const firstRows = 8;
const rowsGrowth = 4;

/** How many rows to fetch next, so that hardly more is fetched than may be returned. */
const rowsWanted = (
  { recordsMax, bytesMax }: ReadRequest,
  have: { readonly records: number; readonly bytes: number; readonly fetched: number },
): number => {
  const { records, bytes, fetched } = have;
  const left = recordsMax - records;
  if (records === 0) return Math.min(firstRows, left);
  const fitting = Math.ceil(((bytesMax - bytes) * records) / bytes);
  return Math.max(1, Math.min(left, fetched * rowsGrowth, fitting));
};

type Fetch = (offset: number, end: number, rowsMax: number) => readonly Row[];

const rowsFetcher = (db: DatabaseSync): ((slot: number) => Fetch) =>
  bySlot((slot) => {
    const select = db.prepare(
      `SELECT id, timestamp, key, value, headers, crc FROM ${recordsOf(slot)} ` +
        "WHERE id >= ? AND id < ? ORDER BY id LIMIT ?",
    );
    select.setReturnArrays(true);
    return (offset, end, rowsMax) => select.all(offset, end, rowsMax) as unknown as Row[];
  });

/** Opens the records of a log file. */
export const recordTable = (db: DatabaseSync, topics: TopicTable): RecordTable => {
  const fetcher = rowsFetcher(db);
  const rowsOf = (reading: Reading): { records: LogRecord[]; exhausted: boolean } => {
    const { request, slot, next, place } = reading;
    const fetch = fetcher(slot);
    const contiguous = topics.topic(request.topic).cleanup === "delete";
    const records: LogRecord[] = [];
    let bytes = 0;
    let expected = request.offset;
    const missing = (): Error =>
      new CorruptLogError(
        `${place()}, offset ${expected}: the record is missing. Restore the file from a backup.`,
      );
    for (let fetched = 0; records.length < request.recordsMax; ) {
      const wanted = rowsWanted(request, { records: records.length, bytes, fetched });
      const rows = fetch(expected, next, wanted);
      for (const row of rows) {
        const record = decode(row, reading);
        if (contiguous && record.offset !== expected) throw missing();
        expected = record.offset + 1;
        bytes += bytesOf(record);
        if (records.length > 0 && bytes > request.bytesMax) return { records, exhausted: false };
        records.push(record);
      }
      if (rows.length < wanted) break;
      fetched = wanted;
    }
    const exhausted = records.length < request.recordsMax;
    if (contiguous && exhausted && expected !== next) throw missing();
    return { records, exhausted };
  };
  const read = (request: ReadRequest): ReadResult => {
    const slot = topics.slot(request.topic, request.partition);
    const { start, next } = topics.bounds(slot);
    const { offset } = request;
    const place = (): string => topics.nameOf(slot);
    // Not `offset < start || offset > next`: that would let NaN pass.
    if (!(offset >= start && offset <= next)) throw outOfRange(place(), offset, { start, next });
    if (offset === next) return { records: [], nextOffset: next, endOffset: next };
    const { records, exhausted } = rowsOf({ request, slot, next, place });
    const last = records.at(-1);
    // Nothing wanted is not nothing there: only a partition that was read to its end is passed.
    const nextOffset = exhausted ? next : (last?.offset ?? offset - 1) + 1;
    return { records, nextOffset, endOffset: next };
  };
  return { insert: inserter(db), read };
};
