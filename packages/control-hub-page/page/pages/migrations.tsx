import { Button, Switch } from "@fluentui/react-components";
import { ArrowDownloadRegular } from "@fluentui/react-icons";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { useState } from "react";
import type { MoveRow, Moves, UserStateName } from "../../src/api/index.ts";
import { ActButton } from "../acts.tsx";
import { When } from "../clock.tsx";
import { useLayout } from "../layout.ts";
import { useOrder } from "../orders.ts";
import { Empty, Fault, Loading, PageTitle } from "../page-states.tsx";
import { movesQuery } from "../queries.ts";
import { StateMark } from "../signs.tsx";
import { hasWord, number, useWords, type Word } from "../words.ts";

function Row({ org, move }: { readonly org: string; readonly move: MoveRow }) {
  const layout = useLayout();
  const t = useWords();
  const { give, progress } = useOrder(false);
  const waits = `moves.waits.${move.waitsFor ?? ""}`;
  return (
    <tr>
      <td className={layout.td}>
        <Link to="/o/$org/users" params={{ org }} search={{ open: move.user }}>
          {move.mailAddress === "" ? move.user : move.mailAddress}
        </Link>
      </td>
      <td className={layout.td}>{t(`moves.${move.direction}`)}</td>
      <td className={layout.td}>
        <When at={move.noticedAt} />
      </td>
      <td className={layout.td}>
        {move.completedAt === null ? (
          <StateMark state="notActivated" word={t("moves.waits")} />
        ) : (
          <StateMark state="active" word={t("check.done")} />
        )}
        {move.completedAt !== null && (
          <>
            {" "}
            <When at={move.completedAt} />
          </>
        )}
        {move.waitsFor !== null && (
          <div className={layout.quiet}>{hasWord(waits) ? t(waits) : move.waitsFor}</div>
        )}
        {move.connector !== null && (
          <div className={layout.quiet}>{t("moves.connector", { name: move.connector })}</div>
        )}
      </td>
      <td className={layout.td}>
        <ActButton
          size="small"
          asks="support"
          onClick={() => void give(`/o/${org}/migrations/${move.user}/orders`, { order: "look" })}
        >
          {t("moves.look")}
        </ActButton>
        <div className={layout.quiet} role="status">
          {progress.text}
        </div>
      </td>
    </tr>
  );
}

function Table({ heads, children }: { readonly heads: readonly Word[]; readonly children: React.ReactNode }) {
  const layout = useLayout();
  const t = useWords();
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
          </tr>
        </thead>
        <tbody>{children}</tbody>
      </table>
    </div>
  );
}

const loadState: Readonly<Record<Moves["clusters"][number]["load"], UserStateName>> = {
  green: "active",
  amber: "notActivated",
  red: "error",
};

function Around({ moves }: { readonly moves: Moves }) {
  const layout = useLayout();
  const t = useWords();
  return (
    <>
      {moves.batches.length > 0 && (
        <>
          <h2 className={`${layout.h2} ${layout.apart}`}>{t("moves.batches")}</h2>
          <Table heads={["moves.batch", "moves.direction", "moves.from", "moves.latest", "moves.progress"]}>
            {moves.batches.map(({ batch, direction, startedAt, latestAt, noticed, completed, isOver }) => (
              <tr key={batch}>
                <td className={layout.td}>{batch}</td>
                <td className={layout.td}>{t(`moves.${direction}`)}</td>
                <td className={layout.td}>
                  <When at={startedAt} />
                </td>
                <td className={layout.td}>
                  <When at={latestAt} />
                </td>
                <td className={layout.td}>
                  {number(completed)} / {number(noticed)} {isOver && t("moves.over")}
                </td>
              </tr>
            ))}
          </Table>
        </>
      )}
      {moves.clusters.length > 0 && (
        <>
          <h2 className={`${layout.h2} ${layout.apart}`}>{t("moves.clusters")}</h2>
          <Table heads={["moves.cluster", "moves.group", "moves.office", "moves.exchange", "moves.load"]}>
            {moves.clusters.map((cluster) => (
              <tr key={cluster.name}>
                <td className={layout.td}>{cluster.name}</td>
                <td className={layout.td}>{cluster.resourceGroup ?? t("none")}</td>
                <td className={layout.td}>
                  {number(cluster.office365Users)} / {number(cluster.office365UsersMax)}
                </td>
                <td className={layout.td}>
                  {number(cluster.exchangeUsers)} / {number(cluster.exchangeUsersMax)}
                </td>
                <td className={layout.td}>
                  {cluster.isOperational ? (
                    <StateMark state={loadState[cluster.load]} word={t(`moves.load.${cluster.load}`)} />
                  ) : (
                    <StateMark state="disabled" word={t("moves.down")} />
                  )}
                </td>
              </tr>
            ))}
          </Table>
        </>
      )}
    </>
  );
}

/** Mailboxes on the move between Exchange on premises and the cloud, and what each waits for. */
export function Migrations() {
  const layout = useLayout();
  const t = useWords();
  const { org } = useParams({ from: "/o/$org" });
  const [isAll, setAll] = useState(false);
  const { data, error, refetch, hasNextPage, fetchNextPage } = useInfiniteQuery(movesQuery(org, isAll));
  const rows = data?.pages.flatMap((page) => page.rows) ?? [];
  const [first] = data?.pages ?? [];
  return (
    <div className={layout.page}>
      <div className={layout.head}>
        <div className={layout.grow}>
          <PageTitle title={t("nav.migrations")}>{t("nav.migrations")}</PageTitle>
          <p className={layout.lead}>{t("moves.lead")}</p>
        </div>
        <Switch label={t("moves.all")} checked={isAll} onChange={(_event, { checked }) => setAll(checked)} />
        <Button as="a" href={`/api/o/${org}/migrations.csv?all=${isAll}`} icon={<ArrowDownloadRegular />}>
          {t("action.downloadCsv")}
        </Button>
      </div>
      {error && !data && <Fault error={error} again={() => void refetch()} />}
      {!data && !error && <Loading />}
      {data && rows.length === 0 && <Empty what={t("moves.none")} how={t("moves.noneHow")} />}
      {first && first.count > 0 && <p className={layout.quiet}>{t("moves.count", { count: first.count })}</p>}
      {rows.length > 0 && (
        <Table heads={["users.name", "moves.direction", "moves.noticed", "moves.standing", "moves.act"]}>
          {rows.map((move) => (
            <Row key={move.user} org={org} move={move} />
          ))}
        </Table>
      )}
      {hasNextPage && <Button onClick={() => void fetchNextPage()}>{t("audit.more")}</Button>}
      {first && <Around moves={first} />}
    </div>
  );
}
