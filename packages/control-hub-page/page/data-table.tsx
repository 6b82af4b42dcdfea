import { Button, Input, makeStyles, mergeClasses, tokens } from "@fluentui/react-components";
import { ArrowDownloadRegular, SearchRegular } from "@fluentui/react-icons";
import {
  type ColumnDef,
  columnFilteringFeature,
  columnVisibilityFeature,
  createFilteredRowModel,
  createSortedRowModel,
  globalFilteringFeature,
  type Row,
  rowSortingFeature,
  tableFeatures,
  useTable,
} from "@tanstack/react-table";
import { useVirtualizer } from "@tanstack/react-virtual";
import { type ReactNode, useEffect, useRef } from "react";
import { ColumnChoice } from "./column-choice.tsx";
import { useLayout } from "./layout.ts";
import { Empty, Fault, Loading } from "./page-states.tsx";
import { useHiddenColumns, useTableAddress } from "./table-choices.ts";
import { saveCsv } from "./table-csv.ts";
import { locale, useWords, type Word } from "./words.ts";

/** What a cell is sorted, looked for and exported as. */
type Plain = string | number | null;

/** A column of a table. */
export interface DataColumn<Item> {
  readonly id: string;
  readonly head: Word;
  readonly cell: (item: Item) => ReactNode;
  /** Left out: the column holds what can be done, and nothing to sort, find or export. */
  readonly value?: (item: Item) => Plain;
  /** `amount` stands at the right; a `moment` is exported with its offset and not searched. */
  readonly kind?: "amount" | "moment";
  /** It names the row and is always seen. */
  readonly isFixed?: boolean;
}

/** A table with what all tables have. */
export interface DataTableProps<Item> {
  /** Stands in the address and in the name of a file. */
  readonly name: string;
  /** What a screen reader calls the table. */
  readonly label: string;
  readonly columns: readonly DataColumn<Item>[];
  /** Undefined: they are not here yet. */
  readonly rows: readonly Item[] | undefined;
  readonly keyOf: (item: Item) => string;
  readonly error?: unknown;
  readonly again?: () => void;
  /** What is said where there is nothing. */
  readonly empty: { readonly what: string; readonly how?: string };
  /** The address of the whole table at the service; what is shown is exported when left out. */
  readonly csv?: string;
  /** Rows behind those that are here. */
  readonly more?: { readonly isLoading: boolean; readonly load: () => void } | undefined;
}

const features = tableFeatures({
  columnFilteringFeature,
  columnVisibilityFeature,
  globalFilteringFeature,
  rowSortingFeature,
  filteredRowModel: createFilteredRowModel(),
  sortedRowModel: createSortedRowModel(),
});
type Features = typeof features;

const useStyles = makeStyles({
  tools: { display: "flex", gap: "8px", alignItems: "center", flexWrap: "wrap", marginTop: "16px" },
  search: { width: "260px", maxWidth: "100%" },
  sort: {
    border: "none",
    padding: 0,
    margin: 0,
    background: "none",
    font: "inherit",
    color: "inherit",
    cursor: "pointer",
    textAlign: "inherit",
    minHeight: "24px",
    ":hover": { color: tokens.colorNeutralForeground1 },
    ":focus-visible": { outline: `2px solid ${tokens.colorStrokeFocus2}`, outlineOffset: "2px" },
  },
});

const isBefore = (a: Plain, b: Plain, collator: Intl.Collator): number =>
  typeof a === "number" && typeof b === "number" ? a - b : collator.compare(String(a), String(b));

