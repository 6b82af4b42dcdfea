import { Switch } from "@fluentui/react-components";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Link, useNavigate, useParams, useSearch } from "@tanstack/react-router";
import type { MoveRow, Moves, UserStateName } from "../../src/api/index.ts";
import { ActButton } from "../acts.tsx";
import { When } from "../clock.tsx";
import { type DataColumn, DataTable } from "../data-table.tsx";
import { useLayout } from "../layout.ts";
import { useOrder } from "../orders.ts";
import { PageTitle } from "../page-states.tsx";
import { pagedTable } from "../paged-table.ts";
import { movesQuery } from "../queries.ts";
import { StateMark } from "../signs.tsx";
import { hasWord, number, useWords } from "../words.ts";

function Standing({ move }: { readonly move: MoveRow }) {
  const layout = useLayout();
  const t = useWords();
  const waitsText = useWaitsText();
  return (
    <>
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
      {move.waitsFor !== null && <div className={layout.quiet}>{waitsText(move.waitsFor)}</div>}
      {move.connector !== null && (
        <div className={layout.quiet}>{t("moves.connector", { name: move.connector })}</div>
      )}
    </>
  );
}

const useWaitsText = (): ((code: string) => string) => {
  const t = useWords();
  return (code) => {
    const word = `moves.waits.${code}`;
    return hasWord(word) ? t(word) : code;
  };
};

function Look({ org, move }: { readonly org: string; readonly move: MoveRow }) {
  const layout = useLayout();
  const t = useWords();
  const { give, progress } = useOrder(false);
  return (
    <>
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
    </>
  );
}

const useMoveColumns = (org: string): readonly DataColumn<MoveRow>[] => {
  const t = useWords();
  const waitsText = useWaitsText();
  const nameOf = ({ mailAddress, user }: MoveRow): string => (mailAddress === "" ? user : mailAddress);
  return [
    {
      id: "user",
      head: "users.name",
      isFixed: true,
      value: nameOf,
      cell: (move) => (
        <Link to="/o/$org/users" params={{ org }} search={{ open: move.user }}>
          {nameOf(move)}
        </Link>
      ),
    },
    {
      id: "direction",
      head: "moves.direction",
      value: ({ direction }) => t(`moves.${direction}`),
      cell: ({ direction }) => t(`moves.${direction}`),
    },
    {
      id: "noticed",
      head: "moves.noticed",
      kind: "moment",
      value: ({ noticedAt }) => noticedAt,
      cell: ({ noticedAt }) => <When at={noticedAt} />,
    },
    {
      id: "standing",
      head: "moves.standing",
      value: ({ completedAt, waitsFor }) =>
        completedAt !== null ? t("check.done") : waitsFor === null ? t("moves.waits") : waitsText(waitsFor),
      cell: (move) => <Standing move={move} />,
    },
    { id: "act", head: "moves.act", cell: (move) => <Look org={org} move={move} /> },
  ];
};

type Batch = Moves["batches"][number];
type Cluster = Moves["clusters"][number];

const loadState: Readonly<Record<Cluster["load"], UserStateName>> = {
  green: "active",
  amber: "notActivated",
  red: "error",
};

const useBatchColumns = (): readonly DataColumn<Batch>[] => {
  const t = useWords();
  return [
    {
      id: "batch",
      head: "moves.batch",
      isFixed: true,
      value: ({ batch }) => batch,
      cell: ({ batch }) => batch,
    },
    {
      id: "direction",
      head: "moves.direction",
      value: ({ direction }) => t(`moves.${direction}`),
      cell: ({ direction }) => t(`moves.${direction}`),
    },
    {
      id: "from",
      head: "moves.from",
      kind: "moment",
      value: ({ startedAt }) => startedAt,
      cell: ({ startedAt }) => <When at={startedAt} />,
    },
    {
      id: "latest",
      head: "moves.latest",
      kind: "moment",
      value: ({ latestAt }) => latestAt,
      cell: ({ latestAt }) => <When at={latestAt} />,
    },
    {
      id: "completed",
      head: "moves.completed",
      kind: "amount",
      value: ({ completed }) => completed,
      cell: ({ completed }) => number(completed),
    },
    {
      id: "mailboxes",
      head: "moves.mailboxes",
      kind: "amount",
      value: ({ noticed }) => noticed,
      cell: ({ noticed }) => number(noticed),
    },
    {
      id: "over",
      head: "moves.progress",
      value: ({ isOver }) => t(isOver ? "moves.over" : "moves.waits"),
      cell: ({ isOver }) => t(isOver ? "moves.over" : "moves.waits"),
    },
  ];
};

