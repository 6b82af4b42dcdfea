import { Field, Input } from "@fluentui/react-components";
import { type FormEvent, useState } from "react";
import type { TrialStep, UserStateName } from "../src/api/index.ts";
import { ActButton } from "./acts.tsx";
import { askLines } from "./api.ts";
import { useLayout } from "./layout.ts";
import { useFaultText } from "./page-states.tsx";
import { useReasons } from "./reasons.ts";
import { StateMark } from "./signs.tsx";
import { StepList } from "./step-list.tsx";
import { useWords } from "./words.ts";

const names = ["found", "settings", "created", "removed"] as const;

interface Trial {
  readonly steps: readonly TrialStep[];
  readonly isUnderWay: boolean;
  readonly error: unknown;
}

const useTrial = (org: string, tenantId: string | undefined) => {
  const [trial, setTrial] = useState<Trial | undefined>();
  const begin = async (mailbox: string): Promise<void> => {
    let steps: readonly TrialStep[] = [];
    setTrial({ steps, isUnderWay: true, error: undefined });
    try {
      const path = `/o/${org}/tenants/${tenantId ?? ""}/trials`;
      for await (const step of askLines<TrialStep>(path, { mailbox })) {
        steps = [...steps, step];
        setTrial({ steps, isUnderWay: true, error: undefined });
      }
      setTrial({ steps, isUnderWay: false, error: undefined });
    } catch (error) {
      setTrial({ steps, isUnderWay: false, error });
    }
  };
  return { trial, begin };
};

function Outcome({ trial }: { readonly trial: Trial }) {
  const layout = useLayout();
  const t = useWords();
  const faultText = useFaultText();
  const reasonOf = useReasons();
  const failed = trial.steps.find(({ isDone }) => !isDone);
  if (trial.isUnderWay) return <p role="status">{t("order.trying")}</p>;
  if (trial.error !== undefined) return <p role="alert">{faultText(trial.error)}</p>;
  if (failed === undefined)
    return (
      <p role="status">
        <StateMark state="active" word={t("trial.works")} />
      </p>
    );
  const code = failed.code ?? "unexpected";
  return (
    <div className={layout.panel} role="alert">
      <StateMark state="error" word={reasonOf(code).what} />
      <p className={layout.lead}>{code === "mailboxMissing" ? t("trial.licence") : reasonOf(code).todo}</p>
    </div>
  );
}

/** An event is put into a mailbox and taken away; each step is shown when it ends. */
export function TestMailbox({
  org,
  tenantId,
}: {
  readonly org: string;
  readonly tenantId: string | undefined;
}) {
  const layout = useLayout();
  const t = useWords();
  const [mailbox, setMailbox] = useState("");
  const { trial, begin } = useTrial(org, tenantId);
  const isNamed = mailbox.trim().length > 2;
  const why = tenantId === undefined ? t("calendar.needsTenant") : isNamed ? undefined : t("trial.name");
  const press = (): void => {
    if (why === undefined && trial?.isUnderWay !== true) void begin(mailbox.trim());
  };
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    press();
  };
  const stateOf = (name: string): UserStateName => {
    const step = trial?.steps.find((each) => each.name === name);
    return step === undefined ? "notActivated" : step.isDone ? "active" : "error";
  };
  return (
    <form onSubmit={submit}>
      <h2 className={layout.h2}>{t("calendar.step.mailbox")}</h2>
      <p className={layout.lead}>{t("trial.lead")}</p>
      <div className={layout.formLine}>
        <Field label={t("trial.mailbox")}>
          <Input type="text" value={mailbox} onChange={(_event, { value }) => setMailbox(value)} />
        </Field>
        <ActButton appearance="primary" why={why} onClick={press}>
          {t("action.testMailbox")}
        </ActButton>
      </div>
      {trial && (
        <StepList
          steps={names.map((name) => ({ key: name, state: stateOf(name), label: t(`trial.${name}`) }))}
        />
      )}
      {trial && <Outcome trial={trial} />}
    </form>
  );
}
