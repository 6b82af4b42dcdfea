import { makeStyles } from "@fluentui/react-components";
import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import type { ConnectorRow, UserStateName } from "../../src/api/index.ts";
import { percent, When } from "../clock.tsx";
import { useLayout } from "../layout.ts";
import { Empty, Fault, Loading, PageTitle } from "../page-states.tsx";
import { connectorsQuery } from "../queries.ts";
import { useReasons } from "../reasons.ts";
import { StateMark } from "../signs.tsx";
import { hub } from "../theme.ts";
import { number, useWords } from "../words.ts";

const useStyles = makeStyles({
  connector: {
    padding: "20px 0",
    borderTop: `1px solid ${hub.hubLine}`,
    display: "grid",
    gap: "8px",
    marginTop: "20px",
  },
});

/** A connector's state in the four words that everything has. */
export const connectorState = ({
  state,
  problem,
}: Pick<ConnectorRow, "state" | "problem">): UserStateName => {
  if (problem !== null) return "error";
  return state === "paused" ? "disabled" : "active";
};

/** Where a connector stands, in words. */
export function ConnectorStanding({ connector }: { readonly connector: ConnectorRow }) {
  const layout = useLayout();
  const t = useWords();
  const reasonOf = useReasons();
  const { state, problem, progress, nextRoundAt, archivedTo, openItems } = connector;
  return (
    <>
      <StateMark
        state={connectorState(connector)}
        word={t(problem !== null ? "state.error" : state === "paused" ? "archive.paused" : "archive.running")}
      />
      {problem !== null && <span>{t("archive.problem", { problem: reasonOf(problem).what })}</span>}
      <dl className={layout.facts}>
        <dt>{t("archive.archivedTo")}</dt>
        <dd>
          <When at={archivedTo} />
        </dd>
        <dt>{t("archive.nextRound")}</dt>
        <dd>
          {progress !== null && t("archive.reading", { percent: percent(progress) })}
          {progress === null && nextRoundAt !== null && <When at={nextRoundAt} />}
          {progress === null && nextRoundAt === null && t("none")}
        </dd>
        <dt>{t("archive.openItems")}</dt>
        <dd>{number(openItems)}</dd>
      </dl>
    </>
  );
}

/** All connectors. */
export function Archive() {
  const styles = useStyles();
  const layout = useLayout();
  const t = useWords();
  const { org } = useParams({ from: "/o/$org" });
  const { data, error, refetch } = useQuery(connectorsQuery(org));
  return (
    <div className={layout.page}>
      <PageTitle title={t("archive.title")}>{t("archive.title")}</PageTitle>
      <p className={layout.lead}>{t("archive.lead")}</p>
      {error && !data && <Fault error={error} again={() => void refetch()} />}
      {!data && !error && <Loading />}
      {data?.connectors.length === 0 && (
        <Empty what={t("archive.noneYet")} how={t("archive.noneHow", { org })} />
      )}
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
