import { Button, makeStyles, mergeClasses, tokens } from "@fluentui/react-components";
import { CheckmarkRegular, ChevronRightRegular } from "@fluentui/react-icons";
import { Link, useNavigate } from "@tanstack/react-router";
import { type ReactNode, useId } from "react";
import { useLayout } from "./layout.ts";
import { PageTitle } from "./page-states.tsx";
import { hub } from "./theme.ts";
import { useWords } from "./words.ts";

const useStyles = makeStyles({
  frame: {
    display: "grid",
    gridTemplateColumns: "252px minmax(0, 1fr)",
    gridTemplateRows: "auto minmax(0, 1fr) auto",
    flexGrow: 1,
    minHeight: 0,
    "@media (max-width: 900px)": {
      gridTemplateColumns: "minmax(0, 1fr)",
      gridTemplateRows: "auto auto minmax(0, 1fr) auto",
    },
  },
  head: { gridColumn: "1 / -1", padding: "22px 36px 0" },
  steps: { listStyle: "none", margin: 0, padding: "26px 8px 0 36px", overflowY: "auto" },
  step: {
    display: "grid",
    gridTemplateColumns: "26px 1fr",
    columnGap: "12px",
    minHeight: "58px",
    position: "relative",
    fontSize: "13.5px",
    lineHeight: "20px",
    color: tokens.colorNeutralForeground3,
    ":not(:last-child)::before": {
      content: '""',
      position: "absolute",
      left: "12.5px",
      top: "30px",
      bottom: "4px",
      width: "1px",
      backgroundColor: hub.hubLine,
    },
    "@media (max-width: 900px)": { minHeight: "32px", ":not(:last-child)::before": { display: "none" } },
  },
  here: { color: tokens.colorNeutralForeground1, fontWeight: tokens.fontWeightSemibold },
  ball: {
    width: "26px",
    height: "26px",
    boxSizing: "border-box",
    borderRadius: "50%",
    display: "grid",
    placeItems: "center",
    fontSize: "12px",
    border: `1.5px solid ${tokens.colorNeutralStroke1}`,
    fontVariantNumeric: "tabular-nums",
  },
  ballHere: {
    backgroundColor: tokens.colorBrandBackground,
    color: tokens.colorNeutralForegroundOnBrand,
    border: "none",
  },
  ballDone: { color: hub.hubActive, border: `1.5px solid ${hub.hubActive}` },
  label: { paddingTop: "3px" },
  note: {
    display: "block",
    fontSize: "12px",
    lineHeight: "16px",
    fontWeight: tokens.fontWeightRegular,
    color: tokens.colorNeutralForeground3,
    paddingBottom: "16px",
  },
  body: { overflowY: "auto", padding: "26px 36px 28px 28px" },
  foot: {
    gridColumn: "1 / -1",
    display: "flex",
    gap: "10px",
    alignItems: "center",
    padding: "12px 36px",
    borderTop: `1px solid ${hub.hubLine}`,
    fontSize: "13px",
    color: tokens.colorNeutralForeground3,
  },
  grow: { flexGrow: 1 },
});

/** A step of a wizard. */
export interface WizardStep<Name extends string> {
  readonly name: Name;
  readonly label: string;
  /** One line of where it stands. */
  readonly note?: string | undefined;
  readonly isDone?: boolean;
}

/** What stands in the foot beside the way out. */
export interface WizardNext {
  readonly label: string;
  /** Why it cannot be pressed yet; undefined: it can. */
  readonly why?: string | undefined;
  readonly press: () => void;
}

function Steps<Name extends string>({
  steps,
  here,
}: {
  readonly steps: readonly WizardStep<Name>[];
  readonly here: Name;
}) {
  const styles = useStyles();
  const layout = useLayout();
  const t = useWords();
  return (
    <ol className={styles.steps}>
      {steps.map(({ name, label, note, isDone = false }, index) => {
        const isHere = name === here;
        const ball = mergeClasses(styles.ball, isHere ? styles.ballHere : isDone && styles.ballDone);
        return (
          <li
            key={name}
            className={mergeClasses(styles.step, isHere && styles.here)}
            aria-current={isHere ? "step" : undefined}
          >
            <span className={ball}>
              {isDone && !isHere ? <CheckmarkRegular aria-hidden="true" /> : index + 1}
            </span>
            <span className={styles.label}>
              {label}
              {isDone && <span className={layout.hidden}> {t("check.done")}</span>}
              {note && <span className={styles.note}>{note}</span>}
            </span>
          </li>
        );
      })}
    </ol>
  );
}

function Foot({ org, next }: { readonly org: string; readonly next?: WizardNext | undefined }) {
  const styles = useStyles();
  const t = useWords();
  const navigate = useNavigate();
  const id = useId();
  return (
    <div className={styles.foot}>
      <Button onClick={() => void navigate({ to: "/o/$org/hybrid", params: { org } })}>
        {t("action.leave")}
      </Button>
      <span className={styles.grow} />
      <span id={id}>{next?.why}</span>
      {next && (
        <Button
          appearance="primary"
          disabledFocusable={next.why !== undefined}
          aria-describedby={id}
          onClick={() => {
            if (next.why === undefined) next.press();
          }}
        >
          {next.label}
        </Button>
      )}
    </div>
  );
}

/** The shape that all wizards have: steps at the left, the step in the sheet, a foot that stays. */
export function Wizard<Name extends string>({
  org,
  service,
  title,
  steps,
  here,
  next,
  children,
}: {
  readonly org: string;
  readonly service: string;
  readonly title: string;
  readonly steps: readonly WizardStep<Name>[];
  readonly here: Name;
  readonly next?: WizardNext | undefined;
  readonly children: ReactNode;
}) {
  const styles = useStyles();
  const layout = useLayout();
  const t = useWords();
  return (
    <div className={styles.frame}>
      <div className={styles.head}>
        <nav className={layout.crumbs} aria-label={t("groups.where")}>
          <Link to="/o/$org/hybrid" params={{ org }}>
            {t("nav.hybrid")}
          </Link>
          <ChevronRightRegular /> {service}
        </nav>
        <PageTitle title={title}>{title}</PageTitle>
      </div>
      <Steps steps={steps} here={here} />
      <div className={styles.body}>{children}</div>
      <Foot org={org} next={next} />
    </div>
  );
}
