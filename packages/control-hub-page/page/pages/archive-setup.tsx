import { useQuery } from "@tanstack/react-query";
import { useNavigate, useParams } from "@tanstack/react-router";
import type { ReactElement } from "react";
import type { ArchiveRole, Connectors, Settings } from "../../src/api/index.ts";
import { useRight } from "../acts.tsx";
import { isWellFormed, useArchiveDraft, wantedOf } from "../archive-draft.ts";
import { AdminConsent, BeginsToWork, MapUsers, Review } from "../archive-review.tsx";
import { Name, Source, Terms } from "../archive-scope.tsx";
import { useLayout } from "../layout.ts";
import { useOrder } from "../orders.ts";
import { Fault, Loading, PageTitle } from "../page-states.tsx";
import { archivePreviewQuery, archiveRoleQuery, connectorsQuery, settingsQuery } from "../queries.ts";
import { Wizard } from "../wizard.tsx";
import { useWords, type Word } from "../words.ts";

const steps = ["terms", "name", "source", "mapping", "consent", "review", "progress"] as const;
type Step = (typeof steps)[number];

const nextWords: Partial<Record<Step, Word>> = {
  terms: "action.accept",
  source: "archive.saveFinish",
  review: "archive.make",
  progress: "archive.seeAll",
};

interface Known {
  readonly org: string;
  readonly settings: Settings;
  readonly role: ArchiveRole;
  readonly connectors: Connectors["connectors"];
}

const nameForm = /^[A-Za-z0-9_.-]{1,40}$/;

type Drafting = ReturnType<typeof useArchiveDraft>;

const usePreview = (org: string, step: Step, wanted: ReturnType<typeof wantedOf>) => {
  const isNeeded = steps.indexOf(step) >= steps.indexOf("source") && step !== "progress";
  return useQuery({
    ...archivePreviewQuery(org, wanted),
    enabled: isNeeded && wanted.tenants.length > 0 && isWellFormed(wanted),
  });
};

/** Why the next step cannot be taken yet; undefined: it can. */
const useWhyNot = (
  step: Step,
  { role, connectors }: Known,
  { draft }: Drafting,
  {
    wanted,
    preview,
  }: {
    readonly wanted: ReturnType<typeof wantedOf>;
    readonly preview: ReturnType<typeof usePreview>["data"];
  },
): string | undefined => {
  const t = useWords();
  const right = useRight();
  const isTaken = connectors.some(({ name }) => name === draft.name);
  const isSomebody = role.by === null ? draft.by.includes("@") : role.holdsRole;
  if (step === "name") {
    if (!nameForm.test(draft.name)) return t("archive.nameForm");
    if (isTaken) return t("fault.code.nameTaken");
    return isSomebody ? undefined : t("fault.code.notArchivist");
  }
  if (step === "source") {
    if (wanted.tenants.length === 0) return t("calendar.needsTenant");
    return isWellFormed(wanted) ? undefined : t("archive.listForm");
  }
  if (step === "consent" && preview?.consent.some(({ problem }) => problem !== null) !== false)
    return t("archive.consentWaits");
  if (step !== "review") return undefined;
  if (!draft.isAccepted || !nameForm.test(draft.name)) return t("archive.unfinished");
  return right;
};

function ArchiveWizard({ step, known }: { readonly step: Step; readonly known: Known }) {
  const { org, settings, role } = known;
  const t = useWords();
  const navigate = useNavigate();
  const drafting = useArchiveDraft(org);
  const { draft, change, forget } = drafting;
  const active = settings.tenants.filter(({ status }) => status === "active").map(({ tenantId }) => tenantId);
  const wanted = wantedOf(draft, active);
  const { data: preview, error } = usePreview(org, step, wanted);
  const { give, progress } = useOrder(false);
  const why = useWhyNot(step, known, drafting, { wanted, preview });
  const bodies: Readonly<Record<Step, ReactElement>> = {
    terms: <Terms />,
    name: <Name draft={draft} change={change} role={role} />,
    source: <Source draft={draft} change={change} tenants={settings.tenants} source={preview?.source} />,
    mapping: <MapUsers preview={preview} />,
    consent: <AdminConsent org={org} preview={preview} />,
    review: <Review draft={draft} wanted={wanted} preview={preview} text={progress.text} />,
    progress: <BeginsToWork org={org} name={draft.name} />,
  };
  const go = (to: Step): void =>
    void navigate({ to: "/o/$org/hybrid/archive/setup/$step", params: { org, step: to } });
  const make = async (): Promise<void> => {
    const by = role.by === null ? { by: draft.by } : {};
    const from = draft.from === "" ? null : Date.parse(draft.from);
    const order = { name: draft.name, acceptsTerms: true, wanted, from, ...by };
    if (await give(`/o/${org}/archive/orders`, order)) go("progress");
  };
  const press = (): void => {
    const following = steps[steps.indexOf(step) + 1];
    if (step === "terms") change({ isAccepted: true });
    if (step === "review") void make();
    else if (following) go(following);
    else {
      forget();
      void navigate({ to: "/o/$org/archive", params: { org } });
    }
  };
  const place = steps.indexOf(step);
  return (
    <Wizard
      org={org}
      service={t("service.archive")}
      title={t("archive.setUpTitle")}
      steps={steps.map((name, index) => ({
        name,
        label: t(`archive.step.${name}`),
        isDone: index < place,
        note: name === "name" && draft.name !== "" ? draft.name : undefined,
      }))}
      here={step}
      next={{ label: t(nextWords[step] ?? "action.next"), why, press }}
    >
      {error && <Fault error={error} />}
      {bodies[step]}
    </Wizard>
  );
}

/** From the terms to the first round. What is typed stays in this browser until the connector is made. */
export function ArchiveSetup() {
  const layout = useLayout();
  const t = useWords();
  const { org, step } = useParams({ from: "/o/$org/hybrid/archive/setup/$step" });
  const settings = useQuery(settingsQuery(org));
  const role = useQuery(archiveRoleQuery(org));
  const connectors = useQuery(connectorsQuery(org));
  const here = steps.find((each) => each === step) ?? "terms";
  if (settings.data && role.data && connectors.data) {
    const known = { org, settings: settings.data, role: role.data, ...connectors.data };
    return <ArchiveWizard step={here} known={known} />;
  }
  const error = settings.error ?? role.error ?? connectors.error;
  return (
    <div className={layout.page}>
      <PageTitle title={t("archive.setUpTitle")}>{t("archive.setUpTitle")}</PageTitle>
      {error ? <Fault error={error} /> : <Loading />}
    </div>
  );
}
