import { Button, Link as FluentLink } from "@fluentui/react-components";
import { ArrowDownloadRegular } from "@fluentui/react-icons";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import type { TeamRow, UserStateName } from "../../src/api/index.ts";
import { ActButton } from "../acts.tsx";
import { When } from "../clock.tsx";
import { useLayout } from "../layout.ts";
import { useOrder } from "../orders.ts";
import { Empty, Fault, Loading, PageTitle } from "../page-states.tsx";
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

function Row({ org, team }: { readonly org: string; readonly team: TeamRow }) {
  const layout = useLayout();
  const t = useWords();
  const reasonOf = useReasons();
  const { give, progress } = useOrder(false);
  return (
    <tr>
      <td className={layout.td}>
        <span className={layout.strong}>{team.name ?? t("teams.unnamed")}</span>
        <Refused team={team} />
      </td>
      <td className={layout.td}>
        <StateMark state={stateOf[team.standing]} word={t(`standing.${team.standing}`)} />
      </td>
      <td className={layout.td}>
        {team.reason !== null && reasonOf(team.reason).what}
        {team.nextTryAt !== null && (
          <div className={layout.quiet}>
            {t("users.nextRetry")} <When at={team.nextTryAt} />
          </div>
        )}
      </td>
      <td className={layout.td}>
        {team.spacesLinked} / {team.spacesLinked + team.spacesWaiting}
      </td>
      <td className={layout.td}>
        {team.libraryUrl !== null && (
          <FluentLink href={team.libraryUrl} target="_blank" rel="noreferrer">
            {t("teams.openLibrary")}
          </FluentLink>
        )}
      </td>
      <td className={layout.td}>
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
      </td>
    </tr>
  );
}

function Table({ org, rows }: { readonly org: string; readonly rows: readonly TeamRow[] }) {
  const layout = useLayout();
  const t = useWords();
  const heads = ["teams.team", "teams.standing", "users.reason", "teams.spaces", "teams.library"] as const;
  return (
    <div className={layout.scroll}>
      <table className={layout.table}>
        <thead>
          <tr>
            {heads.map((word) => (
              <th key={word} className={layout.th}>
                {t(word)}
              </th>
            ))}
            <td className={layout.th} />
          </tr>
        </thead>
        <tbody>
          {rows.map((team) => (
            <Row key={team.id} org={org} team={team} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** Teams, where each stands with its group, and who was left out. */
export function Teams() {
  const layout = useLayout();
  const t = useWords();
  const { org } = useParams({ from: "/o/$org" });
  const { data, error, refetch, hasNextPage, fetchNextPage } = useInfiniteQuery(teamsQuery(org));
  const rows = data?.pages.flatMap((page) => page.rows) ?? [];
  const count = data?.pages[0]?.count ?? 0;
  return (
    <div className={layout.page}>
      <div className={layout.head}>
        <div className={layout.grow}>
          <PageTitle title={t("teams.title")}>{t("teams.title")}</PageTitle>
        </div>
        <Button as="a" href={`/api/o/${org}/teams.csv`} icon={<ArrowDownloadRegular />}>
          {t("action.downloadCsv")}
        </Button>
      </div>
      {count > 0 && <p className={layout.lead}>{t("teams.count", { count })}</p>}
      {error && !data && <Fault error={error} again={() => void refetch()} />}
      {!data && !error && <Loading />}
      {data && rows.length === 0 && <Empty what={t("teams.none")} how={t("teams.noneHow")} />}
      {rows.length > 0 && <Table org={org} rows={rows} />}
      {hasNextPage && <Button onClick={() => void fetchNextPage()}>{t("audit.more")}</Button>}
    </div>
  );
}
