import { Button } from "@fluentui/react-components";
import { ArrowDownloadRegular, ChevronLeftRegular, ChevronRightRegular } from "@fluentui/react-icons";
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useParams } from "@tanstack/react-router";
import type { ArchiveDayRow, ConnectorDetail } from "../../src/api/index.ts";
import { utcDay, When } from "../clock.tsx";
import { type DataColumn, DataTable } from "../data-table.tsx";
import { useLayout } from "../layout.ts";
import { Fault, Loading, PageTitle } from "../page-states.tsx";
import { PartBar } from "../part-bar.tsx";
import { connectorQuery } from "../queries.ts";
import { useReasons } from "../reasons.ts";
import { StateMark } from "../signs.tsx";
import { number, useWords } from "../words.ts";

const dayMs = 86_400_000;

const parts = [
  ["success", "active"],
  ["partial", "notActivated"],
  ["skipped", "disabled"],
  ["failed", "error"],
] as const;

function Sum({ day }: { readonly day: ArchiveDayRow }) {
  const layout = useLayout();
  const t = useWords();
  const adds = day.available === day.success + day.partial + day.skipped + day.failed;
  return (
    <>
      <PartBar parts={parts.map(([kind, state]) => ({ state, count: day[kind] }))} />
      <dl className={layout.facts}>
        <dt>{t("archive.completed")}</dt>
        <dd>
          <When at={day.completedAt} />
        </dd>
        <dt>{t("archive.available")}</dt>
        <dd>{number(day.source)}</dd>
        <dt>{t("archive.forImport")}</dt>
        <dd>
          {number(day.available)}{" "}
          <StateMark
            state={adds ? "active" : "error"}
            word={t(adds ? "archive.addsUp" : "archive.addsNot")}
          />
        </dd>
        {(["imported", "partial", "skipped", "failed"] as const).map((word) => [
          <dt key={`${word} name`}>{t(`archive.${word}`)}</dt>,
          <dd key={word}>{number(day[word === "imported" ? "success" : word])}</dd>,
        ])}
      </dl>
    </>
  );
}

function Failures({ connector, day }: { readonly connector: ConnectorDetail; readonly day: string }) {
  const t = useWords();
  const reasonOf = useReasons();
  const failed = connector.failures.filter(({ at }) => new Date(at).toISOString().startsWith(day));
  const columns: readonly DataColumn<ConnectorDetail["failures"][number]>[] = [
    {
      id: "item",
      head: "archive.itemId",
      isFixed: true,
      value: ({ itemId }) => itemId,
      cell: ({ itemId }) => itemId,
    },
    {
      id: "source",
      head: "archive.sourceUser",
      value: ({ sourceUserId }) => sourceUserId,
      cell: ({ sourceUserId }) => sourceUserId,
    },
    {
      id: "upn",
      head: "archive.upn",
      value: ({ userPrincipalName }) => userPrincipalName,
      cell: ({ userPrincipalName }) => userPrincipalName ?? t("none"),
    },
    {
      id: "reason",
      head: "archive.reason",
      value: ({ reason }) => reasonOf(reason).what,
      cell: ({ reason }) => reasonOf(reason).what,
    },
  ];
  return (
    <DataTable
      name={`failed-${day}`}
      label={t("archive.failedItems")}
      columns={columns}
      rows={failed}
      keyOf={({ itemId, sourceUserId }) => `${itemId} ${sourceUserId}`}
      empty={{ what: t("archive.noFailed") }}
    />
  );
}

const shifted = (day: string, by: number): string =>
  new Date(Date.parse(day) + by * dayMs).toISOString().slice(0, 10);

function Turn({ org, name, day }: { readonly org: string; readonly name: string; readonly day: string }) {
  const layout = useLayout();
  const t = useWords();
  const navigate = useNavigate();
  const go = (by: number) => (): void =>
    void navigate({
      to: "/o/$org/archive/$connector/$day",
      params: { org, connector: name, day: shifted(day, by) },
    });
  return (
    <div className={layout.buttons}>
      <Button icon={<ChevronLeftRegular />} aria-label={t("archive.previous")} onClick={go(-1)} />
      <Button icon={<ChevronRightRegular />} aria-label={t("archive.following")} onClick={go(1)} />
      <Button
        as="a"
        href={`/api/o/${org}/archive/${name}/log.csv?day=${day}`}
        icon={<ArrowDownloadRegular />}
      >
        {t("action.downloadCsv")}
      </Button>
    </div>
  );
}

function Known({
  org,
  connector,
  day,
}: {
  readonly org: string;
  readonly connector: ConnectorDetail;
  readonly day: string;
}) {
  const layout = useLayout();
  const t = useWords();
  const found = connector.days.find((each) => each.day === day);
  return (
    <>
      <div className={layout.head}>
        <div className={layout.grow}>
          <PageTitle title={utcDay(day)}>{utcDay(day)}</PageTitle>
          <p className={layout.lead}>
            {found
              ? `${t("archive.dayTitle", { imported: found.success, available: found.available })} ${
                  found.failed > 0 ? t("archive.dayNeeds", { count: found.failed }) : ""
                }`
              : t("archive.none", { date: utcDay(day) })}
          </p>
        </div>
        <Turn org={org} name={connector.name} day={day} />
      </div>
      {found && <Sum day={found} />}
      <h2 className={layout.h3}>{t("archive.failedItems")}</h2>
      <Failures connector={connector} day={day} />
    </>
  );
}

/** One day of a connector's log, with what failed. */
export function ArchiveDay() {
  const layout = useLayout();
  const t = useWords();
  const { org, connector: name, day } = useParams({ from: "/o/$org/archive/$connector/$day" });
  const { data, error, refetch } = useQuery(connectorQuery(org, name));
  const isDay = /^\d{4}-\d{2}-\d{2}$/.test(day) && !Number.isNaN(Date.parse(day));
  return (
    <div className={layout.page}>
      <nav className={layout.crumbs} aria-label={t("groups.where")}>
        <Link to="/o/$org/archive" params={{ org }}>
          {t("archive.connectors")}
        </Link>
        <ChevronRightRegular />
        <Link to="/o/$org/archive/$connector" params={{ org, connector: name }}>
          {name}
        </Link>
      </nav>
      {data && isDay && <Known org={org} connector={data} day={day} />}
      {(error || !isDay) && !data && <Fault error={error} again={() => void refetch()} />}
      {!data && !error && <Loading />}
    </div>
  );
}
