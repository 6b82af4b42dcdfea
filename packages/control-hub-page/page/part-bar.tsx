import { makeStyles, mergeClasses } from "@fluentui/react-components";
import type { UserStateName } from "../src/api/index.ts";
import { hub } from "./theme.ts";

const useStyles = makeStyles({
  bar: {
    display: "flex",
    gap: "2px",
    height: "8px",
    margin: "20px 0 12px",
    borderRadius: "4px",
    overflow: "hidden",
  },
  part: { minWidth: "6px", flexBasis: 0 },
  active: { backgroundColor: hub.hubActiveFill },
  error: { backgroundColor: hub.hubErrorFill },
  notActivated: { backgroundColor: hub.hubWaitingFill },
  disabled: { backgroundColor: hub.hubOffFill },
});

/** Parts of a whole in the colours of states. The numbers stand beside it, so it says nothing by itself. */
export function PartBar({
  parts,
}: {
  readonly parts: readonly { readonly state: UserStateName; readonly count: number }[];
}) {
  const styles = useStyles();
  return (
    <div className={styles.bar} aria-hidden="true">
      {parts
        .filter(({ count }) => count > 0)
        .map(({ state, count }) => (
          <span
            key={state}
            className={mergeClasses(styles.part, styles[state])}
            style={{ flexGrow: count }}
          />
        ))}
    </div>
  );
}
