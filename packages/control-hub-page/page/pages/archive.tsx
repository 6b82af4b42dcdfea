import { AddRegular } from "@fluentui/react-icons";
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useParams } from "@tanstack/react-router";
import type { ConnectorRow } from "../../src/api/index.ts";
import { ActButton } from "../acts.tsx";
import { percent, When } from "../clock.tsx";
import { connectorState, connectorWord } from "../connector-standing.tsx";
import { type DataColumn, DataTable } from "../data-table.tsx";
import { useHasDraft } from "../kept-draft.ts";
import { useLayout } from "../layout.ts";
import { PageTitle } from "../page-states.tsx";
import { connectorsQuery } from "../queries.ts";
import { useReasons } from "../reasons.ts";
import { StateMark } from "../signs.tsx";
import { number, useWords, type Word } from "../words.ts";

const amounts = [
  ["openItems", "archive.openItems", ({ openItems }) => openItems],
  ["imported", "archive.importedLast", ({ lastDay }) => lastDay?.success ?? null],
  ["failed", "archive.failedLast", ({ lastDay }) => lastDay?.failed ?? null],
] as const satisfies readonly (readonly [string, Word, (connector: ConnectorRow) => number | null])[];

const useProblemText = (): ((connector: ConnectorRow) => string | null) => {
  const reasonOf = useReasons();
  return ({ problem }) => (problem === null ? null : reasonOf(problem).what);
};

const useColumns = (org: string): readonly DataColumn<ConnectorRow>[] => {
  const t = useWords();
  const problemText = useProblemText();
  return [
    {
      id: "name",
      head: "archive.name",
      isFixed: true,
      value: ({ name }) => name,
      cell: ({ name }) => (
        <Link to="/o/$org/archive/$connector" params={{ org, connector: name }}>
          {name}
        </Link>
      ),
    },
    {
      id: "state",
      head: "users.state",
      value: (connector) => t(connectorWord(connector)),
      cell: (connector) => <StateMark state={connectorState(connector)} word={t(connectorWord(connector))} />,
    },
    { id: "problem", head: "users.reason", value: problemText, cell: problemText },
    {
      id: "archivedTo",
      head: "archive.archivedTo",
      kind: "moment",
      value: ({ archivedTo }) => archivedTo,
      cell: ({ archivedTo }) => <When at={archivedTo} />,
    },
    {
      id: "nextRound",
      head: "archive.nextRound",
      kind: "moment",
      value: ({ nextRoundAt }) => nextRoundAt,
      cell: ({ progress, nextRoundAt }) =>
        progress !== null
          ? t("archive.reading", { percent: percent(progress) })
          : nextRoundAt !== null && <When at={nextRoundAt} />,
    },
    ...amounts.map(
      ([id, head, value]): DataColumn<ConnectorRow> => ({
        id,
        head,
        kind: "amount",
        value,
        cell: (connector) => {
          const amount = value(connector);
          return amount !== null && number(amount);
        },
      }),
    ),
    {
      id: "createdBy",
      head: "archive.createdBy",
      value: ({ createdBy }) => createdBy,
      cell: ({ createdBy }) => createdBy,
    },
  ];
};

/** All connectors. */
export function Archive() {
  const layout = useLayout();
  const t = useWords();
  const { org } = useParams({ from: "/o/$org" });
  const columns = useColumns(org);
  const hasDraft = useHasDraft(`archive ${org}`);
  const navigate = useNavigate();
  const { data, error, refetch } = useQuery(connectorsQuery(org));
  return (
    <div className={layout.page}>
      <div className={layout.head}>
        <div className={layout.grow}>
          <PageTitle title={t("archive.title")}>{t("archive.title")}</PageTitle>
          <p className={layout.lead}>{t("archive.lead")}</p>
        </div>
        <ActButton
          icon={<AddRegular />}
          onClick={() =>
            void navigate({ to: "/o/$org/hybrid/archive/setup/$step", params: { org, step: "terms" } })
          }
        >
          {t(hasDraft ? "action.resume" : "archive.add")}
        </ActButton>
      </div>
      <DataTable
        name="connectors"
        label={t("archive.connectors")}
        columns={columns}
        rows={data?.connectors}
        keyOf={({ name }) => name}
        error={error}
        again={() => void refetch()}
        empty={{ what: t("archive.noneYet"), how: t("archive.noneHow") }}
      />
    </div>
  );
}
