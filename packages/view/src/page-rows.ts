import type { SchemaBook } from "@hybrid/contracts";
import { DecodeError } from "@hybrid/kernel";
import type { LogRecord } from "@hybrid/log";
import type { AnyViewTable } from "./definition.ts";
import type { RowChange } from "./view-file.ts";

/** What a page of one partition changes, and how many of its records nobody can read. */
export interface PageRows {
  readonly changes: readonly RowChange[];
  /** Offsets of records that are damaged or have no key, with the reason; their keys stay as they were. */
  readonly skipped: readonly { readonly offset: number; readonly reason: string }[];
}

/** The records of every key, the last one first: no other one shows, but one that can be read. */
const lastOfKeys = (records: readonly LogRecord[]): ReadonlyMap<string | null, readonly LogRecord[]> =>
  Map.groupBy(records.toReversed(), ({ key }) => key);

interface Read {
  /** Undefined where none could be read; a null row takes the key's away. */
  readonly found: { readonly record: LogRecord; readonly value: unknown } | undefined;
  readonly skipped: readonly { readonly offset: number; readonly reason: string }[];
}

const firstReadable = (
  topic: AnyViewTable["topic"],
  records: readonly LogRecord[],
  schemas: Pick<SchemaBook, "find">,
): Read => {
  const skipped: { offset: number; reason: string }[] = [];
  for (const record of records) {
    if (record.value === null) return { found: { record, value: null }, skipped };
    try {
      return { found: { record, value: topic.decode(record.value, schemas) as unknown }, skipped };
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error;
      skipped.push({ offset: record.offset, reason: error.message });
    }
  }
  return { found: undefined, skipped };
};

/** The key of a row that stands for one record; digits, so that later ones come behind. */
const recordKey = (key: string, offset: number): string => `${key} ${String(offset).padStart(16, "0")}`;

/** A row for each record that can be read, oldest first; a tombstone says nothing to keep. */
const keptRows = (
  table: AnyViewTable,
  records: readonly LogRecord[],
  schemas: Pick<SchemaBook, "find">,
): readonly RowChange[] =>
  records.flatMap((record): readonly RowChange[] => {
    const { key, partition, offset, timestamp } = record;
    const { found } = key === null ? { found: undefined } : firstReadable(table.topic, [record], schemas);
    if (key === null || found?.value === undefined || found.value === null) return [];
    const row = table.row(found.value, { key, partition, offset, timestamp });
    const { name, topic, recordsKept = 1 } = table;
    const kept = { key: recordKey(key, offset), keep: { of: key, rows: recordsKept } };
    return row === null ? [] : [{ table: name, topic: topic.name, row, ...kept }];
  });

/** The rows that records of one topic make in tables of that topic. Throws UnreadableSchemaError. */
export const rowsOf = (
  tables: readonly [AnyViewTable, ...AnyViewTable[]],
  records: readonly LogRecord[],
  schemas: Pick<SchemaBook, "find">,
): PageRows => {
  const [first] = tables;
  const ofKeys = tables.filter(({ recordsKept }) => recordsKept === undefined);
  const changes: RowChange[] = tables
    .filter((table) => !ofKeys.includes(table))
    .flatMap((table) => keptRows(table, records, schemas));
  const skipped: { offset: number; reason: string }[] = [];
  for (const [key, versions] of lastOfKeys(records)) {
    if (key === null) {
      skipped.push(...versions.map(({ offset }) => ({ offset, reason: "it has no key" })));
      continue;
    }
    const read = firstReadable(first.topic, versions, schemas);
    skipped.push(...read.skipped);
    if (!read.found) continue;
    const { value, record } = read.found;
    const { partition, offset, timestamp } = record;
    for (const table of ofKeys)
      changes.push({
        table: table.name,
        topic: table.topic.name,
        key,
        row: value === null ? null : table.row(value, { key, partition, offset, timestamp }),
      });
  }
  return { changes, skipped };
};
