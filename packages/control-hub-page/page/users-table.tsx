import { makeStyles, mergeClasses, tokens } from "@fluentui/react-components";
import { useVirtualizer } from "@tanstack/react-virtual";
import { type CSSProperties, type KeyboardEvent, type RefObject, useEffect, useRef, useState } from "react";
import type { UserRow } from "../src/api/index.ts";
import { hubNow } from "./api.ts";
import { When } from "./clock.tsx";
import { useReasons } from "./reasons.ts";
import { StateMark, StateSign } from "./signs.tsx";
import { hub } from "./theme.ts";
import { useWords } from "./words.ts";

const rowPx = 52;
const headerPx = 34;
/** Tries that are so near stand out. */
const nearMs = 3_600_000;

const useStyles = makeStyles({
  scroll: {
    overflowY: "auto",
    flexGrow: 1,
    minHeight: 0,
    position: "relative",
    ":focus-visible": { outline: `2px solid ${tokens.colorStrokeFocus2}`, outlineOffset: "-2px" },
  },
  body: { position: "relative" },
  line: {
    display: "grid",
    alignItems: "center",
    columnGap: "16px",
    gridTemplateColumns: "var(--columns)",
    paddingLeft: "36px",
    paddingRight: "36px",
    "@media (max-width: 900px)": {
      gridTemplateColumns: "minmax(0, 1fr) minmax(0, 1fr)",
      paddingLeft: "16px",
      paddingRight: "16px",
      "& > :nth-child(2)": { display: "none" },
      "& > :nth-child(n + 4)": { display: "none" },
    },
  },
  narrow: {
    gridTemplateColumns: "minmax(150px, 1.3fr) minmax(150px, 1fr) 84px",
    columnGap: "12px",
    paddingRight: "20px",
    "& > :nth-child(2)": { display: "none" },
    "& > :nth-child(5)": { display: "none" },
  },
  header: {
    height: `${headerPx}px`,
    position: "sticky",
    top: 0,
    zIndex: 1,
    backgroundColor: hub.hubSheet,
    borderBottom: `1px solid ${hub.hubLine}`,
    fontSize: "12px",
    fontWeight: tokens.fontWeightSemibold,
    color: tokens.colorNeutralForeground3,
  },
  row: {
    height: `${rowPx}px`,
    boxSizing: "border-box",
    position: "absolute",
    left: 0,
    right: 0,
    borderBottom: `1px solid ${hub.hubLineSoft}`,
    fontSize: "13px",
    cursor: "pointer",
    ":hover": { backgroundColor: hub.hubHover },
  },
  here: { boxShadow: `inset 0 0 0 1px ${tokens.colorStrokeFocus2}` },
  picked: {
    backgroundColor: hub.hubPicked,
    boxShadow: `inset 3px 0 0 ${tokens.colorBrandBackground}`,
    ":hover": { backgroundColor: hub.hubPicked },
  },
  name: {
    display: "flex",
    alignItems: "center",
    gap: "10px",
    minWidth: 0,
    fontWeight: tokens.fontWeightSemibold,
  },
  clip: { overflow: "hidden", textOverflow: "ellipsis", whiteSpace: "nowrap" },
  wrap: {
    display: "-webkit-box",
    WebkitLineClamp: 2,
    WebkitBoxOrient: "vertical",
    overflow: "hidden",
    lineHeight: "18px",
  },
  quiet: { color: tokens.colorNeutralForeground3 },
  due: { color: tokens.colorBrandForeground1, fontWeight: tokens.fontWeightSemibold },
});

/** What the table is made of. */
export interface UsersTableProps {
  readonly rows: readonly UserRow[];
  /** Columns that are not seen. */
  readonly hidden: readonly string[];
  readonly count: number;
  readonly open: string | undefined;
  readonly opened: (id: string | undefined) => void;
  readonly more: () => void;
  /** Users who are chosen to be given an order together. */
  readonly chosen: ReadonlySet<string>;
  /** Chooses a user, or does not any more. */
  readonly choose: (id: string) => void;
}

/** Columns beside the name, with their room. */
export const userColumns = [
  { id: "state", head: "users.state", room: "140px" },
  { id: "reason", head: "users.reason", room: "minmax(180px, 1.3fr)" },
  { id: "nextRetry", head: "users.nextRetry", room: "104px" },
  { id: "changed", head: "users.changed", room: "120px" },
] as const;

const roomOf = (hidden: readonly string[]): string =>
  [
    "minmax(200px, 1.35fr)",
    ...userColumns.filter(({ id }) => !hidden.includes(id)).map(({ room }) => room),
  ].join(" ");

const rowId = (id: string): string => `user-${id}`;

function Cell({ id, row }: { readonly id: (typeof userColumns)[number]["id"]; readonly row: UserRow }) {
  const styles = useStyles();
  const t = useWords();
  const reasonOf = useReasons();
  const reason = row.reason ?? row.unreadable?.code ?? null;
  const isNear = row.nextTryAt !== null && row.nextTryAt - hubNow() < nearMs;
  if (id === "state")
    return (
      <span role="gridcell">
        <StateMark state={row.state} />
      </span>
    );
  if (id === "reason")
    return (
      <span role="gridcell" className={mergeClasses(styles.wrap, styles.quiet)}>
        {reason !== null && reasonOf(reason).what}
      </span>
    );
  if (id === "nextRetry")
    return (
      <span role="gridcell" className={isNear ? styles.due : styles.quiet}>
        {row.nextTryAt !== null && <When at={row.nextTryAt} isPlain />}
      </span>
    );
  return (
    <span role="gridcell" className={styles.quiet}>
      {row.changedAt === null ? t("time.never") : <When at={row.changedAt} isPlain />}
    </span>
  );
}

