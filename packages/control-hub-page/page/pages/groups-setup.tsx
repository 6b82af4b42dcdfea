import { Button, Link as FluentLink, makeStyles, mergeClasses, tokens } from "@fluentui/react-components";
import { ChevronRightRegular, OpenRegular } from "@fluentui/react-icons";
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useParams } from "@tanstack/react-router";
import type { ReactElement } from "react";
import type { GroupsState } from "../../src/api/index.ts";
import { ActButton } from "../acts.tsx";
import { useLayout } from "../layout.ts";
import { useOrder } from "../orders.ts";
import { Empty, Fault, Loading, PageTitle } from "../page-states.tsx";
import { Prerequisites } from "../prerequisites.tsx";
import { groupsQuery } from "../queries.ts";
import { StateMark } from "../signs.tsx";
import { hub } from "../theme.ts";
import { useWords } from "../words.ts";
import { GroupsSwitch } from "./groups-settings.tsx";

const steps = ["prerequisites", "authorize", "accept", "done", "enable"] as const;
type Step = (typeof steps)[number];

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
  steps: { listStyle: "none", margin: 0, padding: "26px 8px 0 36px" },
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
  permissions: { margin: "16px 0 0", paddingLeft: "18px", fontSize: "13px", lineHeight: "22px" },
});

function Steps({ here, groups }: { readonly here: Step; readonly groups: GroupsState }) {
  const styles = useStyles();
  const t = useWords();
  const met = groups.checks.filter(({ state }) => state === "met").length;
  const notes: Partial<Record<Step, string>> = {
    prerequisites: t("groups.count", { done: met, all: groups.checks.length }),
    authorize: t("groups.read"),
  };
  return (
    <ol className={styles.steps}>
      {steps.map((step, index) => (
        <li
          key={step}
          className={mergeClasses(styles.step, step === here && styles.here)}
          aria-current={step === here ? "step" : undefined}
        >
          <span className={mergeClasses(styles.ball, step === here && styles.ballHere)}>{index + 1}</span>
          <span className={styles.label}>
            {t(`groups.step.${step}`)}
            {notes[step] && <span className={styles.note}>{notes[step]}</span>}
          </span>
        </li>
      ))}
    </ol>
  );
}

const permissions = [
  ["Group.ReadWrite.All", "groups.permission.Group"],
  ["User.Read.All", "groups.permission.User"],
  ["Files.ReadWrite.All", "groups.permission.Files"],
  ["Organization.Read.All", "groups.permission.Organization"],
] as const;

function Authorize() {
  const styles = useStyles();
  const layout = useLayout();
  const t = useWords();
  return (
    <>
      <h2 className={layout.h2}>{t("groups.step.authorize")}</h2>
      <p className={layout.lead}>{t("groups.permissionsNote")}</p>
      <ul className={styles.permissions}>
        {permissions.map(([name, word]) => (
          <li key={name}>
            <span className={layout.strong}>{name}</span>: {t(word)}
          </li>
        ))}
      </ul>
    </>
  );
}

function Accept({ org, groups }: { readonly org: string; readonly groups: GroupsState }) {
  const layout = useLayout();
  const t = useWords();
  const { give, progress } = useOrder(false);
  return (
    <>
      <h2 className={layout.h2}>{t("groups.step.accept")}</h2>
      <p className={layout.lead}>{t("groups.acceptLead")}</p>
      <p>
        <FluentLink href="https://entra.microsoft.com" target="_blank" rel="noreferrer">
          {t("groups.openEntra")} <OpenRegular />
        </FluentLink>
      </p>
      <div className={layout.buttons}>
        {groups.isAuthorised ? (
          <StateMark state="active" word={t("check.done")} />
        ) : (
          <ActButton
            appearance="primary"
            onClick={() => void give(`/o/${org}/groups/orders`, { order: "authorise" })}
          >
            {t("action.accept")}
          </ActButton>
        )}
        <span className={layout.quiet} role="status">
          {progress.text}
        </span>
      </div>
    </>
  );
}

