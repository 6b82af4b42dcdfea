import { makeStyles, mergeClasses, tokens } from "@fluentui/react-components";
import type { UserStateName } from "../src/api/index.ts";
import { hub } from "./theme.ts";
import { useWords } from "./words.ts";

const useStyles = makeStyles({
  mark: {
    display: "inline-flex",
    alignItems: "center",
    gap: "7px",
    fontWeight: tokens.fontWeightSemibold,
    verticalAlign: "bottom",
  },
  short: { whiteSpace: "nowrap" },
  sign: { flexShrink: 0, display: "block" },
  active: { color: hub.hubActive },
  error: { color: hub.hubError },
  notActivated: { color: hub.hubWaiting },
  disabled: { color: hub.hubOff },
});

const drawings: Readonly<Record<UserStateName, React.ReactElement>> = {
  active: (
    <>
      <circle cx="8" cy="8" r="7" fill="currentColor" />
      <path
        d="m4.9 8.2 2.1 2.1 4.1-4.4"
        stroke={hub.hubSheet}
        strokeWidth="1.7"
        strokeLinecap="round"
        strokeLinejoin="round"
      />
    </>
  ),
  error: (
    <>
      <path d="M5.3 1h5.4L15 5.3v5.4L10.7 15H5.3L1 10.7V5.3Z" fill="currentColor" />
      <path d="M8 4.3v4.4" stroke={hub.hubSheet} strokeWidth="1.8" strokeLinecap="round" />
      <circle cx="8" cy="11.3" r="1.1" fill={hub.hubSheet} />
    </>
  ),
  notActivated: (
    <circle cx="8" cy="8" r="6.2" stroke="currentColor" strokeWidth="1.8" strokeDasharray="2.4 2.47" />
  ),
  disabled: (
    <>
      <circle cx="8" cy="8" r="6.2" stroke="currentColor" strokeWidth="1.6" />
      <path d="M5.2 8h5.6" stroke="currentColor" strokeWidth="1.8" strokeLinecap="round" />
    </>
  ),
};

/** Four silhouettes that are told apart without colour. Its word stands beside it. */
export function StateSign({ state, size = 16 }: { readonly state: UserStateName; readonly size?: number }) {
  const styles = useStyles();
  return (
    <svg
      className={mergeClasses(styles.sign, styles[state])}
      width={size}
      height={size}
      viewBox="0 0 16 16"
      fill="none"
      aria-hidden="true"
    >
      {drawings[state]}
    </svg>
  );
}

/** A state with its sign and its word. */
export function StateMark({ state, word }: { readonly state: UserStateName; readonly word?: string }) {
  const styles = useStyles();
  const t = useWords();
  return (
    // A word keeps to its line; a sentence may need several.
    <span className={mergeClasses(styles.mark, (word ?? "").length < 24 && styles.short, styles[state])}>
      <StateSign state={state} /> {word ?? t(`state.${state}`)}
    </span>
  );
}

/** Two tracks that move together. */
export function ProductSign() {
  return (
    <svg width="24" height="24" viewBox="0 0 24 24" aria-hidden="true">
      <rect width="24" height="24" rx="7" fill={tokens.colorBrandBackground} />
      <path
        d="M5.5 9.2h4.2l4.4-2.4h4.4M5.5 15.6h4.2l4.4-2.4h4.4"
        fill="none"
        stroke="#fff"
        strokeWidth="2"
        strokeLinecap="round"
        strokeLinejoin="round"
      />
    </svg>
  );
}