function Cells({
  row,
  isNarrow,
  table: { chosen, choose, hidden },
}: {
  readonly row: UserRow;
  readonly isNarrow: boolean;
  readonly table: UsersTableProps;
}) {
  const styles = useStyles();
  const t = useWords();
  // Beside an open user there is room for two columns, and they are always the same.
  const isShown = (id: string): boolean => isNarrow || !hidden.includes(id);
  return (
    <>
      <span role="gridcell" className={styles.name}>
        {isNarrow ? (
          <StateSign state={row.state} />
        ) : (
          <input
            type="checkbox"
            // The table is one stop for the Tab key; there the space bar chooses.
            tabIndex={-1}
            aria-label={t("users.choose", { name: row.mailAddress })}
            checked={chosen.has(row.id)}
            onClick={(event) => event.stopPropagation()}
            onChange={() => choose(row.id)}
          />
        )}
        <span className={styles.clip} title={row.mailAddress}>
          {row.mailAddress}
        </span>
      </span>
      {userColumns.map(({ id }) => isShown(id) && <Cell key={id} id={id} row={row} />)}
    </>
  );
}

const useRows = (scroll: RefObject<HTMLDivElement | null>, { rows, more }: UsersTableProps) => {
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroll.current,
    estimateSize: () => rowPx,
    overscan: 6,
    scrollMargin: headerPx,
    scrollPaddingStart: headerPx,
  });
  const last = virtual.getVirtualItems().at(-1)?.index ?? 0;
  useEffect(() => {
    if (last >= rows.length - 20) more();
  }, [last, rows.length, more]);
  return virtual;
};

const moves: Readonly<Record<string, (at: number, last: number) => number>> = {
  ArrowDown: (at) => at + 1,
  j: (at) => at + 1,
  ArrowUp: (at) => at - 1,
  k: (at) => at - 1,
  PageDown: (at) => at + 10,
  PageUp: (at) => at - 10,
  Home: () => 0,
  End: (_at, last) => last,
};

/** One stop for the Tab key; arrows walk, Enter opens, Escape closes, the space bar chooses. */
const useKeys = ({ rows, open, opened, choose }: UsersTableProps, show: (index: number) => void) => {
  const [here, setHere] = useState(-1);
  const pressed = (event: KeyboardEvent): void => {
    if (event.key === "Escape") return opened(undefined);
    const row = rows[here];
    if (event.key === "Enter" && row) return opened(row.id);
    if (event.key === " " && row && open === undefined) {
      event.preventDefault();
      return choose(row.id);
    }
    const move = moves[event.key];
    if (!move) return undefined;
    event.preventDefault();
    const next = Math.max(0, Math.min(rows.length - 1, move(here, rows.length - 1)));
    setHere(next);
    show(next);
    const at = rows[next];
    if (open !== undefined && at) opened(at.id);
    return undefined;
  };
  return { here, pressed };
};

function Header({ isNarrow, hidden }: { readonly isNarrow: boolean; readonly hidden: readonly string[] }) {
  const styles = useStyles();
  const t = useWords();
  const shown = userColumns.filter(({ id }) => isNarrow || !hidden.includes(id));
  return (
    <div
      className={mergeClasses(styles.line, isNarrow && styles.narrow, styles.header)}
      role="row"
      aria-rowindex={1}
    >
      {[{ id: "name", head: "users.name" } as const, ...shown].map(({ id, head }) => (
        <span key={id} role="columnheader">
          {t(head)}
        </span>
      ))}
    </div>
  );
}

/** Users as rows of one height, of which those alone are drawn that can be seen. */
export function UsersTable(table: UsersTableProps) {
  const { rows, count, open, opened } = table;
  const styles = useStyles();
  const t = useWords();
  const scroll = useRef<HTMLDivElement>(null);
  const virtual = useRows(scroll, table);
  const { here, pressed } = useKeys(table, (index) => virtual.scrollToIndex(index));
  const items = virtual.getVirtualItems();
  const isNarrow = open !== undefined;
  const focused = rows[here];
  return (
    <div
      className={styles.scroll}
      ref={scroll}
      role="grid"
      tabIndex={0}
      aria-label={t("nav.users")}
      aria-rowcount={count + 1}
      aria-activedescendant={focused ? rowId(focused.id) : undefined}
      onKeyDown={pressed}
      style={{ "--columns": roomOf(table.hidden) } as CSSProperties}
    >
      <Header isNarrow={isNarrow} hidden={table.hidden} />
      <div role="rowgroup" className={styles.body} style={{ height: `${virtual.getTotalSize()}px` }}>
        {items.map(({ index, start }) => {
          const row = rows[index];
          if (!row) return null;
          return (
            <div
              key={row.id}
              id={rowId(row.id)}
              role="row"
              aria-rowindex={index + 2}
              aria-selected={row.id === open}
              style={{ transform: `translateY(${start - headerPx}px)` }}
              className={mergeClasses(
                styles.line,
                isNarrow && styles.narrow,
                styles.row,
                index === here && styles.here,
                row.id === open && styles.picked,
              )}
              onClick={() => opened(row.id)}
            >
              <Cells row={row} isNarrow={isNarrow} table={table} />
            </div>
          );
        })}
      </div>
    </div>
  );
}
