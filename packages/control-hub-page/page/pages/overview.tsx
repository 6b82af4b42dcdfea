import { Button, makeStyles, tokens } from "@fluentui/react-components";
import { ArrowDownloadRegular, ChevronRightRegular } from "@fluentui/react-icons";
import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import type { Overview, UserStateName } from "../../src/api/index.ts";
import { CardFigures } from "../card-figures.tsx";
import { useLayout } from "../layout.ts";
import { Fault, Loading, PageTitle } from "../page-states.tsx";
import { PartBar } from "../part-bar.tsx";
import { hybridQuery, overviewQuery } from "../queries.ts";
import { useReasons } from "../reasons.ts";
import { RetriesChart } from "../retries-chart.tsx";
import { StateMark, StateSign } from "../signs.tsx";
import { Sources } from "../sources.tsx";
import { hub } from "../theme.ts";
import { number, useWords } from "../words.ts";

const useStyles = makeStyles({
  legend: {
    display: "flex",
    flexWrap: "wrap",
    columnGap: "26px",
    rowGap: "6px",
    fontSize: "13px",
    color: tokens.colorNeutralForeground3,
  },
  legendItem: {
    display: "flex",
    alignItems: "center",
    gap: "7px",
    minHeight: "24px",
    color: "inherit",
    textDecorationLine: "none",
    ":hover": { textDecorationLine: "underline" },
  },
  services: {
    display: "grid",
    gridTemplateColumns: "repeat(3, 1fr)",
    margin: "28px 0 0",
    borderTop: `1px solid ${hub.hubLine}`,
    borderBottom: `1px solid ${hub.hubLine}`,
    "@media (max-width: 720px)": { gridTemplateColumns: "1fr" },
  },
  service: {
    padding: "14px 16px 15px 18px",
    borderLeft: `1px solid ${hub.hubLineSoft}`,
    display: "grid",
    gap: "5px",
    alignContent: "start",
    fontSize: "13px",
    ":first-child": { borderLeftStyle: "none", paddingLeft: 0 },
  },
  columns: {
    display: "grid",
    gridTemplateColumns: "repeat(2, minmax(0, 1fr))",
    columnGap: "36px",
    rowGap: "30px",
    marginTop: "28px",
    "@media (max-width: 1000px)": { gridTemplateColumns: "minmax(0, 1fr)" },
  },
  list: { listStyle: "none", margin: "10px 0 0", padding: 0 },
  row: {
    display: "grid",
    gridTemplateColumns: "24px minmax(0, 1fr) auto 20px",
    alignItems: "center",
    gap: "12px",
    padding: "9px 8px 9px 0",
    borderTop: `1px solid ${hub.hubLineSoft}`,
    color: "inherit",
    textDecorationLine: "none",
    borderRadius: "4px",
    ":hover": { backgroundColor: hub.hubHover },
    ":focus-visible": { outline: `2px solid ${tokens.colorStrokeFocus2}` },
  },
  what: { fontSize: "13.5px", fontWeight: tokens.fontWeightSemibold, display: "block" },
  howMany: {
    fontSize: "18px",
    fontWeight: tokens.fontWeightSemibold,
    fontVariantNumeric: "tabular-nums",
    textAlign: "right",
  },
  chevron: { color: tokens.colorNeutralForeground4, fontSize: "16px" },
});

const states: readonly UserStateName[] = ["active", "error", "notActivated", "disabled"];

function StateBar({ org, counts }: { readonly org: string; readonly counts: Overview["counts"] }) {
  const styles = useStyles();
  const layout = useLayout();
  const t = useWords();
  return (
    <>
      <PartBar parts={states.map((state) => ({ state, count: counts[state] }))} />
      <div className={styles.legend}>
        {states.map((state) => (
          <Link
            key={state}
            className={styles.legendItem}
            to="/o/$org/users"
            params={{ org }}
            search={{ state }}
          >
            <StateSign state={state} size={14} />
            <span className={layout.strong}>{number(counts[state])}</span> {t(`state.${state}`)}
          </Link>
        ))}
      </div>
    </>
  );
}

