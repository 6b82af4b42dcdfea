import { Button, Field, Textarea } from "@fluentui/react-components";
import { ChevronRightRegular } from "@fluentui/react-icons";
import { useMutation, useQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { useState } from "react";
import type { Explained, Rules } from "../../src/api/index.ts";
import { ActButton, Confirm } from "../acts.tsx";
import { ask } from "../api.ts";
import { type DataColumn, DataTable } from "../data-table.tsx";
import { Explanation } from "../explanation.tsx";
import { useLayout } from "../layout.ts";
import { useOrder } from "../orders.ts";
import { Fault, PageTitle } from "../page-states.tsx";
import { rulesQuery } from "../queries.ts";
import { StateMark } from "../signs.tsx";
import { type Organizer, TextToExplain } from "../text-to-explain.tsx";
import { useWords } from "../words.ts";

const emptyDocument = '{\n  "addresses": []\n}';

/** As people edit it: one member a line. */
const spread = (document: string | null): string =>
  document === null ? emptyDocument : JSON.stringify(JSON.parse(document), null, 2);

const isJson = (text: string): boolean => {
  try {
    JSON.parse(text);
    return true;
  } catch {
    // What is wrong with it the person sees by trying it.
    return false;
  }
};

/** The rules as they stand in the editor, on a text. */
function Trial({
  org,
  document,
  why,
}: {
  readonly org: string;
  readonly document: string;
  /** Why the rules cannot be tried; undefined: they can. */
  readonly why: string | undefined;
}) {
  const layout = useLayout();
  const t = useWords();
  const [given, setGiven] = useState<{ readonly text: string; readonly organizer: Organizer }>({
    text: "",
    organizer: "internal",
  });
  const trial = useMutation({
    mutationFn: () => ask<Explained>(`/o/${org}/explanations`, { ...given, rules: document }),
  });
  const whyNoTrial = given.text.trim() === "" ? t("rules.giveText") : why;
  return (
    <>
      <h2 className={`${layout.h2} ${layout.apart}`}>{t("rules.try")}</h2>
      <p className={layout.lead}>{t("rules.tryLead")}</p>
      <TextToExplain {...given} changed={setGiven} />
      <p>
        <Button
          disabledFocusable={whyNoTrial !== undefined}
          title={whyNoTrial}
          onClick={() => {
            if (whyNoTrial === undefined) trial.mutate();
          }}
        >
          {t("rules.tryNow")}
        </Button>
      </p>
      {trial.error && <Fault error={trial.error} />}
      {trial.data && <Explanation explained={trial.data} />}
    </>
  );
}

function Editor({ org, rules }: { readonly org: string; readonly rules: Rules }) {
  const layout = useLayout();
  const t = useWords();
  const [document, setDocument] = useState(() => spread(rules.document));
  const { give, progress } = useOrder(true);
  const path = `/o/${org}/rules/orders`;
  const why = isJson(document) ? undefined : t("rules.noJson");
  return (
    <>
      <h2 className={`${layout.h2} ${layout.apart}`}>{t("rules.own")}</h2>
      <p className={layout.lead}>{t("rules.ownLead")}</p>
      <Field label={t("rules.document")}>
        <Textarea
          value={document}
          rows={12}
          resize="vertical"
          spellCheck={false}
          onChange={(_event, { value }) => setDocument(value)}
        />
      </Field>
      <div className={layout.buttons}>
        <ActButton
          appearance="primary"
          why={why}
          onClick={() =>
            void give(path, {
              order: "set",
              document: JSON.stringify(JSON.parse(document)),
              version: rules.version,
            })
          }
        >
          {t("action.save")}
        </ActButton>
        <Confirm
          verb={t("rules.reset")}
          title={t("rules.confirmReset.title")}
          text={t("rules.confirmReset.text")}
          confirmed={() => void give(path, { order: "reset", version: rules.version })}
        />
        <span className={layout.quiet} role="status">
          {progress.text}
        </span>
      </div>
      <Trial org={org} document={document} why={why} />
    </>
  );
}

type RuleRow = Rules["rules"][number];

const useColumns = (): readonly DataColumn<RuleRow>[] => {
  const layout = useLayout();
  const t = useWords();
  return [
    {
      id: "rule",
      head: "explain.rule",
      isFixed: true,
      value: ({ name }) => name,
      cell: ({ name }) => <span className={layout.strong}>{name}</span>,
    },
    {
      id: "service",
      head: "explain.service",
      value: ({ service }) => service,
      cell: ({ service }) => service,
    },
    {
      id: "for",
      head: "rules.for",
      value: ({ matches }) => matches.join(" "),
      cell: ({ matches }) => matches.join(", "),
    },
    {
      id: "from",
      head: "rules.from",
      value: ({ from }) => t(`rules.from.${from}`),
      cell: ({ from }) => t(`rules.from.${from}`),
    },
    {
      id: "used",
      head: "rules.used",
      value: ({ enabled }) => t(enabled ? "yes" : "no"),
      cell: ({ enabled }) => (
        <StateMark state={enabled ? "active" : "disabled"} word={t(enabled ? "yes" : "no")} />
      ),
    },
  ];
};

/** The rules by which addresses of meetings are known: listed, edited, and tried before they are set. */
export function RulesPage() {
  const layout = useLayout();
  const t = useWords();
  const { org } = useParams({ from: "/o/$org" });
  const { data, error, refetch } = useQuery(rulesQuery(org));
  const columns = useColumns();
  return (
    <div className={layout.page}>
      <nav className={layout.crumbs} aria-label={t("groups.where")}>
        <Link to="/o/$org/explain" params={{ org }}>
          {t("nav.explain")}
        </Link>
        <ChevronRightRegular /> {t("nav.rules")}
      </nav>
      <div className={layout.head}>
        <div className={layout.grow}>
          <PageTitle title={t("rules.title")}>{t("rules.title")}</PageTitle>
          <p className={layout.lead}>{t("rules.lead")}</p>
        </div>
      </div>
      <DataTable
        name="rules"
        label={t("rules.title")}
        columns={columns}
        rows={data?.rules}
        keyOf={({ kind, name, from }) => `${kind} ${name} ${from}`}
        error={error}
        again={() => void refetch()}
        empty={{ what: t("none") }}
        csv={`/api/o/${org}/rules.csv`}
      />
      {data && <Editor key={data.version} org={org} rules={data} />}
    </div>
  );
}
