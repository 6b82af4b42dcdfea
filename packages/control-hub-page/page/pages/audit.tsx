import { Button } from "@fluentui/react-components";
import { ArrowDownloadRegular } from "@fluentui/react-icons";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import type { AuditRow } from "../../src/api/index.ts";
import { When } from "../clock.tsx";
import { useLayout } from "../layout.ts";
import { Empty, Fault, Loading, PageTitle } from "../page-states.tsx";
import { auditQuery } from "../queries.ts";
import { hasWord, useWords } from "../words.ts";

function Row({ row }: { readonly row: AuditRow }) {
  const layout = useLayout();
  const t = useWords();
  const word = `act.${row.act}`;
  return (
    <tr>
      <td className={layout.td}>
        <When at={row.at} />
      </td>
      <td className={layout.td}>{row.by}</td>
      <td className={layout.td}>{hasWord(word) ? t(word) : row.act}</td>
      <td className={layout.td}>{row.about ?? ""}</td>
    </tr>
  );
}

/** Who did what. */
export function Audit() {
  const layout = useLayout();
  const t = useWords();
  const { org } = useParams({ from: "/o/$org" });
  const { data, error, refetch, hasNextPage, fetchNextPage } = useInfiniteQuery(auditQuery(org));
  const rows = data?.pages.flatMap((page) => page.rows) ?? [];
  return (
    <div className={layout.page}>
      <div className={layout.head}>
        <div className={layout.grow}>
          <PageTitle title={t("audit.title")}>{t("audit.title")}</PageTitle>
        </div>
        <Button as="a" href={`/api/o/${org}/audit.csv`} icon={<ArrowDownloadRegular />}>
          {t("action.downloadCsv")}
        </Button>
      </div>
      <p className={layout.lead}>{t("audit.lead")}</p>
      {error && !data && <Fault error={error} again={() => void refetch()} />}
      {!data && !error && <Loading />}
      {data && rows.length === 0 && <Empty what={t("audit.none")} />}
      {rows.length > 0 && (
        <div className={layout.scroll}>
          <table className={layout.table}>
            <thead>
              <tr>
                {(["audit.when", "audit.who", "audit.what", "audit.about"] as const).map((word) => (
                  <th key={word} className={layout.th}>
                    {t(word)}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {rows.map((row) => (
                <Row key={row.id} row={row} />
              ))}
            </tbody>
          </table>
        </div>
      )}
      {hasNextPage && <Button onClick={() => void fetchNextPage()}>{t("audit.more")}</Button>}
    </div>
  );
}
