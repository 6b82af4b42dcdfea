import { createHash } from "node:crypto";
import type { TopicContract } from "@hybrid/contracts";
import type { EpochMs, Sealed } from "@hybrid/kernel";

/**
 * What a column holds; every column but the key may be null. What is sealed stays closed in the file, and is
 * opened when it is asked for (`View.opened`): an erased key needs no change to any file.
 */
export type ColumnType = "text" | "integer" | "real" | "sealed";

interface ColumnValues {
  readonly text: string;
  readonly integer: number;
  readonly real: number;
  readonly sealed: Sealed<unknown>;
}

/** Where a record stands. */
export interface ViewOrigin {
  readonly key: string;
  readonly partition: number;
  readonly offset: number;
  readonly timestamp: EpochMs;
}

/** The columns of one row, but for its key, which is the record's. */
export type RowOf<Columns extends Readonly<Record<string, ColumnType>>> = {
  readonly [Name in keyof Columns]: ColumnValues[Columns[Name]] | null;
};

/** One table, made from one topic: a row for each key, as its latest record says. */
export interface ViewTable<
  Value = unknown,
  Columns extends Readonly<Record<string, ColumnType>> = Readonly<Record<string, ColumnType>>,
> {
  /** Letters, digits and underscores. Beside the columns the table has `key`. */
  readonly name: string;
  readonly topic: TopicContract<Value>;
  readonly columns: Columns;
  /** Lists of columns by which rows are looked for. */
  readonly indexes: readonly (readonly (keyof Columns & string)[])[];
  /** The row of a record; null: the key has none. Pure. A tombstone takes the row away without asking. */
  row(value: Value, origin: ViewOrigin): RowOf<Columns> | null;
}

/** Tables made from topics, in one file that anyone may delete. */
export interface ViewDefinition {
  /** Kebab-case; names the file. */
  readonly name: string;
  /** Raise it when a `row` changes; the file is rebuilt. Changed columns are noticed without. */
  readonly version: number;
  readonly tables: readonly AnyViewTable[];
}

/** A table whose types do not matter. */
// oxlint-disable-next-line typescript/no-explicit-any -- the only type that every table is assignable to.
export type AnyViewTable = ViewTable<any, any>;

const identifier = /^[a-z][a-z0-9_]{0,62}$/;

/** Declares a table with the topic's own value type. */
export const viewTable = <Value, const Columns extends Readonly<Record<string, ColumnType>>>(
  table: Omit<ViewTable<Value, Columns>, "indexes"> & Partial<Pick<ViewTable<Value, Columns>, "indexes">>,
): ViewTable<Value, Columns> => ({ indexes: [], ...table });

const faultsOf = ({ name, tables }: ViewDefinition): readonly string[] => {
  const names = tables.flatMap((table) => [table.name, ...Object.keys(table.columns as object)]);
  return [
    ...(/^[a-z]+(-[a-z]+)*$/.test(name) ? [] : [`view name "${name}" is not kebab-case`]),
    ...(tables.length > 0 ? [] : [`view ${name} has no tables`]),
    ...names
      .filter((each) => !identifier.test(each))
      .map((each) => `"${each}" is no name of a table or column`),
    ...(new Set(tables.map((table) => table.name)).size === tables.length ? [] : ["two tables share a name"]),
    ...tables
      .filter(({ columns }) => "key" in (columns as object))
      .map((table) => `table ${table.name} has a column "key", which is the record's key already`),
  ];
};

/** Gives the view back. Throws TypeError that names every fault. */
export const defineView = (view: ViewDefinition): ViewDefinition => {
  const faults = faultsOf(view);
  if (faults.length > 0) throw new TypeError(faults.join("; "));
  return view;
};

/** What a file must have been made with, to be of use: version, topics, columns and indexes. */
export const fingerprintOf = ({ version, tables }: ViewDefinition): string =>
  createHash("sha256")
    .update(
      JSON.stringify([
        version,
        tables.map(({ name, topic, columns, indexes }) => [name, topic.name, columns, indexes]),
      ]),
    )
    .digest("hex");
