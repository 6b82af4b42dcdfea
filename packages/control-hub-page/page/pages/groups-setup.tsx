import { Link as FluentLink, makeStyles } from "@fluentui/react-components";
import { OpenRegular } from "@fluentui/react-icons";
import { useQuery } from "@tanstack/react-query";
import { useNavigate, useParams } from "@tanstack/react-router";
import type { ReactElement } from "react";
import type { GroupsState } from "../../src/api/index.ts";
import { ActButton } from "../acts.tsx";
import { ConsentOutcome, useConsent } from "../consent.tsx";
import { GroupsOptions } from "../groups-options.tsx";
import { useLayout } from "../layout.ts";
import { useOrder } from "../orders.ts";
import { Fault, Loading, PageTitle } from "../page-states.tsx";
import { Prerequisites } from "../prerequisites.tsx";
import { groupsQuery } from "../queries.ts";
import { StateMark } from "../signs.tsx";
import { Wizard } from "../wizard.tsx";
import { useWords, type Word } from "../words.ts";
import { GroupsSwitch } from "./groups-settings.tsx";

const steps = ["prerequisites", "authorize", "accept", "done", "enable"] as const;
type Step = (typeof steps)[number];

const useStyles = makeStyles({
  permissions: { margin: "16px 0 0", paddingLeft: "18px", fontSize: "13px", lineHeight: "22px" },
});

const permissions = [
  ["Group.ReadWrite.All", "groups.permission.Group"],
  ["User.Read.All", "groups.permission.User"],
  ["Files.ReadWrite.All", "groups.permission.Files"],
  ["Organization.Read.All", "groups.permission.Organization"],
] as const;

function Authorize({ fault }: { readonly fault: string }) {
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
      <p className={layout.quiet} role="status">
        {fault}
      </p>
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
      <ConsentOutcome />
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
  const isIn = groups.checks.some(({ state, name }) => name === "globalAdministrator" && state === "met");
  // The permissions are a step of their own, so their tick comes later than Next; and what only they let us
  // see is unknown until then.
  const missing =
    groups.checks.length === 0 ||
    groups.checks.some(
      ({ state, name }) =>
        name !== "globalAdministrator" && (state === "missing" || (state === "unknown" && isIn)),
    );
  if (step === "prerequisites" && missing) return t("pre.nextWaits");
  return step === "accept" && !groups.isAuthorised ? t("groups.notAuthorised") : undefined;
};

const nextWords: Readonly<Record<Step, Word | null>> = {
  prerequisites: "action.next",
  authorize: "action.authorize",
  accept: "action.next",
  done: "action.goToSettings",
  enable: null,
};

function GroupsWizard({
  org,
  step,
  groups,
}: {
  readonly org: string;
  readonly step: Step;
  readonly groups: GroupsState;
}) {
  const t = useWords();
  const navigate = useNavigate();
  const why = useWhyNot(step, groups);
  const authorize = useConsent(org, "groups");
  const met = groups.checks.filter(({ state }) => state === "met").length;
  const bodies: Readonly<Record<Step, ReactElement>> = {
    prerequisites: groups.isConfigured ? (
      <Prerequisites org={org} groups={groups} />
    ) : (
      <GroupsOptions org={org} />
    ),
    authorize: <Authorize fault={authorize.text} />,
    accept: <Accept org={org} groups={groups} />,
    done: <Done groups={groups} />,
    enable: <GroupsSwitch org={org} groups={groups} />,
  };
  const notes: Partial<Record<Step, string>> = {
    prerequisites: t("groups.count", { done: met, all: groups.checks.length }),
    authorize: t("groups.read"),
  };
  const following = steps[steps.indexOf(step) + 1];
  const word = nextWords[step];
  const go = (): void => {
    if (step === "authorize") authorize.go();
    else if (following)
      void navigate({ to: "/o/$org/hybrid/groups/setup/$step", params: { org, step: following } });
  };
  return (
    <Wizard
      org={org}
      service={t("service.groups")}
      title={t("groups.title")}
      steps={steps.map((name) => ({ name, label: t(`groups.step.${name}`), note: notes[name] }))}
      here={step}
      next={word === null ? undefined : { label: t(word), why, press: go }}
    >
      {bodies[step]}
    </Wizard>
  );
}

/** From the prerequisites to the switch. Each step has an address; the service keeps what was done. */
export function GroupsSetup() {
  const layout = useLayout();
  const t = useWords();
  const { org, step } = useParams({ from: "/o/$org/hybrid/groups/setup/$step" });
  const { data, error, refetch } = useQuery(groupsQuery(org));
  const asked = steps.find((each) => each === step) ?? "prerequisites";
  // Nothing else makes sense before it is said where groups are made.
  const here = data?.isConfigured ? asked : "prerequisites";
  if (data) return <GroupsWizard org={org} step={here} groups={data} />;
  return (
    <div className={layout.page}>
      <PageTitle title={t("groups.title")}>{t("groups.title")}</PageTitle>
      {error ? <Fault error={error} again={() => void refetch()} /> : <Loading />}
    </div>
  );
}
