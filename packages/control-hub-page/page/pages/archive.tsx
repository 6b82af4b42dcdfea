import { makeStyles } from "@fluentui/react-components";
import { AddRegular } from "@fluentui/react-icons";
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useParams } from "@tanstack/react-router";
import { ActButton } from "../acts.tsx";
import { ConnectorStanding } from "../connector-standing.tsx";
import { useLayout } from "../layout.ts";
import { Empty, Fault, Loading, PageTitle } from "../page-states.tsx";
import { connectorsQuery } from "../queries.ts";
import { hub } from "../theme.ts";
import { useWords } from "../words.ts";

const useStyles = makeStyles({
  connector: {
    padding: "20px 0",
    borderTop: `1px solid ${hub.hubLine}`,
    display: "grid",
    gap: "8px",
    marginTop: "20px",
  },
});

/** All connectors. */
export function Archive() {
  const styles = useStyles();
  const layout = useLayout();
  const t = useWords();
  const navigate = useNavigate();
  const { org } = useParams({ from: "/o/$org" });
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
          {t("archive.add")}
        </ActButton>
      </div>
      {error && !data && <Fault error={error} again={() => void refetch()} />}
      {!data && !error && <Loading />}
      {data?.connectors.length === 0 && <Empty what={t("archive.noneYet")} how={t("archive.noneHow")} />}
      {data?.connectors.map((connector) => (
        <section key={connector.name} className={styles.connector} aria-label={connector.name}>
          <h2 className={layout.h2}>
            <Link to="/o/$org/archive/$connector" params={{ org, connector: connector.name }}>
              {connector.name}
            </Link>
          </h2>
          <ConnectorStanding connector={connector} />
        </section>
      ))}
    </div>
  );
}
