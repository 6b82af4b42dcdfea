import type { SQLInputValue, StatementSync } from "node:sqlite";

/**
 * Every slot has tables of its own: rows are then only ever appended at the end of a table, which SQLite
 * fills to the last byte; appended in the middle of one table for all slots, they would leave its pages half
 * empty and move their neighbours about (ADR 9).
 */
export const recordsOf = (slot: number): string => `record_${slot}`;

/** The table of the checkpoint that is kept in a slot. */
export const checkpointOf = (slot: number): string => `checkpoint_${slot}`;

// Statements take some kilobytes each, those of many rows tens of them.
const slotsPreparedMax = 512;

/** Rows of one statement: measured on 2 cores, one at a time costs half as much again, more bring nothing. */
const rowsPerStatement = [40, 10, 1] as const;

/** The placeholders of a statement for this many rows and columns. */
export const placesOf = (rows: number, columns: number): string =>
  Array.from({ length: rows }, () => `(${Array.from({ length: columns }, () => "?").join(", ")})`).join(", ");

/** What is prepared for a slot when it is first used. Kept for a bounded number of slots. */
export const bySlot = <Prepared>(prepare: (slot: number) => Prepared): ((slot: number) => Prepared) => {
  const kept = new Map<number, Prepared>();
  return (slot) => {
    const known = kept.get(slot);
    if (known !== undefined) return known;
    if (kept.size === slotsPreparedMax) kept.clear();
    const prepared = prepare(slot);
    kept.set(slot, prepared);
    return prepared;
  };
};

/**
 * Writes rows by few statements of many rows each. `prepare` makes the statement for `rows` rows of a
 * slot; values are taken row by row.
 */
export const rowWriter = (columns: number, prepare: (slot: number, rows: number) => StatementSync) => {
  const statements = rowsPerStatement.map((rows) => ({ rows, of: bySlot((slot) => prepare(slot, rows)) }));
  return (slot: number, values: readonly SQLInputValue[]): void => {
    let from = 0;
    for (const { rows, of } of statements)
      for (const count = rows * columns; values.length - from >= count; from += count)
        of(slot).run(...values.slice(from, from + count));
  };
};

/** The table of a slot's records. */
export const recordSchema = (slot: number): string =>
  `CREATE TABLE ${recordsOf(slot)} (id INTEGER PRIMARY KEY, timestamp INTEGER NOT NULL, ` +
  "key TEXT, value BLOB, headers TEXT, crc INTEGER NOT NULL);";
