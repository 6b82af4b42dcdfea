import { Button, Field, Input, mergeClasses } from "@fluentui/react-components";
import { ArrowDownloadRegular, ChevronRightRegular } from "@fluentui/react-icons";
import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { useState } from "react";
import type { ArchiveDayRow, ConnectorDetail } from "../../src/api/index.ts";
import { ActButton, Confirm } from "../acts.tsx";
import { utcDay, When } from "../clock.tsx";
import { ConnectorStanding } from "../connector-standing.tsx";
import { type DataColumn, DataTable } from "../data-table.tsx";
import { useLayout } from "../layout.ts";
import { useOrder } from "../orders.ts";
import { Fault, Loading, PageTitle } from "../page-states.tsx";
import { connectorQuery } from "../queries.ts";
import { number, useWords } from "../words.ts";

const amounts = [
  ["source", "available"],
  ["available", "forImport"],
  ["success", "imported"],
  ["partial", "partial"],
  ["skipped", "skipped"],
  ["failed", "failed"],
] as const satisfies readonly (readonly [keyof ArchiveDayRow, string])[];

const useColumns = (org: string, name: string): readonly DataColumn<ArchiveDayRow>[] => {
  const layout = useLayout();
  return [
    {
      id: "day",
      head: "archive.day",
      isFixed: true,
      value: ({ day }) => day,
      cell: ({ day }) => (
        <Link
          className={layout.whole}
          to="/o/$org/archive/$connector/$day"
          params={{ org, connector: name, day }}
        >
          {utcDay(day)}
        </Link>
      ),
    },
    {
      id: "completed",
      head: "archive.completed",
      kind: "moment",
      value: ({ completedAt }) => completedAt,
      cell: ({ completedAt }) => <When at={completedAt} />,
    },
    ...amounts.map(
      ([field, word]): DataColumn<ArchiveDayRow> => ({
        id: field,
        head: `archive.${word}`,
        kind: "amount",
        value: (day) => day[field],
        cell: (day) => number(day[field]),
      }),
    ),
  ];
};

function Days({ org, connector }: { readonly org: string; readonly connector: ConnectorDetail }) {
  const t = useWords();
  const columns = useColumns(org, connector.name);
  return (
    <DataTable
      name="days"
      label={t("archive.statusWithSource")}
      columns={columns}
      rows={connector.days}
      keyOf={({ day }) => day}
      empty={{ what: t("archive.noDaysYet") }}
    />
  );
}

const dayMs = 86_400_000;
const dayOf = (at: number): string => new Date(at).toISOString().slice(0, 10);

/** Days that are read again: what mailboxes have is skipped, so that a repetition harms nothing. */
function Rerun({
  connector,
  rerun,
}: {
  readonly connector: ConnectorDetail;
  readonly rerun: (window: { readonly from: number; readonly to: number }) => void;
}) {
  const layout = useLayout();
  const t = useWords();
  const [from, setFrom] = useState(dayOf(connector.archivedTo - dayMs));
  const [to, setTo] = useState(dayOf(connector.archivedTo));
  const window = { from: Date.parse(from), to: Math.min(Date.parse(to) + dayMs, connector.archivedTo) };
  const isGood = window.from < window.to;
  return (
    <Confirm
      verb={t("archive.rerun")}
      title={t("archive.confirmRerun.title", { name: connector.name })}
      text={t("archive.confirmRerun.text")}
      why={isGood ? undefined : t("archive.rerunForm")}
      confirmed={() => rerun(window)}
    >
      <Field label={t("archive.rerunFrom")} className={layout.field}>
        <Input type="date" value={from} onChange={(_event, { value }) => setFrom(value)} />
      </Field>
      <Field label={t("archive.rerunTo")} className={layout.field}>
        <Input type="date" value={to} onChange={(_event, { value }) => setTo(value)} />
      </Field>
    </Confirm>
  );
}

function Acts({ org, connector }: { readonly org: string; readonly connector: ConnectorDetail }) {
  const layout = useLayout();
  const t = useWords();
  const { give, progress } = useOrder(false);
  const path = `/o/${org}/archive/${connector.name}`;
  return (
    <div className={layout.buttons}>
      <Button as="a" href={`/api${path}/log.csv`} icon={<ArrowDownloadRegular />}>
        {t("action.downloadLog")}
      </Button>
      {connector.state === "running" ? (
        <Confirm
          verb={t("archive.pause")}
          title={t("archive.confirmPause.title", { name: connector.name })}
          text={t("archive.confirmPause.text")}
          confirmed={() => void give(`${path}/orders`, { order: "pause" })}
        />
      ) : (
        <ActButton onClick={() => void give(`${path}/orders`, { order: "resume" })}>
          {t("archive.resume")}
        </ActButton>
      )}
      <Rerun
        connector={connector}
        rerun={(window) => void give(`${path}/orders`, { order: "rerun", ...window })}
      />
      <span className={layout.quiet} role="status">
        {progress.text}
      </span>
    </div>
  );
}

/** Connector status with source: the days of its log. */
export function Connector() {
  const layout = useLayout();
  const t = useWords();
  const { org, connector: name } = useParams({ from: "/o/$org/archive/$connector" });
  const { data, error, refetch } = useQuery(connectorQuery(org, name));
  return (
    <div className={layout.page}>
      <nav className={layout.crumbs} aria-label={t("groups.where")}>
        <Link to="/o/$org/archive" params={{ org }}>
          {t("archive.connectors")}
        </Link>
        <ChevronRightRegular /> {name}
      </nav>
      <div className={layout.head}>
        <div className={layout.grow}>
          <PageTitle title={name}>{name}</PageTitle>
        </div>
        {data && <Acts org={org} connector={data} />}
      </div>
      {data ? (
        <>
          <ConnectorStanding connector={data} />
          <h2 className={mergeClasses(layout.h3)}>{t("archive.statusWithSource")}</h2>
          <Days org={org} connector={data} />
          <p className={layout.quiet}>{t("archive.utc")}</p>
        </>
      ) : error ? (
        <Fault error={error} again={() => void refetch()} />
      ) : (
        <Loading />
      )}
    </div>
  );
}
