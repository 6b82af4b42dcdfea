import { Button, makeStyles } from "@fluentui/react-components";
import { useQuery } from "@tanstack/react-query";
import { useNavigate, useParams } from "@tanstack/react-router";
import type { ReactElement } from "react";
import type { HybridCard } from "../../src/api/index.ts";
import { CardFigures } from "../card-figures.tsx";
import { useHasDraft } from "../kept-draft.ts";
import { useLayout } from "../layout.ts";
import { Fault, Loading, PageTitle } from "../page-states.tsx";
import { hybridQuery } from "../queries.ts";
import { useReasons } from "../reasons.ts";
import { StateMark } from "../signs.tsx";
import { hub } from "../theme.ts";
import { hasWord, useWords } from "../words.ts";

const useStyles = makeStyles({
  cards: { display: "grid", marginTop: "20px" },
  card: {
    display: "grid",
    gridTemplateColumns: "minmax(0, 1.2fr) minmax(0, 1fr) auto",
    columnGap: "36px",
    rowGap: "12px",
    padding: "22px 0",
    borderTop: `1px solid ${hub.hubLine}`,
    alignItems: "start",
    "@media (max-width: 900px)": { gridTemplateColumns: "minmax(0, 1fr)" },
  },
  left: { display: "grid", gap: "6px" },
  missing: { margin: "4px 0 0", paddingLeft: "18px", fontSize: "13px", lineHeight: "20px" },
});

const useMissingText = (): ((code: string) => string) => {
  const t = useWords();
  const reasonOf = useReasons();
  return (code) => {
    for (const name of [`missing.${code}`, `pre.${code}`]) if (hasWord(name)) return t(name);
    return reasonOf(code).what;
  };
};

function Actions({ org, card }: { readonly org: string; readonly card: HybridCard }) {
  const layout = useLayout();
  const t = useWords();
  const navigate = useNavigate();
  const setUp = (): void =>
    void navigate({ to: "/o/$org/hybrid/groups/setup/$step", params: { org, step: "prerequisites" } });
  const hasDraft = useHasDraft(`archive ${org}`);
  const isBegun = card.service === "calendar" && (card.figures["tenants"] ?? 0) > 0;
  const firstStep = isBegun && card.state !== "error" ? "mailbox" : "instance";
  const actions: Readonly<Record<HybridCard["service"], ReactElement>> = {
    calendar: (
      <>
        <Button
          {...(card.state === "active" ? {} : { appearance: "primary" })}
          onClick={() =>
            void navigate({ to: "/o/$org/hybrid/calendar/setup/$step", params: { org, step: firstStep } })
          }
        >
          {t(isBegun ? "action.resume" : "action.setUp")}
        </Button>
        <Button onClick={() => void navigate({ to: "/o/$org/users", params: { org }, search: {} })}>
          {t("hybrid.seeUsers")}
        </Button>
      </>
    ),
    groups:
      card.state === "active" || card.state === "disabled" ? (
        <>
          <Button onClick={() => void navigate({ to: "/o/$org/hybrid/groups/settings", params: { org } })}>
            {t("action.editSettings")}
          </Button>
          <Button onClick={() => void navigate({ to: "/o/$org/teams", params: { org } })}>
            {t("hybrid.seeTeams")}
          </Button>
        </>
      ) : (
        <Button appearance="primary" onClick={setUp}>
          {t("action.viewPrerequisites")}
        </Button>
      ),
    archive: (
      <>
        <Button
          {...(card.state === "notActivated" ? { appearance: "primary" } : {})}
          onClick={() =>
            void navigate({ to: "/o/$org/hybrid/archive/setup/$step", params: { org, step: "terms" } })
          }
        >
          {t(hasDraft ? "action.resume" : "archive.add")}
        </Button>
        <Button onClick={() => void navigate({ to: "/o/$org/archive", params: { org } })}>
          {t("hybrid.seeDays")}
        </Button>
      </>
    ),
  };
  return <div className={layout.buttons}>{actions[card.service]}</div>;
}

function Card({ org, card }: { readonly org: string; readonly card: HybridCard }) {
  const styles = useStyles();
  const layout = useLayout();
  const t = useWords();
  const missingText = useMissingText();
  return (
    <article className={styles.card} aria-labelledby={`card-${card.service}`}>
      <div className={styles.left}>
        <h2 className={layout.h2} id={`card-${card.service}`}>
          {t(`service.${card.service}`)}
        </h2>
        <StateMark state={card.state} />
        <span className={layout.quiet}>{t(`hybrid.${card.service}.what`)}</span>
        <span className={layout.quiet}>
          <CardFigures card={card} />
        </span>
      </div>
      <div>
        {card.missing.length > 0 && (
          <>
            <span className={layout.strong}>{t("hybrid.missing")}</span>
            <ul className={styles.missing}>
              {card.missing.map((code) => (
                <li key={code}>{missingText(code)}</li>
              ))}
            </ul>
          </>
        )}
      </div>
      <Actions org={org} card={card} />
    </article>
  );
}

/** A card for each service: where it stands, what is missing, the next step. */
export function Hybrid() {
  const styles = useStyles();
  const layout = useLayout();
  const t = useWords();
  const { org } = useParams({ from: "/o/$org" });
  const { data, error, refetch } = useQuery(hybridQuery(org));
  return (
    <div className={layout.page}>
      <PageTitle title={t("nav.hybrid")}>{t("hybrid.title")}</PageTitle>
      <p className={layout.lead}>{t("hybrid.lead")}</p>
      {data ? (
        <div className={styles.cards}>
          {data.cards.map((card) => (
            <Card key={card.service} org={org} card={card} />
          ))}
        </div>
      ) : error ? (
        <Fault error={error} again={() => void refetch()} />
      ) : (
        <Loading />
      )}
    </div>
  );
}
