import { Link as FluentLink } from "@fluentui/react-components";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import type { TeamRow, UserStateName } from "../../src/api/index.ts";
import { ActButton } from "../acts.tsx";
import { When } from "../clock.tsx";
import { type DataColumn, DataTable } from "../data-table.tsx";
import { useLayout } from "../layout.ts";
import { useOrder } from "../orders.ts";
import { PageTitle } from "../page-states.tsx";
import { pagedTable } from "../paged-table.ts";
import { teamsQuery } from "../queries.ts";
import { useReasons } from "../reasons.ts";
import { StateMark } from "../signs.tsx";
import { useWords } from "../words.ts";

const stateOf: Readonly<Record<TeamRow["standing"], UserStateName>> = {
  noticed: "notActivated",
  making: "notActivated",
  connected: "active",
  blocked: "error",
  disconnected: "disabled",
};

function Refused({ team }: { readonly team: TeamRow }) {
  const layout = useLayout();
  const t = useWords();
  const reasonOf = useReasons();
  if (team.refusedCount === 0) return null;
  return (
    <details className={layout.quiet}>
      <summary>{t("teams.refused", { count: team.refusedCount })}</summary>
      <ul>
        {team.refused.map(({ person, reason }) => (
          <li key={person}>
            {person}: {reasonOf(reason).what}
          </li>
        ))}
      </ul>
    </details>
  );
}

function Retry({ org, team }: { readonly org: string; readonly team: TeamRow }) {
  const layout = useLayout();
  const t = useWords();
  const { give, progress } = useOrder(false);
  return (
    <>
      {team.standing !== "connected" && (
        <ActButton
          size="small"
          onClick={() => void give(`/o/${org}/teams/${team.id}/orders`, { order: "retry" })}
        >
          {t("action.retryNow")}
        </ActButton>
      )}
      <div className={layout.quiet} role="status">
        {progress.text}
      </div>
    </>
  );
}

const useColumns = (org: string): readonly DataColumn<TeamRow>[] => {
  const layout = useLayout();
  const t = useWords();
  const reasonOf = useReasons();
  return [
    {
      id: "team",
      head: "teams.team",
      isFixed: true,
      value: ({ name }) => name,
      cell: (team) => (
        <>
          <span className={layout.strong}>{team.name ?? t("teams.unnamed")}</span>
          <Refused team={team} />
        </>
      ),
    },
    {
      id: "standing",
      head: "teams.standing",
      value: ({ standing }) => t(`standing.${standing}`),
      cell: ({ standing }) => <StateMark state={stateOf[standing]} word={t(`standing.${standing}`)} />,
    },
    {
      id: "reason",
      head: "users.reason",
      value: ({ reason }) => (reason === null ? null : reasonOf(reason).what),
      cell: ({ reason, nextTryAt }) => (
        <>
          {reason !== null && reasonOf(reason).what}
          {nextTryAt !== null && (
            <div className={layout.quiet}>
              {t("users.nextRetry")} <When at={nextTryAt} />
            </div>
          )}
        </>
      ),
    },
    {
      id: "spaces",
      head: "teams.spaces",
      value: ({ spacesLinked }) => spacesLinked,
      cell: ({ spacesLinked, spacesWaiting }) => `${spacesLinked} / ${spacesLinked + spacesWaiting}`,
    },
    {
      id: "library",
      head: "teams.library",
      value: ({ libraryUrl }) => libraryUrl,
      cell: ({ libraryUrl }) =>
        libraryUrl !== null && (
          <FluentLink href={libraryUrl} target="_blank" rel="noreferrer">
            {t("teams.openLibrary")}
          </FluentLink>
        ),
    },
    { id: "act", head: "action.retryNow", cell: (team) => <Retry org={org} team={team} /> },
  ];
};

/** Teams, where each stands with its group, and who was left out. */
export function Teams() {
  const layout = useLayout();
  const t = useWords();
  const { org } = useParams({ from: "/o/$org" });
  const teams = useInfiniteQuery(teamsQuery(org));
  const columns = useColumns(org);
  const count = teams.data?.pages[0]?.count ?? 0;
  return (
    <div className={layout.page}>
      <PageTitle title={t("teams.title")}>{t("teams.title")}</PageTitle>
      {count > 0 && <p className={layout.lead}>{t("teams.count", { count })}</p>}
      <DataTable
        name="teams"
        label={t("teams.title")}
        columns={columns}
        {...pagedTable(teams)}
        keyOf={({ id }) => id}
        empty={{ what: t("teams.none"), how: t("teams.noneHow") }}
        csv={`/api/o/${org}/teams.csv`}
      />
    </div>
  );
}
