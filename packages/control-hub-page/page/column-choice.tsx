import { Checkbox, makeStyles, tokens } from "@fluentui/react-components";
import type { FocusEvent } from "react";
import { hub } from "./theme.ts";
import { useWords, type Word } from "./words.ts";

const useStyles = makeStyles({
  columns: {
    position: "relative",
    "& summary": {
      cursor: "pointer",
      fontSize: "14px",
      fontWeight: tokens.fontWeightSemibold,
      padding: "5px 8px",
      borderRadius: tokens.borderRadiusMedium,
      ":focus-visible": { outline: `2px solid ${tokens.colorStrokeFocus2}` },
    },
  },
  list: {
    position: "absolute",
    zIndex: 2,
    right: 0,
    minWidth: "200px",
    padding: "8px",
    display: "grid",
    backgroundColor: hub.hubSheet,
    border: `1px solid ${hub.hubLine}`,
    borderRadius: tokens.borderRadiusLarge,
    boxShadow: hub.hubShadow,
  },
});

/** Which columns of a table are seen; what {@link useHiddenColumns} keeps. */
export function ColumnChoice({
  columns,
  hidden,
  toggle,
}: {
  readonly columns: readonly { readonly id: string; readonly head: Word }[];
  readonly hidden: readonly string[];
  readonly toggle: (id: string) => void;
}) {
  const styles = useStyles();
  const t = useWords();
  const leave = ({ currentTarget, relatedTarget }: FocusEvent<HTMLDetailsElement>): void => {
    if (!currentTarget.contains(relatedTarget)) currentTarget.open = false;
  };
  return (
    <details
      className={styles.columns}
      onBlur={leave}
      onKeyDown={({ key, currentTarget }) => {
        if (key === "Escape") currentTarget.open = false;
      }}
    >
      <summary>{t("table.columns")}</summary>
      <div className={styles.list} role="group" aria-label={t("table.columns")}>
        {columns.map(({ id, head }) => (
          <Checkbox key={id} label={t(head)} checked={!hidden.includes(id)} onChange={() => toggle(id)} />
        ))}
      </div>
    </details>
  );
}