const useDataTable = <Item,>({ columns, rows, keyOf, name }: DataTableProps<Item>) => {
  const address = useTableAddress(name);
  const { hidden, toggle } = useHiddenColumns(name);
  const collator = new Intl.Collator(locale(), { numeric: true, sensitivity: "base" });
  const { order, looksFor } = address;
  const sorted = order !== null && columns.some(({ id, value }) => id === order.id && value);
  const table = useTable<Features, { readonly item: Item }>({
    features,
    getRowId: ({ item }) => keyOf(item),
    data: (rows ?? []).map((item) => ({ item })),
    columns: columns.map(
      ({ id, value }): ColumnDef<Features, { readonly item: Item }> => ({
        id,
        accessorFn: ({ item }) => value?.(item) ?? null,
        sortFn: (a, b) => {
          const [one, other] = [a.getValue<Plain>(id), b.getValue<Plain>(id)];
          // Nothing stands last, whichever way.
          if (one === null || other === null)
            return (Number(one === null) - Number(other === null)) * (order?.desc === true ? -1 : 1);
          return isBefore(one, other, collator);
        },
      }),
    ),
    getColumnCanGlobalFilter: ({ id }) =>
      columns.some((each) => each.id === id && each.value && each.kind !== "moment"),
    globalFilterFn: (row, id, wanted) =>
      String(row.getValue(id) ?? "")
        .toLocaleLowerCase(locale())
        .includes(String(wanted).toLocaleLowerCase(locale())),
    state: {
      sorting: sorted ? [order] : [],
      globalFilter: looksFor,
      columnVisibility: Object.fromEntries(hidden.map((id) => [id, false])),
      columnFilters: [],
    },
  });
  const shown = columns.filter(({ id, isFixed }) => isFixed === true || !hidden.includes(id));
  return { address, hidden, toggle, shown, found: table.getRowModel().rows };
};

type Found<Item> = readonly Row<Features, { readonly item: Item }>[];
type Held<Item> = ReturnType<typeof useDataTable<Item>>;

const csvRows = <Item,>(
  shown: readonly DataColumn<Item>[],
  found: Found<Item>,
  nameOf: (word: Word) => string,
): Plain[][] => {
  const exported = shown.filter(({ value }) => value);
  const cells = found.map(({ original: { item } }) =>
    exported.map(({ value, kind }) => {
      const cell = value?.(item) ?? null;
      return kind === "moment" && typeof cell === "number" ? new Date(cell).toISOString() : cell;
    }),
  );
  return [exported.map(({ head }) => nameOf(head)), ...cells];
};

function Tools<Item>({ table, held }: { readonly table: DataTableProps<Item>; readonly held: Held<Item> }) {
  const styles = useStyles();
  const layout = useLayout();
  const t = useWords();
  const { address, shown, found } = held;
  return (
    <div className={styles.tools}>
      <Input
        className={styles.search}
        type="search"
        contentBefore={<SearchRegular />}
        aria-label={t("table.search", { table: table.label })}
        placeholder={t("table.searchHere")}
        value={address.looksFor}
        onChange={(_event, { value }) => address.lookFor(value)}
      />
      <span className={layout.grow} role="status">
        {address.looksFor !== "" && (
          <span className={layout.quiet}>{t("table.found", { count: found.length })}</span>
        )}
      </span>
      <ColumnChoice
        columns={table.columns.filter(({ isFixed, value }) => isFixed !== true && value)}
        hidden={held.hidden}
        toggle={held.toggle}
      />
      {table.csv === undefined ? (
        <Button
          size="small"
          appearance="subtle"
          icon={<ArrowDownloadRegular />}
          onClick={() => void saveCsv(table.name, csvRows(shown, found, t))}
        >
          {t("action.downloadCsv")}
        </Button>
      ) : (
        <Button size="small" appearance="subtle" as="a" href={table.csv} icon={<ArrowDownloadRegular />}>
          {t("action.downloadCsv")}
        </Button>
      )}
    </div>
  );
}

