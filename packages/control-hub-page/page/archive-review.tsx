import { Switch } from "@fluentui/react-components";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { ConnectorPreview, UserStateName } from "../src/api/index.ts";
import { ActButton } from "./acts.tsx";
import { type ArchiveDraft, type wantedOf } from "./archive-draft.ts";
import { utcDay } from "./clock.tsx";
import { ConnectorStanding } from "./connector-standing.tsx";
import { ConsentOutcome, useConsent } from "./consent.tsx";
import { type DataColumn, DataTable } from "./data-table.tsx";
import { useLayout } from "./layout.ts";
import { connectorsQuery } from "./queries.ts";
import { useReasons } from "./reasons.ts";
import { StateMark } from "./signs.tsx";
import { StepList } from "./step-list.tsx";
import { useWords } from "./words.ts";

type Mapping = NonNullable<ConnectorPreview["mapping"]>;

const stateOf: Readonly<Record<Mapping["first"][number]["state"], UserStateName>> = {
  mailbox: "active",
  noUser: "error",
  noMailbox: "error",
};

function Mapped({ mapping }: { readonly mapping: Mapping }) {
  const layout = useLayout();
  const t = useWords();
  const { first, participants, withMailbox, withoutMailbox } = mapping;
  const columns: readonly DataColumn<Mapping["first"][number]>[] = [
    {
      id: "email",
      head: "archive.email",
      isFixed: true,
      value: ({ email }) => email,
      cell: ({ email }) => email,
    },
    {
      id: "upn",
      head: "archive.upn",
      value: ({ userPrincipalName }) => userPrincipalName,
      cell: ({ userPrincipalName }) => userPrincipalName ?? t("none"),
    },
    {
      id: "state",
      head: "users.state",
      value: ({ state }) => t(`archive.mappedTo.${state}`),
      cell: ({ state }) => <StateMark state={stateOf[state]} word={t(`archive.mappedTo.${state}`)} />,
    },
  ];
  return (
    <>
      <p className={layout.lead}>
        {t("archive.mapped", { participants, withMailbox, withoutMailbox })}{" "}
        {mapping.seen !== null && t("archive.mappedSeen")}
      </p>
      <DataTable
        name="mapping"
        label={t("archive.mapping")}
        columns={columns}
        rows={first}
        keyOf={({ email }) => email}
        empty={{ what: t("none") }}
      />
      {participants > first.length && (
        <p className={layout.quiet}>{t("archive.mappedMore", { count: participants - first.length })}</p>
      )}
    </>
  );
}

/** Whose mailboxes would get copies: the *Email* of each participant decides, by itself. */
export function MapUsers({ preview }: { readonly preview: ConnectorPreview | undefined }) {
  const layout = useLayout();
  const t = useWords();
  const reasonOf = useReasons();
  return (
    <>
      <h2 className={layout.h2}>{t("archive.mapping")}</h2>
      <Switch checked readOnly label={t("archive.autoMap")} />
      <p className={layout.quiet}>{t("archive.autoMapWhat")}</p>
      {preview?.mapping && <Mapped mapping={preview.mapping} />}
      {preview?.mapping === null && (
        <p role="alert">
          {t("archive.mappingProblem", { problem: reasonOf(preview.mappingProblem ?? "unexpected").what })}
        </p>
      )}
    </>
  );
}

function Provide({ org, tenantId }: { readonly org: string; readonly tenantId: string }) {
  const layout = useLayout();
  const t = useWords();
  const consent = useConsent(org, "archive", tenantId);
  return (
    <div className={layout.buttons}>
      <ActButton size="small" onClick={consent.go}>
        {t("archive.provideConsent")}
      </ActButton>
      <span className={layout.quiet} role="status">
        {consent.text}
      </span>
    </div>
  );
}

/** Whether each tenant lets the archive in; who has not said so is asked at Microsoft. */
export function AdminConsent({
  org,
  preview,
}: {
  readonly org: string;
  readonly preview: ConnectorPreview | undefined;
}) {
  const layout = useLayout();
  const t = useWords();
  const reasonOf = useReasons();
  return (
    <>
      <h2 className={layout.h2}>{t("archive.step.consent")}</h2>
      <p className={layout.lead}>{t("archive.consentLead")}</p>
      <ConsentOutcome />
      <StepList
        steps={(preview?.consent ?? []).map(({ tenantId, problem }) => ({
          key: tenantId,
          state: problem === null ? "active" : "error",
          label: tenantId,
          more: (
            <>
              {problem !== null && <div className={layout.quiet}>{reasonOf(problem).what}</div>}
              <Provide org={org} tenantId={tenantId} />
            </>
          ),
        }))}
      />
    </>
  );
}

/** All of it, once more, before the connector is made. */
export function Review({
  draft,
  wanted,
  preview,
  text,
}: {
  readonly draft: ArchiveDraft;
  readonly wanted: ReturnType<typeof wantedOf>;
  readonly preview: ConnectorPreview | undefined;
  readonly text: string;
}) {
  const layout = useLayout();
  const t = useWords();
  const facts = [
    ["archive.name", draft.name],
    ["archive.step.terms", t("archive.termsAccepted")],
    ["archive.step.source", preview?.source.officer ?? t("archive.sourceReady")],
    ["archive.tenants", wanted.tenants.join(", ")],
    ["archive.from", draft.from === "" ? t("archive.fromYesterday") : utcDay(draft.from)],
    ["archive.onlyPeople", wanted.people.length === 0 ? t("archive.everybody") : wanted.people.join(", ")],
    ["archive.onlySpaces", wanted.spaces.length === 0 ? t("archive.allSpaces") : wanted.spaces.join(", ")],
    ["archive.catchAll", wanted.catchAll ?? t("none")],
  ] as const;
  return (
    <>
      <h2 className={layout.h2}>{t("archive.step.review")}</h2>
      <dl className={layout.facts}>
        {facts.map(([word, value]) => [<dt key={`${word} name`}>{t(word)}</dt>, <dd key={word}>{value}</dd>])}
      </dl>
      {preview?.mapping && <Mapped mapping={preview.mapping} />}
      <p className={layout.quiet} role="status">
        {text}
      </p>
    </>
  );
}

/** The connector as it begins to work. */
export function BeginsToWork({ org, name }: { readonly org: string; readonly name: string }) {
  const layout = useLayout();
  const t = useWords();
  const { data } = useQuery(connectorsQuery(org));
  const made = data?.connectors.find((each) => each.name === name);
  return (
    <>
      <h2 className={layout.h2}>{t("archive.step.progress")}</h2>
      {made ? (
        <>
          <ConnectorStanding connector={made} />
          <p>
            <Link to="/o/$org/archive/$connector" params={{ org, connector: name }}>
              {t("hybrid.seeDays")}
            </Link>
          </p>
        </>
      ) : (
        <p role="status">{t("archive.beingMade", { name })}</p>
      )}
    </>
  );
}
