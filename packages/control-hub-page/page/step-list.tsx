import { makeStyles } from "@fluentui/react-components";
import type { ReactNode } from "react";
import type { UserStateName } from "../src/api/index.ts";
import { useLayout } from "./layout.ts";
import { StateSign } from "./signs.tsx";
import { hub } from "./theme.ts";
import { useWords, type Word } from "./words.ts";

const useStyles = makeStyles({
  list: { listStyle: "none", margin: "16px 0 0", padding: 0, borderTop: `1px solid ${hub.hubLine}` },
  item: {
    display: "grid",
    gridTemplateColumns: "20px minmax(0, 1fr) auto",
    columnGap: "12px",
    padding: "9px 12px 9px 6px",
    borderBottom: `1px solid ${hub.hubLineSoft}`,
    fontSize: "13.5px",
    lineHeight: "20px",
    alignItems: "start",
  },
  sign: { paddingTop: "2px" },
});

/** A step that was taken, is being taken, or waits. */
export interface ListedStep {
  readonly key: string;
  readonly state: UserStateName;
  readonly label: string;
  /** What came of it, in a word; that of the state when left out. */
  readonly word?: string;
  readonly more?: ReactNode;
}

const words: Readonly<Record<UserStateName, Word>> = {
  active: "check.done",
  error: "check.failed",
  notActivated: "check.waits",
  disabled: "check.waits",
};

/** Steps one below the other, each with its sign and its word. */
export function StepList({ steps }: { readonly steps: readonly ListedStep[] }) {
  const styles = useStyles();
  const layout = useLayout();
  const t = useWords();
  return (
    <ul className={styles.list}>
      {steps.map(({ key, state, label, word, more }) => (
        <li key={key} className={styles.item}>
          <span className={styles.sign}>
            <StateSign state={state} />
          </span>
          <div>
            {label}
            {more}
          </div>
          <span className={layout.quiet}>{word ?? t(words[state])}</span>
        </li>
      ))}
    </ul>
  );
}
