import { useQuery } from "@tanstack/react-query";
import { useNavigate, useParams } from "@tanstack/react-router";
import type { ReactElement } from "react";
import type { CalendarSetup } from "../../src/api/index.ts";
import { Authorize, Instance, RoleCheck } from "../calendar-consent.tsx";
import { Mode, People, Site } from "../calendar-settings.tsx";
import { useConsent } from "../consent.tsx";
import { useLayout } from "../layout.ts";
import { TestMailbox } from "../mailbox-trial.tsx";
import { Fault, Loading, PageTitle } from "../page-states.tsx";
import { calendarQuery } from "../queries.ts";
import { Wizard } from "../wizard.tsx";
import { useWords, type Word } from "../words.ts";

const steps = ["instance", "authorize", "role", "mailbox", "site", "mode", "people"] as const;
type Step = (typeof steps)[number];

/** The tenant that the wizard is about: the one that was decided about last. */
const latestTenant = ({ tenants }: CalendarSetup) =>
  tenants.toSorted((a, b) => b.decidedAt - a.decidedAt).find(({ status }) => status === "active");

const useSteps = (setup: CalendarSetup) => {
  const t = useWords();
  const tenant = latestTenant(setup);
  const site = tenant?.settings.join.site ?? null;
  const notes: Partial<Record<Step, string>> = {
    instance: t(`calendar.cloud.${setup.cloud}`),
    ...(tenant ? { role: t("consent.accepted") } : {}),
    ...(site === null ? {} : { site }),
    ...(setup.mode === null ? {} : { mode: t(`calendar.mode.${setup.mode}`) }),
    people: t("hybrid.calendar.figures", { count: setup.counts.active }),
  };
  const done: Readonly<Record<Step, boolean>> = {
    instance: tenant !== undefined,
    authorize: tenant !== undefined,
    role: tenant !== undefined,
    mailbox: false,
    site: site !== null,
    mode: setup.mode !== null,
    people: setup.counts.active > 0,
  };
  return steps.map((name) => ({
    name,
    label: t(`calendar.step.${name}`),
    note: notes[name],
    isDone: done[name],
  }));
};

const nextWords: Partial<Record<Step, Word>> = { authorize: "action.authorize", people: "hybrid.seeUsers" };

function CalendarWizard({
  org,
  step,
  setup,
}: {
  readonly org: string;
  readonly step: Step;
  readonly setup: CalendarSetup;
}) {
  const t = useWords();
  const navigate = useNavigate();
  const tenant = latestTenant(setup);
  const consent = useConsent(org, "calendar");
  const bodies: Readonly<Record<Step, ReactElement>> = {
    instance: <Instance cloud={setup.cloud} />,
    authorize: <Authorize setup={setup} text={consent.text} />,
    role: <RoleCheck tenant={tenant} authorize={consent.go} />,
    mailbox: <TestMailbox org={org} tenantId={tenant?.tenantId} />,
    site: <Site key={tenant?.decidedAt} org={org} tenant={tenant} />,
    mode: <Mode org={org} setup={setup} />,
    people: <People org={org} setup={setup} />,
  };
  const following = steps[steps.indexOf(step) + 1];
  const press = (): void => {
    if (step === "authorize") consent.go();
    else if (following)
      void navigate({ to: "/o/$org/hybrid/calendar/setup/$step", params: { org, step: following } });
    else void navigate({ to: "/o/$org/users", params: { org }, search: {} });
  };
  const needsTenant = steps.indexOf(step) >= steps.indexOf("role") && tenant === undefined;
  return (
    <Wizard
      org={org}
      service={t("service.calendar")}
      title={t("calendar.title")}
      steps={useSteps(setup)}
      here={step}
      next={{
        label: t(nextWords[step] ?? "action.next"),
        why: needsTenant ? t("calendar.needsTenant") : undefined,
        press,
      }}
    >
      {bodies[step]}
    </Wizard>
  );
}

/** From the instance to the first Active user. Each step has an address, to which Microsoft sends back. */
export function CalendarSetupPage() {
  const layout = useLayout();
  const t = useWords();
  const { org, step } = useParams({ from: "/o/$org/hybrid/calendar/setup/$step" });
  const { data, error, refetch } = useQuery(calendarQuery(org));
  const here = steps.find((each) => each === step) ?? "instance";
  if (data) return <CalendarWizard org={org} step={here} setup={data} />;
  return (
    <div className={layout.page}>
      <PageTitle title={t("calendar.title")}>{t("calendar.title")}</PageTitle>
      {error ? <Fault error={error} again={() => void refetch()} /> : <Loading />}
    </div>
  );
}