function Services({ org }: { readonly org: string }) {
  const styles = useStyles();
  const layout = useLayout();
  const t = useWords();
  const { data, error, refetch } = useQuery(hybridQuery(org));
  if (error && !data) return <Fault error={error} again={() => void refetch()} />;
  return (
    <section className={styles.services} aria-label={t("nav.hybrid")}>
      {data?.cards.map((card) => (
        <div key={card.service} className={styles.service}>
          <span className={layout.strong}>{t(`service.${card.service}`)}</span>
          <StateMark state={card.state} />
          <span className={layout.quiet}>
            <CardFigures card={card} />
          </span>
        </div>
      ))}
    </section>
  );
}

function Needs({ org, needs }: { readonly org: string; readonly needs: Overview["needs"] }) {
  const styles = useStyles();
  const layout = useLayout();
  const t = useWords();
  const reasonOf = useReasons();
  return (
    <section aria-labelledby="needs">
      <h2 className={layout.h2} id="needs">
        {t("over.needsYou")}
      </h2>
      {needs.length === 0 && <p className={layout.lead}>{t("over.nothingNeeds")}</p>}
      <ul className={styles.list}>
        {needs.map(({ state, reason, count }) => (
          <li key={`${state} ${reason}`}>
            <Link className={styles.row} to="/o/$org/users" params={{ org }} search={{ state, reason }}>
              <StateSign state={state} size={20} />
              <span>
                <span className={styles.what}>{reasonOf(reason).what}</span>
                <span className={layout.quiet}>{reasonOf(reason).todo}</span>
              </span>
              <span className={styles.howMany}>{number(count)}</span>
              <ChevronRightRegular className={styles.chevron} />
            </Link>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Numbers({ org, overview }: { readonly org: string; readonly overview: Overview }) {
  const styles = useStyles();
  const layout = useLayout();
  const t = useWords();
  const { counts, triedWithinAnHour, triedWithinADay, unreadableCalendars } = overview;
  const lead =
    counts.all === 0
      ? t("over.noUsersLead")
      : counts.error + counts.notActivated === 0
        ? t("over.leadFine")
        : t("over.lead", { errors: counts.error, hour: triedWithinAnHour, day: triedWithinADay });
  return (
    <>
      <div className={layout.head}>
        <div className={layout.grow}>
          <PageTitle title={t("nav.overview")}>
            {counts.all === 0
              ? t("over.noUsers")
              : t("over.title", { active: counts.active, count: counts.all })}
          </PageTitle>
          <p className={layout.lead}>{lead}</p>
          {unreadableCalendars > 0 && (
            <p className={layout.lead}>{t("over.unreadable", { count: unreadableCalendars })}</p>
          )}
        </div>
        <Button as="a" href={`/api/o/${org}/users.csv`} icon={<ArrowDownloadRegular />}>
          {t("users.report")}
        </Button>
      </div>
      <StateBar org={org} counts={counts} />
      <Services org={org} />
      <div className={styles.columns}>
        <Needs org={org} needs={overview.needs} />
        <RetriesChart hours={overview.hours} withinAnHour={triedWithinAnHour} />
        <Sources sources={overview.sources} />
      </div>
    </>
  );
}

/** Whether everything is in step, what needs somebody, and what mends itself. */
export function OverviewPage() {
  const layout = useLayout();
  const { org } = useParams({ from: "/o/$org" });
  const { data, error, refetch } = useQuery(overviewQuery(org));
  return (
    <div className={layout.page}>
      {data ? (
        <Numbers org={org} overview={data} />
      ) : error ? (
        <Fault error={error} again={() => void refetch()} />
      ) : (
        <Loading />
      )}
    </div>
  );
}