function Heads<Item>({ held: { shown, address } }: { readonly held: Held<Item> }) {
  const styles = useStyles();
  const layout = useLayout();
  const t = useWords();
  const { order, sortBy } = address;
  const next = (id: string): void => {
    if (order?.id !== id) return sortBy({ id, desc: false });
    return sortBy(order.desc ? null : { id, desc: true });
  };
  return (
    <thead>
      <tr>
        {shown.map(({ id, head, value, kind }) => {
          const way = order?.id === id ? (order.desc ? "descending" : "ascending") : undefined;
          const className = mergeClasses(layout.th, kind === "amount" && layout.amount);
          if (!value)
            return (
              <th key={id} className={className}>
                <span className={layout.hidden}>{t(head)}</span>
              </th>
            );
          return (
            <th key={id} className={className} aria-sort={way ?? "none"}>
              <button type="button" className={styles.sort} onClick={() => next(id)}>
                {t(head)}
                {way && <span aria-hidden="true">{way === "ascending" ? " ↑" : " ↓"}</span>}
              </button>
            </th>
          );
        })}
      </tr>
    </thead>
  );
}

/** What scrolls a table: the page that it stands on. */
const scrollerOf = (element: Element | null): Element | null => {
  for (let at = element?.parentElement ?? null; at; at = at.parentElement)
    if (getComputedStyle(at).overflowY === "auto" && at.scrollHeight > at.clientHeight) return at;
  return document.scrollingElement;
};

const rowPx = 44;

function Rows<Item>({
  found,
  shown,
}: {
  readonly found: Found<Item>;
  readonly shown: readonly DataColumn<Item>[];
}) {
  const layout = useLayout();
  const body = useRef<HTMLTableSectionElement>(null);
  const virtual = useVirtualizer({
    count: found.length,
    getScrollElement: () => scrollerOf(body.current),
    estimateSize: () => rowPx,
    getItemKey: (index) => found[index]?.id ?? index,
    initialRect: { width: 1_000, height: 1_000 },
    overscan: 20,
  });
  const items = virtual.getVirtualItems();
  const above = items[0]?.start ?? 0;
  const below = virtual.getTotalSize() - (items.at(-1)?.end ?? 0);
  const gap = (height: number) =>
    height > 0 && (
      <tr aria-hidden="true">
        <td style={{ height: `${height}px`, padding: 0 }} />
      </tr>
    );
  return (
    <tbody ref={body}>
      {gap(above)}
      {items.map(({ index, key }) => {
        const row = found[index];
        if (!row) return null;
        return (
          <tr key={key} data-index={index} ref={virtual.measureElement} aria-rowindex={index + 2}>
            {shown.map(({ id, cell, kind }) => (
              <td key={id} className={mergeClasses(layout.td, kind === "amount" && layout.amount)}>
                {cell(row.original.item)}
              </td>
            ))}
          </tr>
        );
      })}
      {gap(below)}
    </tbody>
  );
}

/** Rows that can be sorted, searched and taken along as CSV, by columns that are chosen; drawn where seen. */
export function DataTable<Item>(table: DataTableProps<Item>) {
  const { label, rows, error, again, empty, more } = table;
  const layout = useLayout();
  const t = useWords();
  const held = useDataTable(table);
  const { address, found, shown } = held;
  // What is sorted or looked for may stand among the rows that are not here yet.
  const needsAll = address.order !== null || address.looksFor !== "";
  useEffect(() => {
    if (needsAll && more && !more.isLoading) more.load();
  }, [needsAll, more]);
  if (rows === undefined) return error ? <Fault error={error} {...(again ? { again } : {})} /> : <Loading />;
  if (rows.length === 0) return <Empty {...empty} />;
  return (
    <section aria-label={label}>
      <Tools table={table} held={held} />
      <div className={layout.scroll}>
        <table className={layout.table} aria-rowcount={found.length + 1}>
          <caption className={layout.hidden}>{label}</caption>
          <Heads held={held} />
          <Rows found={found} shown={shown} />
        </table>
      </div>
      {found.length === 0 && <Empty what={t("table.nothingFound")} />}
      {more && (
        <Button disabledFocusable={more.isLoading} onClick={more.load}>
          {t(more.isLoading ? "load.loading" : "audit.more")}
        </Button>
      )}
    </section>
  );
}
