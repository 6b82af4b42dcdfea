import { useInfiniteQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import type { AuditRow } from "../../src/api/index.ts";
import { When } from "../clock.tsx";
import { type DataColumn, DataTable } from "../data-table.tsx";
import { useLayout } from "../layout.ts";
import { PageTitle } from "../page-states.tsx";
import { pagedTable } from "../paged-table.ts";
import { auditQuery } from "../queries.ts";
import { hasWord, useWords } from "../words.ts";

const useColumns = (): readonly DataColumn<AuditRow>[] => {
  const t = useWords();
  const actText = ({ act }: AuditRow): string => {
    const word = `act.${act}`;
    return hasWord(word) ? t(word) : act;
  };
  return [
    {
      id: "when",
      head: "audit.when",
      isFixed: true,
      kind: "moment",
      value: ({ at }) => at,
      cell: ({ at }) => <When at={at} />,
    },
    { id: "who", head: "audit.who", value: ({ by }) => by, cell: ({ by }) => by },
    { id: "what", head: "audit.what", value: actText, cell: actText },
    { id: "about", head: "audit.about", value: ({ about }) => about, cell: ({ about }) => about },
  ];
};

/** Who did what. */
export function Audit() {
  const layout = useLayout();
  const t = useWords();
  const { org } = useParams({ from: "/o/$org" });
  const acts = useInfiniteQuery(auditQuery(org));
  const columns = useColumns();
  return (
    <div className={layout.page}>
      <PageTitle title={t("audit.title")}>{t("audit.title")}</PageTitle>
      <p className={layout.lead}>{t("audit.lead")}</p>
      <DataTable
        name="audit"
        label={t("audit.title")}
        columns={columns}
        {...pagedTable(acts)}
        keyOf={({ id }) => id}
        empty={{ what: t("audit.none") }}
        csv={`/api/o/${org}/audit.csv`}
      />
    </div>
  );
}
