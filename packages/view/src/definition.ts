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

/** A column that SQL makes from the others of its row. */
export interface DerivedColumn {
  readonly type: Exclude<ColumnType, "sealed">;
  /** An expression over the row's columns and `key`, deterministic; never from outside. */
  readonly sql: string;
}

/**
 * A table, made from one topic: a row for each key, as its latest record says. Entries of a view that share a
 * name make one table together: each fills its own columns of the rows that they share by key.
 */
export interface ViewTable<
  Value = unknown,
  Columns extends Readonly<Record<string, ColumnType>> = Readonly<Record<string, ColumnType>>,
> {
  /** Letters, digits and underscores. Beside the columns the table has `key`. */
  readonly name: string;
  readonly topic: TopicContract<Value>;
  readonly columns: Columns;
  /** Columns that follow from those of all entries of the table; they can be looked for as others can. */
  readonly derived?: Readonly<Record<string, DerivedColumn>>;
  /** Lists of columns by which rows are looked for. */
  readonly indexes: readonly (readonly string[])[];
  /**
   * Lists of columns: for each the table `<name>_counted_by_<columns>` has a row for every set of their
   * values, with the number of rows in `n`, which may be 0. It is kept in the transaction that changes the
   * rows, once the view has been caught up; before that it is missing.
   */
  readonly counts?: readonly (readonly string[])[];
  /**
   * A row for each record instead of each key: the latest ones of a key, this many at most. The row's key is
   * the record's, a blank, and digits that grow. A compacted topic gives those that it still has.
   */
  readonly recordsKept?: number;
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

const columnsOf = ({ columns, derived }: AnyViewTable): readonly string[] => [
  ...Object.keys(columns as object),
  ...Object.keys(derived ?? {}),
];

/** Entries that make one table need topics and columns of their own, and share rows by key alone. */
const sharingFaults = (tables: readonly AnyViewTable[]): readonly string[] =>
  [...Map.groupBy(tables, (table) => table.name).values()].flatMap((entries) => {
    const topics = new Set(entries.map(({ topic }) => (topic as TopicContract<unknown>).name));
    const columns = entries.flatMap(columnsOf);
    const [{ name }] = entries as [AnyViewTable];
    const unknown = entries
      .flatMap(({ indexes, counts = [] }) => [...indexes, ...counts].flat())
      .filter((column) => column !== "key" && !columns.includes(column));
    return [
      ...(topics.size === entries.length ? [] : [`two tables share a name and a topic: ${name}`]),
      ...(new Set(columns).size === columns.length ? [] : [`two columns of table ${name} share a name`]),
      ...(entries.length > 1 && entries.some(({ recordsKept }) => recordsKept !== undefined)
        ? [`table ${name} keeps records, so it cannot be made of several topics`]
        : []),
      ...unknown.map((column) => `table ${name} has no column "${column}" to look for or to count by`),
    ];
  });

const faultsOf = ({ name, tables }: ViewDefinition): readonly string[] => {
  const names = tables.flatMap((table) => [table.name, ...columnsOf(table)]);
  return [
    ...(/^[a-z]+(-[a-z]+)*$/.test(name) ? [] : [`view name "${name}" is not kebab-case`]),
    ...(tables.length > 0 ? [] : [`view ${name} has no tables`]),
    ...names
      .filter((each) => !identifier.test(each))
      .map((each) => `"${each}" is no name of a table or column`),
    ...sharingFaults(tables),
    ...tables
      .filter((table) => columnsOf(table).includes("key"))
      .map((table) => `table ${table.name} has a column "key", which is the record's key already`),
  ];
};

/** Gives the view back. Throws TypeError that names every fault. */
export const defineView = (view: ViewDefinition): ViewDefinition => {
  const faults = faultsOf(view);
  if (faults.length > 0) throw new TypeError(faults.join("; "));
  return view;
};

/** Raised when tables are laid out in another way. */
const layout = 2;

/** What a file must have been made with, to be of use: layout, version, topics, columns, indexes, counts. */
export const fingerprintOf = ({ version, tables }: ViewDefinition): string =>
  createHash("sha256")
    .update(
      JSON.stringify([
        layout,
        version,
        tables.map(({ name, topic, columns, indexes, counts, derived, recordsKept }) => [
          [name, topic.name, columns, indexes],
          [derived, recordsKept, counts],
        ]),
      ]),
    )
    .digest("hex");
