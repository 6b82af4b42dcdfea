import { Button, makeStyles } from "@fluentui/react-components";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { ActButton } from "./acts.tsx";
import { planBulk } from "./api.ts";
import { useLayout } from "./layout.ts";
import { useFaultText } from "./page-states.tsx";
import { hub } from "./theme.ts";
import { useWords } from "./words.ts";

const useStyles = makeStyles({
  bar: {
    display: "flex",
    gap: "8px",
    alignItems: "center",
    flexWrap: "wrap",
    padding: "8px 36px",
    backgroundColor: hub.hubPicked,
  },
});

/** Who is chosen, what chooses somebody or does not any more, and what chooses nobody. */
export const useChosen = () => {
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const choose = (id: string): void =>
    setChosen((before) => {
      const after = new Set(before);
      if (!after.delete(id)) after.add(id);
      return after;
    });
  return { chosen, choose, clear: () => setChosen(new Set()) };
};

/** What is done with users who were chosen: their orders are looked at as those of a file are, then given. */
export function ChosenUsers({
  org,
  chosen,
  clear,
}: {
  readonly org: string;
  readonly chosen: ReadonlySet<string>;
  readonly clear: () => void;
}) {
  const styles = useStyles();
  const layout = useLayout();
  const t = useWords();
  const faultText = useFaultText();
  const navigate = useNavigate();
  const [failed, setFailed] = useState<unknown>();
  if (chosen.size === 0) return null;
  const plan = (order: "enable" | "disable" | "retry") => async (): Promise<void> => {
    setFailed(undefined);
    try {
      const lines = [...chosen].map((id) => `${id},${order}`);
      const { id: job } = await planBulk(org, ["User,Order", ...lines].join("\n"));
      await navigate({ to: "/o/$org/users-bulk", params: { org }, search: { job } });
    } catch (error) {
      setFailed(error);
    }
  };
  const acts = [
    ["retry", "action.retryNow"],
    ["enable", "action.switchOn"],
    ["disable", "action.switchOff"],
  ] as const;
  return (
    <div className={styles.bar} role="toolbar" aria-label={t("users.chosenActs")}>
      <span className={layout.strong}>{t("users.chosen", { count: chosen.size })}</span>
      {acts.map(([order, word]) => (
        <ActButton key={order} asks="support" size="small" onClick={() => void plan(order)()}>
          {t(word)}
        </ActButton>
      ))}
      <Button size="small" appearance="subtle" onClick={clear}>
        {t("users.clearChosen")}
      </Button>
      {failed !== undefined && <span role="alert">{faultText(failed)}</span>}
    </div>
  );
}