const useClusterColumns = (): readonly DataColumn<Cluster>[] => {
  const t = useWords();
  const loadText = ({ isOperational, load }: Cluster): string =>
    t(isOperational ? `moves.load.${load}` : "moves.down");
  return [
    {
      id: "cluster",
      head: "moves.cluster",
      isFixed: true,
      value: ({ name }) => name,
      cell: ({ name }) => name,
    },
    {
      id: "group",
      head: "moves.group",
      value: ({ resourceGroup }) => resourceGroup,
      cell: ({ resourceGroup }) => resourceGroup ?? t("none"),
    },
    {
      id: "office",
      head: "moves.office",
      kind: "amount",
      value: ({ office365Users }) => office365Users,
      cell: (each) => `${number(each.office365Users)} / ${number(each.office365UsersMax)}`,
    },
    {
      id: "exchange",
      head: "moves.exchange",
      kind: "amount",
      value: ({ exchangeUsers }) => exchangeUsers,
      cell: (each) => `${number(each.exchangeUsers)} / ${number(each.exchangeUsersMax)}`,
    },
    {
      id: "load",
      head: "moves.load",
      value: loadText,
      cell: (each) => (
        <StateMark state={each.isOperational ? loadState[each.load] : "disabled"} word={loadText(each)} />
      ),
    },
  ];
};

function Around({ moves }: { readonly moves: Moves }) {
  const layout = useLayout();
  const t = useWords();
  const batchColumns = useBatchColumns();
  const clusterColumns = useClusterColumns();
  return (
    <>
      {moves.batches.length > 0 && (
        <>
          <h2 className={`${layout.h2} ${layout.apart}`}>{t("moves.batches")}</h2>
          <DataTable
            name="batches"
            label={t("moves.batches")}
            columns={batchColumns}
            rows={moves.batches}
            keyOf={({ batch }) => String(batch)}
            empty={{ what: t("none") }}
          />
        </>
      )}
      {moves.clusters.length > 0 && (
        <>
          <h2 className={`${layout.h2} ${layout.apart}`}>{t("moves.clusters")}</h2>
          <DataTable
            name="clusters"
            label={t("moves.clusters")}
            columns={clusterColumns}
            rows={moves.clusters}
            keyOf={({ name }) => name}
            empty={{ what: t("none") }}
          />
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
  const { all: isAll = false } = useSearch({ from: "/o/$org/migrations" });
  const navigate = useNavigate({ from: "/o/$org/migrations" });
  const moves = useInfiniteQuery(movesQuery(org, isAll));
  const columns = useMoveColumns(org);
  const [first] = moves.data?.pages ?? [];
  return (
    <div className={layout.page}>
      <div className={layout.head}>
        <div className={layout.grow}>
          <PageTitle title={t("nav.migrations")}>{t("nav.migrations")}</PageTitle>
          <p className={layout.lead}>{t("moves.lead")}</p>
        </div>
        <Switch
          label={t("moves.all")}
          checked={isAll}
          onChange={(_event, { checked }) =>
            void navigate({ search: (before) => ({ ...before, all: checked || undefined }), replace: true })
          }
        />
      </div>
      {first && first.count > 0 && <p className={layout.quiet}>{t("moves.count", { count: first.count })}</p>}
      <DataTable
        name="migrations"
        label={t("nav.migrations")}
        columns={columns}
        {...pagedTable(moves)}
        keyOf={({ user }) => user}
        empty={{ what: t("moves.none"), how: t("moves.noneHow") }}
        csv={`/api/o/${org}/migrations.csv?all=${isAll}`}
      />
      {first && <Around moves={first} />}
    </div>
  );
}