function Done({ groups }: { readonly groups: GroupsState }) {
  const layout = useLayout();
  const t = useWords();
  return (
    <>
      <h2 className={layout.h2}>{t(groups.isAuthorised ? "check.done" : "check.missing")}</h2>
      <p className={layout.lead} role="status">
        {t(groups.isAuthorised ? "groups.authorised" : "groups.notAuthorised")}
      </p>
    </>
  );
}

/** Why the next step cannot be taken yet; undefined: it can. */
const useWhyNot = (step: Step, groups: GroupsState): string | undefined => {
  const t = useWords();
  // The permissions are a step of their own, so their tick comes later than Next.
  const missing = groups.checks.some(({ state, name }) => state !== "met" && name !== "globalAdministrator");
  if (step === "prerequisites" && missing) return t("pre.nextWaits");
  return step === "accept" && !groups.isAuthorised ? t("groups.notAuthorised") : undefined;
};

function Foot({
  org,
  step,
  groups,
}: {
  readonly org: string;
  readonly step: Step;
  readonly groups: GroupsState;
}) {
  const styles = useStyles();
  const t = useWords();
  const navigate = useNavigate();
  const why = useWhyNot(step, groups);
  const next = steps[steps.indexOf(step) + 1];
  const words = {
    prerequisites: "action.next",
    authorize: "action.authorize",
    accept: "action.next",
  } as const;
  const word = step in words ? words[step as keyof typeof words] : "action.goToSettings";
  const go = (to: Step): void =>
    void navigate({ to: "/o/$org/hybrid/groups/setup/$step", params: { org, step: to } });
  return (
    <div className={styles.foot}>
      <Button onClick={() => void navigate({ to: "/o/$org/hybrid", params: { org } })}>
        {t("action.leave")}
      </Button>
      <span className={styles.grow} />
      <span id="why">{why}</span>
      {next && (
        <Button
          appearance="primary"
          disabledFocusable={why !== undefined}
          aria-describedby="why"
          onClick={() => {
            if (why === undefined) go(next);
          }}
        >
          {t(word)}
        </Button>
      )}
    </div>
  );
}

function Wizard({
  org,
  step,
  groups,
}: {
  readonly org: string;
  readonly step: Step;
  readonly groups: GroupsState;
}) {
  const styles = useStyles();
  const layout = useLayout();
  const t = useWords();
  const bodies: Readonly<Record<Step, ReactElement>> = {
    prerequisites: <Prerequisites org={org} groups={groups} />,
    authorize: <Authorize />,
    accept: <Accept org={org} groups={groups} />,
    done: <Done groups={groups} />,
    enable: <GroupsSwitch org={org} groups={groups} />,
  };
  return (
    <div className={styles.frame}>
      <div className={styles.head}>
        <nav className={layout.crumbs} aria-label={t("groups.where")}>
          <Link to="/o/$org/hybrid" params={{ org }}>
            {t("nav.hybrid")}
          </Link>
          <ChevronRightRegular /> {t("service.groups")}
        </nav>
        <PageTitle title={t("groups.title")}>{t("groups.title")}</PageTitle>
      </div>
      <Steps here={step} groups={groups} />
      <div className={styles.body}>{bodies[step]}</div>
      <Foot org={org} step={step} groups={groups} />
    </div>
  );
}

/** From the prerequisites to the switch. Each step has an address; the service keeps what was done. */
export function GroupsSetup() {
  const layout = useLayout();
  const t = useWords();
  const { org, step } = useParams({ from: "/o/$org/hybrid/groups/setup/$step" });
  const { data, error, refetch } = useQuery(groupsQuery(org));
  const here = steps.find((each) => each === step) ?? "prerequisites";
  if (data?.isConfigured) return <Wizard org={org} step={here} groups={data} />;
  return (
    <div className={layout.page}>
      <PageTitle title={t("groups.title")}>{t("groups.title")}</PageTitle>
      {data && <Empty what={t("groups.notConfigured")} how={t("groups.notConfiguredHow", { org })} />}
      {!data && (error ? <Fault error={error} again={() => void refetch()} /> : <Loading />)}
    </div>
  );
}
