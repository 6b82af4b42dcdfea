import type { ConnectorRow, UserStateName } from "../src/api/index.ts";
import { percent, When } from "./clock.tsx";
import { useLayout } from "./layout.ts";
import { useReasons } from "./reasons.ts";
import { StateMark } from "./signs.tsx";
import { number, useWords, type Word } from "./words.ts";

/** A connector's state in the four words that everything has. */
export const connectorState = ({
  state,
  problem,
}: Pick<ConnectorRow, "state" | "problem">): UserStateName => {
  if (problem !== null) return "error";
  return state === "paused" ? "disabled" : "active";
};

/** The same in a word. */
export const connectorWord = ({ state, problem }: Pick<ConnectorRow, "state" | "problem">): Word =>
  problem !== null ? "state.error" : state === "paused" ? "archive.paused" : "archive.running";

/** Where a connector stands, in words. */
export function ConnectorStanding({ connector }: { readonly connector: ConnectorRow }) {
  const layout = useLayout();
  const t = useWords();
  const reasonOf = useReasons();
  const { problem, progress, nextRoundAt, archivedTo, openItems } = connector;
  return (
    <>
      <StateMark state={connectorState(connector)} word={t(connectorWord(connector))} />
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
